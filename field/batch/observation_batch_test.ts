import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf, observationAt } from "../../tests/fixtures/devices.ts";
import { Scene } from "../../tests/fixtures/scene.ts";
import { BitWriter, writeColumn } from "./bit_columns.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import type { Observation } from "../observation.ts";
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
  id: fc.oneof(fc.maxSafeNat(), fc.integer({ min: NOW * 1024, max: NOW * 1024 + 1e9 }))
    .map((begin) => observationId(DEVICE, begin)),
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
  frame: fc.option(hash, { nil: undefined }),
  size: fc.option(fc.tuple(fc.nat(1e6), fc.nat(1e6)), { nil: undefined })
    .map((size) => size && { width: size[0], height: size[1] }),
  clockAheadMs: fc.option(fc.integer({ min: -1e11, max: 1e11 }), { nil: undefined }),
  lasting: fc.oneof(fc.nat(1e9), fc.nat(5000)),
}).map(({ lasting, place, thumb, frame, size, clockAheadMs, ...one }) => ({
  ...one,
  last: one.first + lasting,
  ...(place ? { place } : {}),
  ...(thumb === undefined ? {} : { thumb }),
  ...(frame === undefined ? {} : { frame }),
  ...(size ? { size } : {}),
  ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
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
  for (const side of ["x", "y", "width", "height"] as const) near(box[side], wroteBox[side], 5e-4);
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
  for (const count of [one.first, one.last, one.frames]) {
    assert.ok(Number.isSafeInteger(count) && count >= 0);
  }
  assert.match(one.id, /^[0-9a-f]{12}-[0-9a-z]{1,12}$/);
  assert.ok(one.last >= one.first);
  assert.ok(typeof one.label === "string" && typeof one.source === "string");
}

/** A batch whose parts are replaced one at a time. */
function decodeWith(index: number, value: unknown): Observation[] | null {
  const parts = decodeCbor(encodeBatch([observationAt(DEVICE, NOW, { thumb: idOf(7) })]))?.value;
  assert.ok(Array.isArray(parts));
  return decodeBatch(encodeCbor(parts.with(index, value)), DEVICE);
}

Deno.test("decodeBatch() is null when a part of the batch is of another kind, number or length", () => {
  assert.equal(decodeWith(0, 2)?.length, 1);
  const wrong: [number, unknown[]][] = [
    [0, [0, 3, "2", null]],
    [1, [0, 2, -1, 257, 1e9, 0.5, null, "1"]],
    [2, [[], ["a", 1], "person", null, {}]],
    [3, [[], [1], "Rear camera", null]],
    [4, [
      [],
      [["nanodet_g"]],
      [["nanodet_g", new Uint8Array(31)]],
      [[1, new Uint8Array(32)]],
      null,
    ]],
    [5, [new Uint8Array(0), new Uint8Array(9), "x", null, [1]]],
    [6, [new Uint8Array(0), new Uint8Array(31), new Uint8Array(64), null, idOf(7)]],
  ];
  for (const [index, values] of wrong) {
    for (const value of values) assert.equal(decodeWith(index, value), null, `part ${index}`);
  }
  const parts = decodeCbor(encodeBatch([]))?.value;
  assert.ok(Array.isArray(parts));
  assert.equal(decodeBatch(encodeCbor([...parts, 0]), DEVICE), null);
  assert.equal(decodeBatch(encodeCbor(parts.slice(0, 6)), DEVICE), null);
});

/** The columns of one row in format 2: first, begin, lasting, open, label, score, box, frames, source, model, thumb, frame. */
function encodeRow(numbers: readonly number[]): Uint8Array {
  const out = new BitWriter();
  for (const [index, number] of numbers.entries()) {
    if (index === 1) out.bits(0, 1); // begin follows from first
    if (index === 10) out.number(0); // no rate of frames
    writeColumn(out, [number]);
    if (index === 0) writeColumn(out, []);
  }
  for (const _ of ["place", "size", "clock"]) writeColumn(out, [0]);
  return out.end();
}

Deno.test("decodeBatch() is null when a number in the columns is out of its bounds", () => {
  //  first, begin, lasting, open, label, score, x, y, width, height?, ...
  const good = [NOW, 0, 5, 0, 0, 750, 10, 20, 30, 40, 7, 0, 0, 0, 0];
  const parts = decodeCbor(encodeBatch([observationAt(DEVICE, NOW)]))?.value;
  assert.ok(Array.isArray(parts));
  const decoded = (numbers: readonly number[]) =>
    decodeBatch(encodeCbor(parts.with(5, encodeRow(numbers))), DEVICE);
  assert.equal(decoded(good)?.[0].frames, 7);
  const bounds = [[0, 1e14], [-1, 1], [0, 1e14], [0, 1], [0, 0], [0, 1000], [0, 1000], [0, 1000]];
  const others = [[0, 1000], [0, 1000], [0, 1e9], [0, 0], [0, 0], [0, 0], [0, 0]];
  for (const [index, [least, most]] of [...bounds, ...others].entries()) {
    if (index === 1) continue;
    assert.equal(decoded(good.with(index, least - 1)), null, `${index} below`);
    assert.equal(decoded(good.with(index, most + 1)), null, `${index} above`);
  }
  assert.equal(decoded(good.with(1, -NOW * 1024 - 1)), null, "before the epoch");
});

Deno.test("encodeBatch() names every text and model once, the most frequent first", () => {
  const labels = ["cat", "person", "person"];
  const batch = encodeBatch(labels.map((label, i) => observationAt(DEVICE, NOW + i, { label })));
  const value = decodeCbor(batch)?.value;
  assert.ok(Array.isArray(value));
  assert.deepEqual(value.slice(2, 4), [["person", "cat"], ["Rear camera"]]);
  assert.equal(value[4].length, 1);
});

Deno.test("decodeBatch() gives sound observations, or none, whatever is flipped in the columns", () => {
  const seen = new Scene(5).see(DEVICE, 40);
  const parts = decodeCbor(encodeBatch(seen))?.value;
  assert.ok(Array.isArray(parts) && parts[5] instanceof Uint8Array);
  const columns: Uint8Array = parts[5];
  const flips = fc.array(fc.nat(columns.length * 8 - 1), { minLength: 1, maxLength: 6 });
  let read = 0;
  fc.assert(
    fc.property(flips, fc.nat(256), (bits, count) => {
      const flipped = columns.slice();
      for (const bit of bits) flipped[bit >> 3] ^= 1 << (bit & 7);
      for (const rows of [40, count]) {
        const decoded = decodeBatch(encodeCbor(parts.with(5, flipped).with(1, rows)), DEVICE);
        decoded?.forEach(assertWellFormed);
        read += decoded ? 1 : 0;
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(read > 0, "no flip went unseen: the test says nothing");
});

Deno.test("encodeBatch() keeps 256 realistic sightings to 11 bytes each, and adds 32 for a thumbnail", () => {
  const seen = new Scene(1).see(DEVICE, MOST_IN_BATCH);
  const bytes = encodeBatch(seen).length;
  const withThumbs = encodeBatch(seen.map((one, i) => ({ ...one, thumb: idOf(i) }))).length;
  assert.ok(bytes <= MOST_IN_BATCH * 11, `${bytes} bytes`);
  assert.ok(withThumbs - bytes <= MOST_IN_BATCH * 32 + 8, `${withThumbs} bytes with thumbnails`);
});
