import assert from "node:assert/strict";
import { hit } from "./mark_hit.ts";

const at = (x: number, y: number, is: string) => ({ at: { x, y }, is });

Deno.test("hit() is the nearest within reach", () => {
  const targets = [at(0, 0, "far"), at(20, 0, "near"), at(100, 0, "out of reach")];
  assert.equal(hit(targets, { x: 12, y: 0 }), "near");
  assert.equal(hit(targets, { x: 50, y: 0 }), null);
});

Deno.test("hit() reaches as far as a touch target, and no further", () => {
  assert.equal(hit([at(0, 0, "it")], { x: 24, y: 0 }), "it");
  assert.equal(hit([at(0, 0, "it")], { x: 24.1, y: 0 }), null);
});

Deno.test("hit() of two at one place is the upper one", () => {
  assert.equal(hit([at(0, 0, "below"), at(0, 0, "above")], { x: 1, y: 1 }), "above");
});
