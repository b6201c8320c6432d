import assert from "node:assert/strict";
import { idOf, TEST_MODEL } from "../../tests/fixtures/devices.ts";
import { fromHex } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import type { Observation } from "../observation.ts";
import { decodeBatch, observationId } from "./observation_batch.ts";

const DEVICE = idOf(0xd1);
const NOW = 1_800_000_000_000;
const MOST_ROWS = 64;

Deno.test("decodeBatch() reads a batch of format 1", () => {
  const place = [475_000_000, -87_000_000, 12];
  const model = [TEST_MODEL.id, fromHex(TEST_MODEL.sha256)];
  const rows = [
    [NOW, 0, 750, 1000, 2000, 3000, 4000, NOW, 1500, true, 7, 1, 0, fromHex(idOf(8)), place],
    [NOW + 1, 2, 1000, 0, 0, 10_000, 10_000, NOW + 9, 0, false, 1, 1, 0, null, null],
  ];
  const texts = ["person", "Rear camera", "cat"];
  const read = decodeBatch(encodeCbor([1, texts, [model], rows]), DEVICE);
  const source = "Rear camera";
  assert.deepEqual(read, [
    {
      ...{ id: observationId(DEVICE, NOW), device: DEVICE, label: "person", score: 0.75, source },
      box: { x: 0.1, y: 0.2, width: 0.3, height: 0.4 },
      ...{ first: NOW, last: NOW + 1500, open: true, frames: 7, model: TEST_MODEL },
      thumb: idOf(8),
      place: { latitude: 47.5, longitude: -8.7, accuracyM: 12 },
    },
    {
      ...{ id: observationId(DEVICE, NOW + 1), device: DEVICE, label: "cat", score: 1, source },
      box: { x: 0, y: 0, width: 1, height: 1 },
      ...{ first: NOW + 9, last: NOW + 9, open: false, frames: 1, model: TEST_MODEL },
    },
  ]);
});

Deno.test("decodeBatch() does not throw for any flipped bit or cut of a batch of format 1", () => {
  const model = [TEST_MODEL.id, fromHex(TEST_MODEL.sha256)];
  const rows = [ROW, ROW.with(0, 2).with(13, fromHex(idOf(7))).with(14, [1, 2, 3])];
  const bytes = encodeCbor([1, ["person", "Rear camera"], [model], rows]);
  assert.equal(decodeBatch(bytes, DEVICE)?.length, 2);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    decodeBatch(flipped, DEVICE)?.forEach(assertWellFormed);
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(decodeBatch(bytes.subarray(0, length), DEVICE), null);
  }
});

function assertWellFormed(one: Observation): void {
  assert.ok(one.score >= 0 && one.score <= 1);
  for (const side of Object.values(one.box)) assert.ok(side >= 0 && side <= 1);
  for (const count of [one.first, one.last, one.frames]) assert.ok(Number.isSafeInteger(count));
  assert.ok(one.last >= one.first);
  assert.ok(typeof one.label === "string" && typeof one.source === "string");
}

const ROW: readonly unknown[] = [1, 0, 750, 10, 20, 30, 40, NOW, 5, true, 3, 1, 0, null, null];

function decodeRow(index: number, value: unknown): Observation[] | null {
  const row = ROW.with(index, value);
  const model = [TEST_MODEL.id, fromHex(TEST_MODEL.sha256)];
  return decodeBatch(encodeCbor([1, ["person", "Rear camera"], [model], [row]]), DEVICE);
}

Deno.test("decodeBatch() is null when one field of a row is of another type or out of bounds", () => {
  assert.equal(decodeRow(0, 1)?.length, 1);
  const wrong: [number, unknown[]][] = [
    [0, [-1, 1.5, "1", null, 2 ** 60]],
    [1, [2, -1, "person", null]],
    [2, [1001, -1, 0.5, null]],
    [3, [10_001, -1, 0.5, "0"]],
    [4, [10_001, -1]],
    [5, [10_001, -1]],
    [6, [10_001, -1]],
    [7, [-1, 0.5, null]],
    [8, [-1, 0.5, null]],
    [9, [0, 1, null, "true"]],
    [10, [-1, 0.5, null]],
    [11, [2, -1, null]],
    [12, [1, -1, null, "0", "length", {}, { toString: 1, valueOf: 1 }]],
    [13, [0, "", new Uint8Array(31), []]],
    [14, [0, [1, 2], [1, 2, 3, 4], [1, 2, 0.5], ["1", 2, 3], {}]],
  ];
  for (const [index, values] of wrong) {
    for (const value of values) {
      assert.equal(decodeRow(index, value), null, `field ${index}: ${JSON.stringify(value)}`);
    }
  }
});

Deno.test("decodeBatch() is null when a place is nowhere on Earth", () => {
  for (const place of [[91e7, 0, 1], [-91e7, 0, 1], [0, 181e7, 1], [0, -181e7, 1], [0, 0, -1]]) {
    assert.equal(decodeRow(14, place), null, String(place));
  }
});

Deno.test("decodeBatch() is null when an observation's end is no safe number", () => {
  const row = ROW.with(7, Number.MAX_SAFE_INTEGER).with(8, Number.MAX_SAFE_INTEGER);
  const model = [TEST_MODEL.id, fromHex(TEST_MODEL.sha256)];
  const bytes = encodeCbor([1, ["person", "Rear camera"], [model], [row]]);
  assert.equal(decodeBatch(bytes, DEVICE), null);
});

Deno.test("decodeBatch() is null for another shape of format 1, or too many rows", () => {
  const model = [TEST_MODEL.id, fromHex(TEST_MODEL.sha256)];
  const texts = ["person", "Rear camera"];
  const shapes: unknown[] = [
    null,
    {},
    [],
    [1, texts, [model]],
    [1, texts, [model], [ROW], 0],
    [1, [1, 2], [model], [ROW]],
    [1, "person", [model], [ROW]],
    [1, texts, [["nanodet_g"]], [ROW]],
    [1, texts, [["nanodet_g", new Uint8Array(31)]], [ROW]],
    [1, texts, [model], ROW],
    [1, texts, [model], [ROW.slice(1)]],
    [1, texts, [model], Array.from({ length: MOST_ROWS + 1 }, () => ROW)],
  ];
  for (const shape of shapes) assert.equal(decodeBatch(encodeCbor(shape), DEVICE), null);
});
