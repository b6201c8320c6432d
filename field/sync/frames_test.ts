import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../../tests/fixtures/devices.ts";
import { fromHex, joinBytes, toHex } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import {
  ANSWERS_BYTES,
  DIGEST_BYTES,
  encodeFrame,
  HEAD_HASH_BYTES,
  MESSAGE_ID_BYTES,
  MOST_BLOB_NAMES,
  MOST_BLOB_WANTS,
  MOST_FEEDS,
  MOST_FRAME_BYTES,
  MOST_PROOFS,
  NONCE_BYTES,
  ORIGIN_BYTES,
  parseFrame,
  POSSESSION_BYTES,
  type SyncFrame,
} from "./frames.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const some = fc.uint8Array({ maxLength: 60 });
const hex32 = bytes(32).map(toHex);
const count = fc.maxSafeNat();
const plain = { noNullPrototype: true };
const ids = fc.array(bytes(MESSAGE_ID_BYTES).map(toHex), { maxLength: 5 });
const heads = fc.array(
  fc.record(
    {
      device: hex32,
      seq: count,
      hash: bytes(HEAD_HASH_BYTES),
      isForked: fc.constant(true as const),
    },
    { requiredKeys: ["device", "seq", "hash"], ...plain },
  ),
  { maxLength: 5 },
);

const KINDS: { readonly [K in SyncFrame["kind"]]: fc.Arbitrary<Extract<SyncFrame, { kind: K }>> } =
  {
    hello: fc.record({
      kind: fc.constant("hello"),
      device: hex32,
      nonce: bytes(NONCE_BYTES),
      invite: fc.option(bytes(8)),
      version: count,
    }, plain),
    proof: fc.record({
      kind: fc.constant("proof"),
      answers: bytes(ANSWERS_BYTES),
      sig: bytes(64),
      invite: fc.option(bytes(32)),
    }, plain),
    summary: fc.record({
      kind: fc.constant("summary"),
      digest: bytes(DIGEST_BYTES),
      media: fc.tuple(fc.nat(), fc.nat()).map(([have, more]) => ({ have, of: have + more })),
    }, { requiredKeys: ["kind", "digest"], ...plain }),
    heads: fc.record({ kind: fc.constant("heads"), heads }, plain),
    want: fc.record({
      kind: fc.constant("want"),
      feeds: fc.array(fc.record({ device: hex32, after: count }, plain), { maxLength: 5 }),
      mostBytes: count,
      n: fc.maxSafeNat().map((n) => Math.max(1, n)),
    }, plain),
    entries: fc.record({
      kind: fc.constant("entries"),
      entries: fc.array(some, { maxLength: 5 }),
      answers: count,
      more: fc.boolean(),
    }, plain),
    ack: fc.record({ kind: fc.constant("ack"), heads }, plain),
    "blob-want": fc.record({
      kind: fc.constant("blob-want"),
      parts: fc.array(fc.record({ hash: hex32, offset: count }, plain), {
        maxLength: MOST_BLOB_WANTS,
      }),
    }, plain),
    "blob-have": fc.record({
      kind: fc.constant("blob-have"),
      hashes: fc.array(hex32, { maxLength: MOST_BLOB_WANTS }),
      keeping: fc.constantFrom("none", "shared", "all"),
      proofs: fc.constant(true),
    }, { requiredKeys: ["kind", "hashes", "keeping"], ...plain })
      .map(({ proofs, ...have }) =>
        proofs ? { ...have, proofs: have.hashes.map(() => new Uint8Array(POSSESSION_BYTES)) } : have
      ),
    "blob-ask": fc.record({
      kind: fc.constant("blob-ask"),
      hashes: fc.array(hex32, { maxLength: MOST_BLOB_WANTS }),
      nonce: bytes(NONCE_BYTES),
    }, { requiredKeys: ["kind", "hashes"], ...plain }),
    "clock-probe": fc.record({ kind: fc.constant("clock-probe"), n: count }, plain),
    clock: fc.record({
      kind: fc.constant("clock"),
      n: count,
      receivedAt: count,
      heldMs: count,
    }, plain),
    "blob-chunk": fc.record({
      kind: fc.constant("blob-chunk"),
      hash: hex32,
      type: fc.string({ maxLength: 64 }),
      offset: count,
      total: count,
      bytes: some,
    }, plain),
    bye: fc.record({ kind: fc.constant("bye"), reason: fc.string({ maxLength: 200 }) }, plain),
    credit: fc.record({ kind: fc.constant("credit"), bytes: count, control: count }, plain),
    pushing: fc.record({
      kind: fc.constant("pushing"),
      isWanted: fc.boolean(),
      origins: fc.array(bytes(ORIGIN_BYTES).map(toHex), { maxLength: 5 }),
    }, { requiredKeys: ["kind", "isWanted"], ...plain }),
    "message-have": fc.record({ kind: fc.constant("message-have"), ids }, plain),
    "message-want": fc.record({ kind: fc.constant("message-want"), ids }, plain),
    ephemeral: fc.record({
      kind: fc.constant("ephemeral"),
      message: fc.record({
        topic: fc.constantFrom("a", "a/b", "$subscriptions", "sensor/é/temperature"),
        from: hex32,
        counter: count,
        at: count,
        bytes: some,
        retain: fc.boolean(),
        critical: fc.boolean(),
        sig: bytes(64),
      }, plain),
    }, plain),
  };

const anyFrame: fc.Arbitrary<SyncFrame> = fc.oneof(...Object.values(KINDS));

/** A frame's bytes with these fields, whatever they are. */
function wire(...fields: readonly unknown[]): Uint8Array {
  return joinBytes(Uint8Array.of(0), encodeCbor(fields));
}

for (const [kind, frame] of Object.entries(KINDS)) {
  Deno.test(`parseFrame() reads ${kind} as encodeFrame() wrote it`, () => {
    fc.assert(fc.property(frame as fc.Arbitrary<SyncFrame>, (one) => {
      assert.deepEqual(parseFrame(encodeFrame(one)), one);
    }));
  });
}

Deno.test("parseFrame() never throws on any bytes", () => {
  const any = fc.uint8Array({ maxLength: 200 });
  const framed = any.map((cbor) => joinBytes(Uint8Array.of(0), cbor));
  fc.assert(fc.property(fc.oneof(any, framed), (one) => {
    const frame = parseFrame(one);
    assert.ok(frame === null || frame === "unknown" || typeof frame.kind === "string");
  }));
});

Deno.test("parseFrame() never throws on any CBOR behind any frame number", () => {
  const value = fc.oneof(
    fc.anything({ maxDepth: 2, values: [fc.integer(), fc.string(), some, fc.constant(null)] }),
    bytes(32),
    bytes(64),
    count,
  );
  fc.assert(
    fc.property(
      fc.integer({ min: -2, max: 20 }),
      fc.array(value, { maxLength: 6 }),
      (n, fields) => {
        let bytes: Uint8Array;
        try {
          bytes = wire(n, ...fields);
        } catch {
          return; // not to be written as CBOR
        }
        parseFrame(bytes);
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("parseFrame() is null or another frame for every changed byte, and null for every cut", () => {
  fc.assert(
    fc.property(anyFrame, fc.nat(), fc.integer({ min: 1, max: 255 }), (frame, at, change) => {
      // a way of keeping that a newer version has is read as "none"
      fc.pre(frame.kind !== "blob-have" || frame.keeping !== "none");
      const good = encodeFrame(frame);
      const bad = good.slice();
      bad[at % bad.length] ^= change;
      assert.notDeepEqual(parseFrame(bad), frame);
      assert.equal(parseFrame(good.subarray(0, at % good.length)), null);
      assert.equal(parseFrame(joinBytes(good, Uint8Array.of(0))), null);
    }),
    { numRuns: 500 },
  );
});

Deno.test("parseFrame() passes over a frame of a newer version, and fields that it added", () => {
  assert.equal(parseFrame(wire(99, "anything", [1])), "unknown");
  assert.equal(parseFrame(wire(-1)), "unknown");
  const digest = new Uint8Array(DIGEST_BYTES);
  const media = { have: 1, of: 7 };
  assert.deepEqual(parseFrame(wire(3, digest, 7, 6, "new")), { kind: "summary", digest, media });
  const head = [fromHex(idOf(1)), 5, new Uint8Array(HEAD_HASH_BYTES), "new"];
  assert.deepEqual(parseFrame(wire(4, [head])), {
    kind: "heads",
    heads: [{ device: idOf(1), seq: 5, hash: new Uint8Array(HEAD_HASH_BYTES) }],
  });
});

Deno.test("parseFrame() relies on nobody who does not say that it keeps its media", () => {
  for (const keeping of [undefined, null, 0, 3, -1, 1.5, "2", true]) {
    const fields = keeping === undefined ? [[fromHex(idOf(1))]] : [[fromHex(idOf(1))], keeping];
    const frame = parseFrame(wire(11, ...fields));
    assert.deepEqual(frame, { kind: "blob-have", hashes: [idOf(1)], keeping: "none" });
  }
});

Deno.test("parseFrame() is null for what is not a frame at all", () => {
  const digest = new Uint8Array(DIGEST_BYTES);
  const others = [
    new Uint8Array(0),
    Uint8Array.of(0),
    Uint8Array.of(1, ...encodeCbor([3, digest])),
    encodeCbor([3, digest]),
    joinBytes(Uint8Array.of(0), encodeCbor({ kind: "summary" })),
    joinBytes(Uint8Array.of(0), encodeCbor([])),
    wire("3", digest),
    wire(3.5, digest),
    wire(2 ** 60, digest),
  ];
  for (const one of others) assert.equal(parseFrame(one), null, toHex(one));
});

Deno.test("parseFrame() is null when a field has another type or length", () => {
  const [device, nonce, hash] = [fromHex(idOf(1)), new Uint8Array(16), new Uint8Array(8)];
  const answers = new Uint8Array(ANSWERS_BYTES);
  const wrong: [number, ...unknown[]][] = [
    [1],
    [1, idOf(1), nonce, null],
    [1, device.slice(1), nonce, null],
    [1, device, nonce.slice(1), null],
    [1, device, nonce, 7],
    [2, answers, new Uint8Array(63), null],
    [2, answers, new Uint8Array(64), "x"],
    [2, answers.slice(1), new Uint8Array(64), null],
    [2, new Uint8Array(64), null],
    [3, hash.slice(1)],
    [4, [[device, -1, hash]]],
    [4, [[device, 1.5, hash]]],
    [4, [[device, 1, nonce]]],
    [4, [[device, 1]]],
    [4, [device]],
    [4, { length: 1 }],
    [5, [[device, -1]], 5],
    [5, [[device, 1]], -5],
    [5, [[device, 1]]],
    [6, ["entry"]],
    [6, [[hash]]],
    [6, "entries"],
    [7, [[device, null, hash]]],
    [8, [[device, -1]]],
    [8, [[hash, 0]]],
    [9, device, "image/jpeg", 0, 5],
    [9, device, "x".repeat(65), 0, 5, hash],
    [9, device, "image/jpeg", -1, 5, hash],
    [9, device, "image/jpeg", 0, 2 ** 60, hash],
    [9, hash, "image/jpeg", 0, 5, hash],
    [10],
    [10, hash],
    [11],
    [11, [hash]],
    [11, device],
    [12],
    [12, [hash]],
    [12, device],
    [13],
    [13, -1],
    [13, "1"],
    [14, 1, 2],
    [14, 1, -2, 3],
    [14, 1, 2, 0.5],
    [3, hash, 1, 2],
    [3, hash, 1],
    [5, [[device, 1]], 5, 0],
    [6, [], -1],
    [6, [], 1, 1],
    [15, 1],
    [15, 1, -1],
    [16, 1],
    [17, "a/+", device, 1, 1, hash, false, false, new Uint8Array(64)],
    [17, "a", device, 1, 1, new Uint8Array(5000), false, false, new Uint8Array(64)],
    [17, "a", device, 1, 1, hash, 0, false, new Uint8Array(64)],
    [17, "a", device, 1, 1, hash, false, false, new Uint8Array(63)],
  ];
  for (const fields of wrong) assert.equal(parseFrame(wire(...fields)), null, String(fields));
});

Deno.test("parseFrame() is null beyond its bounds: bytes of a frame, feeds, parts of blobs", () => {
  const [device, hash] = [fromHex(idOf(1)), new Uint8Array(HEAD_HASH_BYTES)];
  const times = <T>(length: number, one: T) => Array.from({ length }, () => one);
  assert.notEqual(parseFrame(wire(4, times(MOST_FEEDS, [device, 1, hash]))), null);
  assert.equal(parseFrame(wire(4, times(MOST_FEEDS + 1, [device, 1, hash]))), null);
  assert.equal(parseFrame(wire(5, times(MOST_FEEDS + 1, [device, 1]), 9)), null);
  assert.equal(parseFrame(wire(7, times(MOST_FEEDS + 1, [device, 1, hash]))), null);
  assert.notEqual(parseFrame(wire(8, times(MOST_BLOB_WANTS, [device, 1]))), null);
  assert.equal(parseFrame(wire(8, times(MOST_BLOB_WANTS + 1, [device, 1]))), null);
  for (const number of [11, 12]) {
    assert.notEqual(parseFrame(wire(number, times(MOST_BLOB_NAMES, device))), null);
    assert.equal(parseFrame(wire(number, times(MOST_BLOB_NAMES + 1, device))), null);
  }
  const proof = new Uint8Array(POSSESSION_BYTES);
  const proved = (blobs: number, proofs: number) =>
    parseFrame(wire(11, times(blobs, device), 2, times(proofs, proof)));
  assert.notEqual(proved(MOST_PROOFS, MOST_PROOFS), null);
  assert.equal(proved(MOST_PROOFS + 1, MOST_PROOFS + 1), null);
  assert.equal(proved(2, 1), null, "one for each");
  assert.equal(parseFrame(wire(12, [device], new Uint8Array(NONCE_BYTES - 1))), null);
  const room = MOST_FRAME_BYTES - wire(6, [new Uint8Array(60_000)]).length + 60_000;
  assert.notEqual(parseFrame(wire(6, [new Uint8Array(room)])), null);
  assert.equal(parseFrame(wire(6, [new Uint8Array(room + 1)])), null);
});

Deno.test("parseFrame() takes a hello without a version for one of the first, and an answer without marks for whole", () => {
  const hello = parseFrame(wire(1, fromHex(idOf(1)), new Uint8Array(16), null));
  assert.ok(hello !== null && hello !== "unknown" && hello.kind === "hello");
  assert.equal(hello.version, 1);
  const entries = { kind: "entries", entries: [], answers: 0, more: false };
  assert.deepEqual(parseFrame(wire(6, [])), entries);
});

Deno.test("parseFrame() cuts a long reason", () => {
  assert.deepEqual(parseFrame(wire(10, "x".repeat(5000))), {
    kind: "bye",
    reason: "x".repeat(200),
  });
});

Deno.test("encodeFrame() gives bytes over a buffer of their own: they are transferred to the page", () => {
  fc.assert(fc.property(anyFrame, (frame) => {
    const bytes = encodeFrame(frame);
    assert.equal(bytes.byteOffset, 0);
    assert.equal(bytes.buffer.byteLength, bytes.length);
  }));
});
