import assert from "node:assert/strict";
import { currentPlace } from "./current_place.ts";

type Ask = Geolocation["getCurrentPosition"];

function geolocation(answer: Ask): Pick<Geolocation, "getCurrentPosition"> {
  return { getCurrentPosition: answer };
}

Deno.test("currentPlace() makes a standard deviation of the browser's 95 % radius", async () => {
  const coords = { latitude: 52, longitude: 13, accuracy: 24.5 };
  const asked = (accuracy: number) =>
    currentPlace(geolocation((take) => take({ coords: { ...coords, accuracy } } as never)));
  assert.deepEqual(await asked(24.5), { at: { latitude: 52, longitude: 13 }, errorM: 10 });
  assert.equal((await asked(0)).errorM, 0.5, "no place is known exactly");
});

Deno.test("currentPlace() says whether it was denied or is not known", async () => {
  const failing = (code: number) =>
    geolocation((_take, fail) => fail?.({ code, PERMISSION_DENIED: 1, message: "" } as never));
  await assert.rejects(currentPlace(failing(1)), { code: "place-denied" });
  await assert.rejects(currentPlace(failing(3)), { code: "place-missing" });
  await assert.rejects(currentPlace(undefined), { code: "place-missing" });
});
