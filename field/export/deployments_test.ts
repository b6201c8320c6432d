import assert from "node:assert/strict";
import { metresBetween } from "./deployments.ts";

const at = (latitude: number, longitude: number) => ({ latitude, longitude, accuracyM: 0 });

Deno.test("metresBetween() measures along the Earth, across the 180th meridian and at a pole", () => {
  const degree = 111_195;
  assert.ok(Math.abs(metresBetween(at(0, 0), at(1, 0)) - degree) < 1);
  assert.ok(Math.abs(metresBetween(at(0, 179.5), at(0, -179.5)) - degree) < 1);
  assert.ok(metresBetween(at(90, 0), at(90, 120)) < 1e-6);
  assert.ok(Math.abs(metresBetween(at(0, 0), at(0, 180)) - 180 * degree) < 100);
  assert.equal(metresBetween(at(47, 8), at(47, 8)), 0);
});
