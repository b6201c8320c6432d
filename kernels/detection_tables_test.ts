import assert from "node:assert/strict";
import {
  anchorExpTable,
  anchorTable,
  distributionExpTable,
  exp,
  sigmoidTable,
  softmaxExpTable,
  ssdAnchors,
} from "./detection_tables.ts";

const words = (bytes: Uint8Array<ArrayBuffer>) => new Uint16Array(bytes.buffer);

/** Entries may differ by one only where Math.exp lies within an ulp of a half. */
function assertTable(bytes: Uint8Array<ArrayBuffer>, valueAt: (index: number) => number): void {
  words(bytes).forEach((entry, index) =>
    assert.equal(entry, Math.round(valueAt(index)), `${index}`)
  );
}

Deno.test("exp() agrees with Math.exp to 12 digits over all that doubles hold", () => {
  for (let x = -699.5; x < 700; x += 0.73) {
    assert.ok(Math.abs(exp(x) / Math.exp(x) - 1) < 1e-12, `${x}`);
  }
  assert.equal(exp(0), 1);
  assert.equal(exp(-1e9), 0);
  assert.equal(exp(1e9), Infinity);
});

Deno.test("the tables hold what their docstrings say", () => {
  assertTable(sigmoidTable(), (index) => 32768 / (1 + Math.exp((512 - index) / 32)));
  assertTable(distributionExpTable(), (index) => 32768 * Math.exp(-index / 32));
  const size = (index: number) => 2048 * Math.exp((index - 512) / 160);
  assertTable(anchorExpTable(5), (index) => Math.min(size(index), 65535));
  assertTable(softmaxExpTable(0.11), (index) => 32768 * Math.exp(-index * 0.11));
  assert.equal(words(anchorExpTable(1))[1023], 65535);
  assert.deepEqual([...words(softmaxExpTable(1e6))].slice(0, 3), [32768, 0, 0]);
});

Deno.test("the tables are the same bytes in every engine", async () => {
  const bytes = [sigmoidTable(), distributionExpTable(), anchorExpTable(5), softmaxExpTable(0.11)];
  const whole = new Uint8Array(await new Blob(bytes).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  assert.equal(digest.toHex(), "287502b20d22fe7d3d7b2d4678d585abc1dfc14e5693bc1457506f5ab1890b17");
});

Deno.test("ssdAnchors() of 300 pixels gives SSD's 1917 anchors", () => {
  const levels = ssdAnchors([19, 10, 5, 3, 2, 1], { smallest: 0.2, largest: 0.95 });
  assert.deepEqual(levels.map((level) => level.length), [1083, 600, 150, 54, 24, 6]);
  const [first, second] = levels[0];
  assert.deepEqual(first, { x: 0.5 / 19, y: 0.5 / 19, width: 0.1, height: 0.1 });
  assert.ok(second.width > second.height);
  const last = levels[5];
  assert.ok(Math.abs(last[5].width - Math.sqrt(0.95)) < 1e-12);
  const next = levels[1][6];
  assert.deepEqual([next.x, next.y], [0.15, 0.05]);
});

Deno.test("anchorTable() is in sixteenths of a pixel, x before y", () => {
  const bytes = anchorTable([{ x: 0.5, y: 0.25, width: 0.1, height: 1 }], [200, 300]);
  assert.deepEqual([...new Int32Array(bytes.buffer)], [2400, 800, 480, 3200]);
});
