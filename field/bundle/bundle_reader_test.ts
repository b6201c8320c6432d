import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bytes, joinBytes, toHex } from "../bytes.ts";
import { crc32 } from "../checksum.ts";
import {
  BUNDLE_HEAD,
  type BundleRecord,
  encodeRecord,
  FRAME_HEAD_BYTES,
  MARKER,
  MOST_PAYLOAD_BYTES,
} from "./bundle_format.ts";
import { type BundleItem, BundleReader } from "./bundle_reader.ts";

const KIND_AT = 8;

type Written = Exclude<BundleRecord, { kind: "unknown" }>;

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) =>
  new Uint8Array(bytes)
);
const devices = hashes.map(toHex);
const someBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes));
const counts = fc.nat(1e9);

/** Records as `parseRecord` makes them: plain objects. */
const PLAIN = { noNullPrototype: true } as const;

const records = fc.oneof<fc.Arbitrary<Written>[]>(
  fc.record({
    kind: fc.constant("header" as const),
    founder: fc.oneof(devices, fc.constant(null)),
    devices: counts,
  }, PLAIN),
  fc.record(
    { kind: fc.constant("feed" as const), device: devices, seq: counts, hash: hashes },
    PLAIN,
  ),
  fc.record({ kind: fc.constant("entry" as const), bytes: someBytes }, PLAIN),
  fc.record({
    kind: fc.constant("contrary" as const),
    entries: fc.array(someBytes, { minLength: 1, maxLength: 2 }),
  }, PLAIN),
  fc.record({
    kind: fc.constant("media" as const),
    hash: devices,
    type: fc.constantFrom("image/jpeg", "video/mp4", "application/octet-stream"),
    total: fc.constant(1000),
    offset: fc.nat(700),
    bytes: someBytes,
  }, PLAIN),
  fc.record({
    kind: fc.constant("missing" as const),
    hashes: fc.array(devices, { maxLength: 5 }),
  }, PLAIN),
  fc.record({
    kind: fc.constant("end" as const),
    entries: counts,
    media: counts,
    missing: counts,
    digest: hashes,
  }, PLAIN),
);

/** A record, or damage, without the views that are valid for a moment only. */
type Kept = { readonly at: number; readonly record: BundleRecord } | {
  readonly at: number;
  readonly damaged: number;
} | { readonly format: number };

function kept(item: BundleItem): Kept {
  switch (item.kind) {
    case "head":
      return { format: item.format };
    case "damage":
      return { at: item.at, damaged: item.length };
    case "record":
      return { at: item.at, record: item.record };
  }
}

function read(parts: readonly Uint8Array[]): Kept[] {
  const reader = new BundleReader();
  const items: Kept[] = [];
  for (const part of parts) for (const item of reader.push(part)) items.push(kept(item));
  for (const item of reader.end()) items.push(kept(item));
  assert.equal(reader.bytes, parts.reduce((sum, part) => sum + part.length, 0));
  return items;
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

/** Where each frame begins, the first behind the file's head. */
function placesOf(frames: readonly Bytes[]): number[] {
  let at = BUNDLE_HEAD.length;
  return frames.map((frame) => (at += frame.length) - frame.length);
}

Deno.test("BundleReader gives all records of a bundle, however it is cut into parts", () => {
  fc.assert(
    fc.property(fc.array(records), fc.array(fc.nat(), { maxLength: 9 }), (list, cuts) => {
      const frames = list.map(encodeRecord);
      const places = placesOf(frames);
      assert.deepEqual(read(cutAt(joinBytes(BUNDLE_HEAD, ...frames), cuts)), [
        { format: 1 },
        ...list.map((record, i) => ({ at: places[i], record })),
      ]);
    }),
  );
});

Deno.test("BundleReader finds the next good record behind a damaged one, and says where the damage is", () => {
  const damage = fc.record({
    record: fc.nat(),
    byte: fc.nat(),
    bits: fc.integer({ min: 1, max: 255 }),
  });
  fc.assert(
    fc.property(
      fc.array(records, { minLength: 1 }),
      damage,
      fc.array(fc.nat()),
      (list, hit, cuts) => {
        const frames = list.map(encodeRecord);
        const places = placesOf(frames);
        const index = hit.record % list.length;
        const file = joinBytes(BUNDLE_HEAD, ...frames);
        file[places[index] + hit.byte % frames[index].length] ^= hit.bits;
        const damaged = { at: places[index], damaged: frames[index].length };
        assert.deepEqual(read(cutAt(file, cuts)), [
          { format: 1 },
          ...list.map((record, i) => i === index ? damaged : { at: places[i], record }),
        ]);
      },
    ),
  );
});

Deno.test("BundleReader reads on behind bytes that were put in or lost", () => {
  fc.assert(
    fc.property(
      fc.array(records, { minLength: 2 }),
      someBytes.filter((bytes) => bytes.length > 0 && !bytes.includes(MARKER[0])),
      fc.nat(),
      (list, junk, where) => {
        const frames = list.map(encodeRecord);
        const index = where % list.length;
        const withJunk = frames.toSpliced(index, 0, junk);
        const places = placesOf(withJunk);
        const expected = [
          { format: 1 },
          ...withJunk.map((_, i) =>
            i === index
              ? { at: places[i], damaged: junk.length }
              : { at: places[i], record: list[i < index ? i : i - 1] }
          ),
        ];
        assert.deepEqual(read([joinBytes(BUNDLE_HEAD, ...withJunk)]), expected);
        const short = frames.with(index, frames[index].subarray(0, -1));
        const good = read([joinBytes(BUNDLE_HEAD, ...short)]).filter((item) => "record" in item);
        assert.equal(good.length, list.length - 1);
      },
    ),
  );
});

Deno.test("BundleReader gives all good records of a bundle that was cut off, and says so of the last", () => {
  fc.assert(
    fc.property(fc.array(records, { minLength: 1 }), fc.nat(), (list, cut) => {
      const frames = list.map(encodeRecord);
      const file = joinBytes(BUNDLE_HEAD, ...frames);
      const end = BUNDLE_HEAD.length + cut % (file.length - BUNDLE_HEAD.length);
      const places = placesOf(frames);
      const whole = list.filter((_, i) => places[i] + frames[i].length <= end).length;
      const from = places[whole];
      assert.deepEqual(read([file.subarray(0, end)]), [
        { format: 1 },
        ...list.slice(0, whole).map((record, i) => ({ at: places[i], record })),
        ...(end > from ? [{ at: from, damaged: end - from }] : []),
      ]);
    }),
  );
});

Deno.test("BundleReader reads records whose file has lost its beginning", () => {
  const frame = encodeRecord({ kind: "entry", bytes: Uint8Array.of(1, 2, 3) });
  const record = { kind: "entry", bytes: Uint8Array.of(1, 2, 3) };
  assert.deepEqual(read([frame]), [{ at: 0, record }]);
  assert.deepEqual(read([joinBytes(BUNDLE_HEAD.subarray(3), frame)]), [
    { at: 0, damaged: 7 },
    { at: 7, record },
  ]);
});

Deno.test("BundleReader waits neither for lengths that are too large nor for those the file does not have", () => {
  const good = encodeRecord({ kind: "entry", bytes: Uint8Array.of(9) });
  for (const length of [MOST_PAYLOAD_BYTES + 1, 0xffffffff, MOST_PAYLOAD_BYTES, 1000]) {
    const lying = new Uint8Array(FRAME_HEAD_BYTES);
    lying.set(MARKER);
    new DataView(lying.buffer).setUint32(FRAME_HEAD_BYTES - 4, length, true);
    const items = read([joinBytes(BUNDLE_HEAD, lying, good)]);
    assert.deepEqual(items.map((item) => Object.keys(item).join()), [
      "format",
      "at,damaged",
      "at,record",
    ]);
  }
});

Deno.test("BundleReader gives records of a kind and a format that it does not know as such", () => {
  const frame = encodeRecord({ kind: "entry", bytes: Uint8Array.of(9) });
  frame[KIND_AT] = 99;
  new DataView(frame.buffer).setUint32(MARKER.length, crc32(frame.subarray(KIND_AT)), true);
  const head = BUNDLE_HEAD.slice();
  head[BUNDLE_HEAD.length - 2] = 2;
  assert.deepEqual(read([head, frame]), [
    { format: 2 },
    { at: BUNDLE_HEAD.length, record: { kind: "unknown" } },
  ]);
});

Deno.test("BundleReader takes a sound record whose content is none for damage", () => {
  const frame = encodeRecord({ kind: "header", founder: null, devices: 1 });
  frame[KIND_AT] += 1; // a header's fields are not those of a feed
  new DataView(frame.buffer).setUint32(MARKER.length, crc32(frame.subarray(KIND_AT)), true);
  assert.deepEqual(read([frame]), [{ at: 0, damaged: frame.length }]);
});

Deno.test("BundleReader never throws on bytes of any kind, and accounts for each of them", () => {
  const marked = fc.array(
    fc.oneof(fc.constant([...MARKER]), fc.uint8Array({ maxLength: 20 }).map((bytes) => [...bytes])),
  ).map((parts) => Uint8Array.from(parts.flat()));
  fc.assert(
    fc.property(
      fc.oneof(marked, fc.uint8Array({ maxLength: 500 })),
      fc.array(fc.nat()),
      (bytes, cuts) => {
        const items = read(cutAt(bytes, cuts));
        const damaged = items.reduce(
          (sum, item) => sum + ("damaged" in item ? item.damaged : 0),
          0,
        );
        assert.equal(damaged, bytes.length);
      },
    ),
  );
});

Deno.test("BundleReader spends time in proportion on a file made of false markers", () => {
  const lying = new Uint8Array(FRAME_HEAD_BYTES);
  lying.set(MARKER);
  new DataView(lying.buffer).setUint32(FRAME_HEAD_BYTES - 4, MOST_PAYLOAD_BYTES - 7, true);
  const file = new Uint8Array(8 << 20);
  for (let at = 0; at + lying.length <= file.length; at += lying.length) file.set(lying, at);
  // 80 GB would be checked, if each of them were: then this test takes minutes
  assert.deepEqual(read([file]), [{ at: 0, damaged: file.length }]);
});
