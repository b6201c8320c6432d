import assert from "node:assert/strict";
import { installFieldmesh } from "../../page/fieldmesh.ts";
import type { Fieldmesh, FieldmeshEvents } from "../../page/fieldmesh.ts";
import { connectPlace, place, placeProblem, setPlace } from "./place_choice.ts";

/** A page whose browser may refuse the place, at once or later. */
function bench(options: { readonly throws?: boolean } = {}) {
  const listeners: ((value: FieldmeshEvents["failure"]) => void)[] = [];
  const page = {
    place: false,
    setPlace(on: boolean) {
      if (options.throws) return Promise.reject(new Error("no geolocation"));
      page.place = on;
      return Promise.resolve();
    },
    on(_event: string, listener: (value: FieldmeshEvents["failure"]) => void) {
      listeners.push(listener);
      return () => {};
    },
  };
  // The rest of the interface is not touched here.
  installFieldmesh(page as unknown as Fieldmesh);
  connectPlace(page as unknown as Fieldmesh);
  const refuse = () => {
    page.place = false;
    const failure = { code: "internal", message: "Not allowed" } as const;
    listeners.forEach((listen) => listen({ failure, trying: "Finding where the device is" }));
  };
  return { page, refuse };
}

Deno.test("setPlace() turns the place on and off", async () => {
  bench();
  await setPlace(true);
  assert.equal(place.value, true);
  await setPlace(false);
  assert.equal(place.value, false);
  assert.equal(placeProblem.value, "");
});

Deno.test("connectPlace() shows off, and why, when the browser refuses later", async () => {
  const { refuse } = bench();
  await setPlace(true);
  refuse();
  assert.equal(place.value, false);
  assert.equal(placeProblem.value, "Not allowed");
  await setPlace(true);
  assert.equal(placeProblem.value, "");
});

Deno.test("setPlace() shows off, and why, when it cannot be turned on", async () => {
  bench({ throws: true });
  await setPlace(true);
  assert.equal(place.value, false);
  assert.notEqual(placeProblem.value, "");
});
