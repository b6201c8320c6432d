import assert from "node:assert/strict";
import { planKey } from "./plan_keys.ts";

const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, altKey: false, metaKey: false });

Deno.test("planKey() goes where the arrows point, on the map: up is north", () => {
  assert.deepEqual(planKey(press("ArrowUp"), false), { kind: "go", east: 0, north: 1 });
  assert.deepEqual(planKey(press("ArrowLeft"), true), { kind: "go", east: -1, north: 0 });
});

Deno.test("planKey() zooms in and out by the same, and shows all", () => {
  const [inwards, outwards] = ["+", "-"].map((key) => planKey(press(key), false));
  assert.ok(inwards?.kind === "zoom" && outwards?.kind === "zoom");
  assert.ok(inwards.factor > 1);
  assert.equal(inwards.factor * outwards.factor, 1);
  assert.deepEqual(planKey(press("0"), false), { kind: "fit" });
});

Deno.test("planKey() takes Enter, Backspace and Escape while drawing alone", () => {
  const keys = ["Enter", "Backspace", "Escape"];
  assert.deepEqual(keys.map((key) => planKey(press(key), true)?.kind), ["add", "back", "leave"]);
  assert.deepEqual(keys.map((key) => planKey(press(key), false)), [null, null, null]);
});

Deno.test("planKey() leaves the browser its keys", () => {
  assert.equal(planKey(press("Tab"), true), null);
  assert.equal(planKey(press("+", true), false), null);
});
