import assert from "node:assert/strict";
import { similarity } from "./similarity.ts";

Deno.test("similarity() is 1 for the same direction, 0 across, −1 against", () => {
  assert.equal(similarity([1, 2], [2, 4]).toFixed(6), "1.000000");
  assert.equal(similarity([1, 0], [0, 5]), 0);
  assert.equal(similarity([1, 0], [-3, 0]), -1);
});

Deno.test("similarity() is NaN where lengths differ or one is all zeros", () => {
  assert.equal(similarity([1], [1, 1]), NaN);
  assert.equal(similarity([0, 0], [1, 1]), NaN);
});
