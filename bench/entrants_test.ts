import assert from "node:assert/strict";
import { CLASSIFIERS, COMPARISONS, detectorEntrants } from "./entrants.ts";

const entrants = [...CLASSIFIERS, ...detectorEntrants({ width: 640, height: 480 })];

Deno.test("COMPARISONS name entrants that are timed", () => {
  const names = new Set(entrants.map(({ name }) => name));
  const missing = COMPARISONS.flatMap(({ ours, theirs }) => [ours, theirs])
    .filter((name) => !names.has(name));
  assert.deepEqual(missing, []);
});

Deno.test("COMPARISONS hold the rows of the project's goals", () => {
  const rows = COMPARISONS.map(({ row, peer }) => `${row} ${peer}`);
  for (
    const goal of [
      "mobilenetv2-int8 litert-relaxed",
      "mobilenetv2-int8-plain-simd litert-compat",
      "mobilenetv2-int8 onnxruntime-int8",
      "nanodet-g-416 onnxruntime-fp32",
    ]
  ) assert.ok(rows.includes(goal), goal);
});

Deno.test("entrants have names of their own", () => {
  assert.equal(new Set(entrants.map(({ name }) => name)).size, entrants.length);
});
