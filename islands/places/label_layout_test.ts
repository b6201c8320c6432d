import assert from "node:assert/strict";
import fc from "fast-check";
import { type LabelBox, labelWidth, layOutLabels } from "./label_layout.ts";

const SIZE = { width: 390, height: 500 };
const label = (id: string, x: number, y: number, weight = 0.5) => ({
  ...{ id, at: { x, y }, words: "person 81", weight, reach: 10 },
});

function overlap(a: LabelBox, b: LabelBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

Deno.test("layOutLabels() puts a name on the right of its mark, and on the left at the edge", () => {
  assert.equal(layOutLabels([label("a", 100, 100)], SIZE).get("a")?.x, 114);
  const box = layOutLabels([label("a", 380, 100)], SIZE).get("a")!;
  assert.equal(box.x + box.width, 366);
});

Deno.test("layOutLabels() has none over another, over a mark, over what is taken, or cut off", () => {
  const places = fc.array(
    fc.tuple(fc.integer({ min: -20, max: 410 }), fc.integer({ min: -20, max: 520 })),
    {
      maxLength: 40,
    },
  );
  const taken = [{ x: 0, y: 0, width: 390, height: 48 }];
  fc.assert(
    fc.property(places, (all) => {
      const labels = all.map(([x, y], i) => label(`t${i}`, x, y, i / 40));
      const placed = [...layOutLabels(labels, SIZE, taken)];
      for (const [id, box] of placed) {
        assert.ok(box.x >= 0 && box.y >= 0);
        assert.ok(box.x + box.width <= 390 && box.y + box.height <= 500);
        const others = placed.filter(([other]) => other !== id).map(([, other]) => other);
        const marks = labels.filter((one) => one.id !== id && one.at.x >= 0 && one.at.y >= 0)
          .filter(({ at }) => at.x <= 390 && at.y <= 500)
          .map(({ at: { x, y } }) => ({ x: x - 10, y: y - 10, width: 20, height: 20 }));
        assert.ok(![...others, ...marks, ...taken].some((other) => overlap(box, other)));
      }
    }),
    { seed: 77 },
  );
});

Deno.test("layOutLabels() gives the room to the weightier, whatever the order", () => {
  const crowd = Array.from({ length: 30 }, (_, i) => label(`t${i}`, 200, 250, i));
  const placed = layOutLabels(crowd, SIZE);
  assert.ok(!placed.has("t0"));
  assert.deepEqual(layOutLabels(crowd.toReversed(), SIZE), placed);
});

Deno.test("layOutLabels() has no name for a mark that is out of sight", () => {
  assert.equal(layOutLabels([label("a", -5, 100)], SIZE).size, 0);
});

Deno.test("labelWidth() grows with the words", () => {
  assert.ok(labelWidth("person 81") > labelWidth("car 81"));
});
