import assert from "node:assert/strict";
import type { ModelDetection } from "../models/model.ts";
import { NO_FRAMES, withFrame } from "./agreement.ts";

function seen(label: string, score: number, x = 0, width = 0.5): ModelDetection {
  return { label, score, box: { x, y: 0, width, height: 1 } };
}

Deno.test("withFrame() counts what is found again, and how well its box fits", () => {
  const half = withFrame(NO_FRAMES, [seen("cat", 0.4)], [seen("cat", 0.3, 0, 0.4)]);
  assert.deepEqual(half, { wanted: 1, kept: 1, overlap: 0.8, extra: 0 });
  const both = withFrame(half, [seen("cup", 0.9)], [seen("cup", 0.9)]);
  assert.deepEqual(both, { wanted: 2, kept: 2, overlap: 1.8, extra: 0 });
});

Deno.test("withFrame() misses what has another label or place, or stands for another already", () => {
  const lost = { wanted: 1, kept: 0, overlap: 0, extra: 0 };
  assert.deepEqual(withFrame(NO_FRAMES, [seen("cat", 0.8)], [seen("dog", 0.4)]), lost);
  assert.deepEqual(withFrame(NO_FRAMES, [seen("cat", 0.8)], [seen("cat", 0.4, 0.4)]), lost);
  const twice = [seen("cat", 0.8), seen("cat", 0.7, 0.05)];
  assert.equal(withFrame(NO_FRAMES, twice, [seen("cat", 0.8)]).kept, 1);
});

Deno.test("withFrame() wants nothing unsure, and counts as extra only what is sure and new", () => {
  const weak = [seen("cat", 0.39)];
  assert.deepEqual(withFrame(NO_FRAMES, weak, [seen("cat", 0.6)]), NO_FRAMES);
  assert.deepEqual(withFrame(NO_FRAMES, weak, [seen("dog", 0.49)]), NO_FRAMES);
  assert.equal(withFrame(NO_FRAMES, weak, [seen("dog", 0.5)]).extra, 1);
});
