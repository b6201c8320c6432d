import assert from "node:assert/strict";
import type { TrackedDetection } from "../../field/messages.ts";
import { boxWords, clippedBox, inViewWords, labelPlace } from "./boxes.ts";

function detection(label: string, score: number, unsure = false): TrackedDetection {
  return { label, score, unsure, box: { x: 0, y: 0, width: 1, height: 1 } };
}

function rounded(box: ReturnType<typeof clippedBox>): number[] {
  return [box.x, box.y, box.width, box.height].map((value) => Math.round(value * 1000) / 1000);
}

Deno.test("clippedBox() cuts off what hangs over the edge and leaves the rest in place", () => {
  assert.deepEqual(rounded(clippedBox({ x: -0.1, y: 0.2, width: 0.4, height: 0.9 })), [
    0,
    0.2,
    0.3,
    0.8,
  ]);
  assert.deepEqual(rounded(clippedBox({ x: 0.1, y: 0.2, width: 0.3, height: 0.4 })), [
    0.1,
    0.2,
    0.3,
    0.4,
  ]);
});

Deno.test("labelPlace() keeps a label inside at the top and to the right at the right edge", () => {
  assert.deepEqual(labelPlace({ x: 0.1, y: 0.02, width: 0.2, height: 0.5 }), {
    vertical: "inside",
    horizontal: "left",
  });
  assert.deepEqual(labelPlace({ x: 0.8, y: 0.5, width: 0.2, height: 0.5 }), {
    vertical: "above",
    horizontal: "right",
  });
});

Deno.test("boxWords() marks the unsure with a question mark", () => {
  assert.equal(boxWords(detection("person", 0.812)), "person 81");
  assert.equal(boxWords(detection("airplane", 0.43, true)), "airplane 43?");
});

Deno.test("inViewWords() names each sure class once, in a stable order", () => {
  const seen = [detection("person", 0.8), detection("cat", 0.9), detection("person", 0.5)];
  assert.equal(inViewWords(seen), "In view: cat and person");
  assert.equal(inViewWords([detection("cup", 0.3, true)]), "Nothing in view");
});
