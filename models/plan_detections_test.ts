import assert from "node:assert/strict";
import { RECORD_WORDS } from "../kernels/plan.ts";
import { frameInput, planDetections } from "./plan_detections.ts";

const CLASSES = { labels: ["cat", "dog"], firstClass: 1, inputSize: 320 };
/** Class, score, left, top, right, bottom, order, 0. */
const DOG = [2, 24576, 0, 1280, 2560, 5120, 7, 0];
const CAT = [1, 16384, 16, 16, 32, 48, 3, 0];

/** As a plan with room for three writes them. */
function outputs(count: number, ...records: readonly (readonly number[])[]) {
  const data = new Int32Array(4 * RECORD_WORDS);
  data.set([count, ...new Array<number>(RECORD_WORDS - 1).fill(0), ...records.flat()]);
  return { detections: { data, shape: [4, RECORD_WORDS] } };
}

Deno.test("planDetections() names classes and gives boxes as shares of the frame, in the plan's order", () => {
  assert.deepEqual(planDetections(outputs(2, DOG, CAT), CLASSES), [
    { label: "dog", score: 0.75, box: { x: 0, y: 0.25, width: 0.5, height: 0.75 } },
    { label: "cat", score: 0.5, box: { x: 1 / 320, y: 1 / 320, width: 1 / 320, height: 2 / 320 } },
  ]);
});

Deno.test("planDetections() leaves out what lies behind the count", () => {
  assert.deepEqual(planDetections(outputs(0, DOG), CLASSES), []);
  assert.equal(planDetections(outputs(1, DOG, CAT), CLASSES).length, 1);
  assert.equal(planDetections(outputs(3, DOG, CAT, DOG), CLASSES).length, 3);
});

Deno.test("planDetections() refuses what no plan with these classes writes", () => {
  assert.throws(() => planDetections({}, CLASSES), /no output detections/);
  const floats = { detections: { data: new Float32Array(32), shape: [4, 8] } };
  assert.throws(() => planDetections(floats, CLASSES), /no output detections/);
  for (const count of [-1, 4]) {
    assert.throws(() => planDetections(outputs(count, DOG), CLASSES), /detections in 32 words/);
  }
  const nothing = { detections: { data: new Int32Array(0), shape: [0, 8] } };
  assert.throws(() => planDetections(nothing, CLASSES), /undefined detections/);
  for (const number of [0, 3, -1]) {
    const wrong = outputs(1, [number, ...DOG.slice(1)]);
    assert.throws(() => planDetections(wrong, CLASSES), new RegExp(`no class ${number}`));
  }
});

Deno.test("frameInput() hands over the frame's own bytes", () => {
  const buffer = Uint8ClampedArray.from({ length: 40 }, (_, k) => k);
  const { image } = frameInput({ width: 3, height: 2, data: buffer.subarray(8, 32) });
  assert.deepEqual(image.shape, [2, 3, 4]);
  assert.ok(image.data instanceof Uint8Array);
  assert.equal(image.data.buffer, buffer.buffer);
  assert.deepEqual([...image.data], [...buffer.subarray(8, 32)]);
});
