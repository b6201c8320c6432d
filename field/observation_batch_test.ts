import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf, observationAt, TEST_MODEL } from "../tests/fixtures/devices.ts";
import { fromHex } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import type { Observation } from "./observation.ts";
import { decodeBatch, encodeBatch, MOST_IN_BATCH, observationId } from "./observation_batch.ts";

const DEVICE = idOf(0xd1);
const NOW = 1_800_000_000_000;

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
);
const place = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  accuracyM: fc.double({ min: 0, max: 1e6, noNaN: true }),
});
const observation: fc.Arbitrary<Observation> = fc.record({
  id: fc.maxSafeNat().map((begin) => observationId(DEVICE, begin)),
  device: fc.constant(DEVICE),
  label: fc.constantFrom("person", "cat", "cup", "traffic light"),
  score: fraction,
  box: fc.record({ x: fraction, y: fraction, width: fraction, height: fraction }),
  first: fc.nat(2 * NOW),
  open: fc.boolean(),
  frames: fc.nat(1e6),
  source: fc.constantFrom("Rear camera", "Demo", "été.mp4"),
  model: fc.tuple(fc.constantFrom("a", "b"), fc.constantFrom(idOf(1), idOf(2)))
    .map(([id, sha256]) => ({ id, sha256 })),
  place: fc.option(place, { nil: undefined }),
  thumb: fc.option(hash, { nil: undefined }),
  lasting: fc.nat(1e9),
}).map(({ lasting, place, thumb, ...one }) => ({
  ...one,
  last: one.first + lasting,
  ...(place ? { place } : {}),
  ...(thumb === undefined ? {} : { thumb }),
}));

function near(actual: number, expected: number, within: number): void {
  assert.ok(Math.abs(actual - expected) <= within * 1.000001, `${actual} is not near ${expected}`);
}

/** Equal but for the steps that the format rounds to. */
function sameWithinSteps(read: Observation, written: Observation): void {
  const { box, score, place, ...exact } = read;
  const { box: wroteBox, score: wroteScore, place: wrotePlace, ...wrote } = written;
  assert.deepEqual(exact, wrote);
  near(score, wroteScore, 0.0005);
  for (const side of ["x", "y", "width", "height"] as const) near(box[side], wroteBox[side], 5e-5);
  assert.equal(place === undefined, wrotePlace === undefined);
  if (!place || !wrotePlace) return;
  near(place.latitude, wrotePlace.latitude, 5e-8);
  near(place.longitude, wrotePlace.longitude, 5e-8);
  near(place.accuracyM, wrotePlace.accuracyM, 0.5);
}

Deno.test("decodeBatch() reads what encodeBatch() wrote, within the format's steps", () => {
  const batch = fc.array(observation, { maxLength: MOST_IN_BATCH });
  fc.assert(fc.property(batch, (written) => {
    const read = decodeBatch(encodeBatch(written), DEVICE);
    assert.equal(read?.length, written.length);
    read?.forEach((one, i) => sameWithinSteps(one, written[i]));
  }));
});

Deno.test("encodeBatch() of what decodeBatch() read is the same bytes: rounding happens once", () => {
  fc.assert(fc.property(fc.array(observation, { maxLength: 5 }), (written) => {
    const bytes = encodeBatch(written);
    const read = decodeBatch(bytes, DEVICE);
    assert.ok(read);
    assert.deepEqual(encodeBatch(read), bytes);
  }));
});

Deno.test("encodeBatch() writes boxes that reach beyond the frame up to its edge", () => {
  const box = { x: -0.2, y: 0.5, width: 1.4, height: 0.5 };
  const [read] = decodeBatch(encodeBatch([observationAt(DEVICE, NOW, { box })]), DEVICE) ?? [];
  assert.deepEqual(read.box, { x: 0, y: 0.5, width: 1, height: 0.5 });
});

Deno.test("encodeBatch() writes whole milliseconds, and never an end before the beginning", () => {
  const odd = observationAt(DEVICE, NOW, { first: NOW + 0.4, last: NOW - 5 });
  const [read] = decodeBatch(encodeBatch([odd]), DEVICE) ?? [];
  assert.deepEqual([read.first, read.last], [NOW, NOW]);
});

Deno.test("encodeBatch() never writes what decodeBatch() refuses: peers would lose the whole batch", () => {
  const wild = fc.record({
    first: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    last: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    frames: fc.nat(),
    place: fc.record({
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
      accuracyM: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    }),
  });
  fc.assert(fc.property(wild, (odd) => {
    const good = observationAt(DEVICE, NOW);
    const read = decodeBatch(encodeBatch([good, observationAt(DEVICE, NOW + 1, odd)]), DEVICE);
    assert.equal(read?.length, 2);
  }));
});

Deno.test("decodeBatch() names the device that said it, whatever the ids were", () => {
  const other = idOf(0xee);
  const [read] = decodeBatch(encodeBatch([observationAt(DEVICE, NOW)]), other) ?? [];
  assert.equal(read.device, other);
  assert.equal(read.id, observationId(other, NOW));
});

Deno.test("decodeBatch() is null, and does not throw, for any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert.equal(decodeBatch(bytes, DEVICE), null);
  }));
});

Deno.test("decodeBatch() does not throw for any flipped bit, cut or doubling of a batch", () => {
  const thumb = idOf(7);
  const place = { latitude: 47.5, longitude: -8.7, accuracyM: 12 };
  const bytes = encodeBatch([
    observationAt(DEVICE, NOW, { thumb, place }),
    observationAt(DEVICE, NOW + 1, { open: true }),
  ]);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    decodeBatch(flipped, DEVICE)?.forEach(assertWellFormed);
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(decodeBatch(bytes.subarray(0, length), DEVICE), null);
  }
  assert.equal(decodeBatch(Uint8Array.of(...bytes, ...bytes), DEVICE), null);
});

function assertWellFormed(one: Observation): void {
  assert.ok(one.score >= 0 && one.score <= 1);
  for (const side of Object.values(one.box)) assert.ok(side >= 0 && side <= 1);
  for (const count of [one.first, one.last, one.frames]) assert.ok(Number.isSafeInteger(count));
  assert.ok(one.last >= one.first);
  assert.ok(typeof one.label === "string" && typeof one.source === "string");
}

const ROW = [1, 0, 750, 10, 20, 30, 40, NOW, 5, true, 3, 1, 0, null, null];

function decodeRow(index: number, value: unknown): Observation[] | null {
  const row = ROW.with(index, value as never);
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

Deno.test("decodeBatch() is null for another format, shape or too many rows", () => {
  const model = [TEST_MODEL.id, fromHex(TEST_MODEL.sha256)];
  const texts = ["person", "Rear camera"];
  const shapes: unknown[] = [
    null,
    {},
    [],
    [2, texts, [model], [ROW]],
    [1, texts, [model]],
    [1, texts, [model], [ROW], 0],
    [1, [1, 2], [model], [ROW]],
    [1, "person", [model], [ROW]],
    [1, texts, [["nanodet_g"]], [ROW]],
    [1, texts, [["nanodet_g", new Uint8Array(31)]], [ROW]],
    [1, texts, [model], ROW],
    [1, texts, [model], [ROW.slice(1)]],
    [1, texts, [model], Array.from({ length: MOST_IN_BATCH + 1 }, () => ROW)],
  ];
  for (const shape of shapes) assert.equal(decodeBatch(encodeCbor(shape), DEVICE), null);
});

Deno.test("encodeBatch() names every text and model once", () => {
  const batch = encodeBatch(Array.from({ length: 3 }, (_, i) => observationAt(DEVICE, NOW + i)));
  const value = decodeCbor(batch)?.value;
  assert.ok(Array.isArray(value));
  assert.deepEqual(value[1], ["person", "Rear camera"]);
  assert.equal(value[2].length, 1);
});

Deno.test("encodeBatch() of 64 observations keeps to 88 bytes a row with a thumbnail's hash, 54 without", () => {
  const rows = Array.from(
    { length: MOST_IN_BATCH },
    (_, i) =>
      observationAt(DEVICE, NOW * 1024 + i * 99_991, {
        first: NOW + i * 97,
        score: 0.4 + i / 200,
        box: { x: i / 100, y: 0.31, width: 0.211, height: 0.123 },
        thumb: idOf(i),
      }),
  );
  const withThumbs = encodeBatch(rows).length;
  const without = encodeBatch(rows.map(({ thumb: _, ...row }) => row)).length;
  console.log(`64 rows: ${withThumbs} bytes with thumbnails' hashes, ${without} without`);
  assert.ok(withThumbs <= MOST_IN_BATCH * 88, `${withThumbs} bytes`);
  assert.ok(without <= MOST_IN_BATCH * 54, `${without} bytes`);
});
