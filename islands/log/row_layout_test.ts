import assert from "node:assert/strict";
import type { Observation } from "../../field/observation.ts";
import { anchorAt, anchorShift, dayAt, itemsWithin, layOutRows } from "./row_layout.ts";
import type { RowLayout } from "./row_layout.ts";

const DAY_MS = 86_400_000;
const HEIGHTS = { day: 40, row: 72 };
const utcDay = (at: number) => Math.floor(at / DAY_MS) * DAY_MS;

function seenAt(first: number): Observation {
  return {
    id: `o-${first}`,
    device: "d",
    label: "cat",
    score: 0.5,
    box: { x: 0, y: 0, width: 1, height: 1 },
    first,
    last: first + 1000,
    open: false,
    frames: 3,
    source: "Demo",
    model: { id: "m", sha256: "0" },
  };
}

function layOut(times: readonly number[]): RowLayout {
  return layOutRows(times.map(seenAt), HEIGHTS, utcDay);
}

const TWO_DAYS = [DAY_MS * 11 + 9, DAY_MS * 11 + 5, DAY_MS * 10 + DAY_MS - 1, DAY_MS * 10];

Deno.test("layOutRows() puts a heading with its count before each day", () => {
  const { items, height } = layOut(TWO_DAYS);
  assert.deepEqual(items.map(({ kind, top }) => [kind, top]), [
    ["day", 0],
    ["row", 40],
    ["row", 112],
    ["day", 184],
    ["row", 224],
    ["row", 296],
  ]);
  assert.deepEqual(items.map((item) => item.kind === "day" ? item.count : item.position), [
    2,
    1,
    2,
    2,
    3,
    4,
  ]);
  assert.equal(height, 368);
});

Deno.test("layOutRows() of nothing is nothing", () => {
  assert.deepEqual(layOut([]), { items: [], height: 0 });
});

Deno.test("itemsWithin() holds every item that touches the view and no other", () => {
  const layout = layOut(TWO_DAYS);
  for (let from = -100; from < 500; from += 7) {
    const to = from + 150;
    const touching = layout.items.flatMap((item, index) => {
      const bottom = layout.items[index + 1]?.top ?? layout.height;
      return bottom > from && item.top < to ? [index] : [];
    });
    const { start, end } = itemsWithin(layout, from, to);
    for (const index of touching) assert.ok(index >= start && index < end, `${index} at ${from}`);
    assert.ok(end - start <= touching.length + 1, `too many at ${from}`);
  }
});

Deno.test("itemsWithin() of an empty list is empty", () => {
  assert.deepEqual(itemsWithin(layOut([]), 0, 500), { start: 0, end: 0 });
});

Deno.test("anchorShift() is what came in above the reader", () => {
  const before = layOut(TWO_DAYS);
  const anchor = anchorAt(before, 200);
  assert.equal(anchor?.key, `o-${DAY_MS * 11 - 1}`);
  const sameDay = layOut([DAY_MS * 11 + 20, ...TWO_DAYS]);
  assert.equal(anchorShift(anchor, sameDay), 72);
  const newDay = layOut([DAY_MS * 12, ...TWO_DAYS]);
  assert.equal(anchorShift(anchor, newDay), 112);
  const below = layOut([...TWO_DAYS, 5]);
  assert.equal(anchorShift(anchor, below), 0);
  assert.equal(anchorShift(null, newDay), 0);
});

Deno.test("anchorAt() below the last row is nothing", () => {
  assert.equal(anchorAt(layOut(TWO_DAYS), 5_000), null);
});

Deno.test("dayAt() is the heading above, also exactly at its top", () => {
  const layout = layOut(TWO_DAYS);
  assert.equal(dayAt(layout, 0)?.key, `day-${DAY_MS * 11}`);
  assert.equal(dayAt(layout, 183)?.key, `day-${DAY_MS * 11}`);
  assert.equal(dayAt(layout, 184)?.key, `day-${DAY_MS * 10}`);
  assert.equal(dayAt(layout, 9_999)?.key, `day-${DAY_MS * 10}`);
  assert.equal(dayAt(layOut([]), 0), null);
});
