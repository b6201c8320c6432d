import assert from "node:assert/strict";
import { isOnMap, middleOfMap } from "./map_bounds.ts";

Deno.test("middleOfMap() is half way between the edges, over the date line too", () => {
  assert.deepEqual(middleOfMap([10, 50, 12, 51]), { latitude: 50.5, longitude: 11 });
  assert.deepEqual(middleOfMap([178, -20, -176, -10]), { latitude: -15, longitude: -179 });
  assert.deepEqual(middleOfMap([170, 0, -178, 2]), { latitude: 1, longitude: 176 });
});

Deno.test("isOnMap() takes places within the edges, over the date line too", () => {
  const at = (latitude: number, longitude: number) => ({ latitude, longitude });
  assert.equal(isOnMap([10, 50, 12, 51], at(50.2, 11.9)), true);
  assert.equal(isOnMap([10, 50, 12, 51], at(50.2, 12.1)), false);
  assert.equal(isOnMap([10, 50, 12, 51], at(51.1, 11)), false);
  assert.equal(isOnMap([178, -20, -176, -10], at(-15, -177)), true);
  assert.equal(isOnMap([178, -20, -176, -10], at(-15, 179)), true);
  assert.equal(isOnMap([178, -20, -176, -10], at(-15, 0)), false);
});
