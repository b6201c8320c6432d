import assert from "node:assert/strict";
import fc from "fast-check";
import { deflateSync } from "fflate";
import { type Bytes, joinBytes, plainBytes } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import { encodeFrame, MOST_FRAME_BYTES, parseFrame, readFrame } from "./frames.ts";
import { packWire, unpackWire } from "./wire.ts";

function deflated(cbor: Uint8Array): Bytes {
  return joinBytes(Uint8Array.of(1), deflateSync(cbor, { level: 9 }));
}

function plain(...bytes: readonly number[]): Bytes {
  return Uint8Array.of(0, ...bytes);
}

/** Bytes that deflate cannot make smaller; the same in every run. */
function noise(length: number): Bytes {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

Deno.test("packWire() deflates above 1 KB what becomes smaller, and nothing else", () => {
  const sizes = (cbor: Bytes, may = true) => [cbor.length + 1, packWire(cbor, may)] as const;
  const zeros = encodeCbor([6, [new Uint8Array(5000)]]);
  const [plainSize, packed] = sizes(zeros);
  assert.equal(packed[0], 1);
  assert.ok(packed.length < plainSize / 20);
  for (
    const [cbor, may] of [
      [zeros, false],
      [encodeCbor([6, [new Uint8Array(1000)]]), true],
      [encodeCbor([6, [noise(5000)]]), true],
    ] as const
  ) {
    const [size, bytes] = sizes(cbor, may);
    assert.deepEqual([bytes[0], bytes.length], [0, size]);
  }
});

Deno.test("unpackWire() gives back what packWire() made, of any size", () => {
  const size = fc.constantFrom(0, 1, 1000, 1021, 1022, 1023, 1024, 1025, 8191, 20_000, 65_000);
  fc.assert(fc.property(size, fc.boolean(), (length, isNoise) => {
    const cbor = encodeCbor([6, [isNoise ? noise(length) : new Uint8Array(length).fill(7)]]);
    assert.deepEqual(unpackWire(packWire(cbor, true)), cbor);
  }));
});

Deno.test("pictures are never deflated", () => {
  const hash = "ab".repeat(32), bytes = new Uint8Array(16_000);
  const chunk = { kind: "blob-chunk", hash, type: "x", offset: 0, total: 16_000, bytes } as const;
  assert.equal(encodeFrame(chunk)[0], 0);
  assert.equal(encodeFrame({ kind: "entries", entries: [bytes] })[0], 1);
});

Deno.test("unpackWire() refuses what unpacks to more than a frame", () => {
  const bomb = deflated(new Uint8Array(50_000_000));
  assert.ok(bomb.length < MOST_FRAME_BYTES, `${bomb.length} bytes`);
  assert.equal(unpackWire(bomb), "oversized");
  assert.equal(readFrame(bomb), "oversized");
  assert.equal(unpackWire(deflated(encodeCbor([new Uint8Array(MOST_FRAME_BYTES)]))), "oversized");
  assert.notEqual(typeof unpackWire(deflated(encodeCbor([new Uint8Array(60_000)]))), "string");
});

Deno.test("unpackWire() refuses deep nesting and long lists before they are built", () => {
  const deep = new Uint8Array(60_000).fill(0x81);
  assert.equal(unpackWire(joinBytes(Uint8Array.of(0), deep)), "oversized");
  assert.equal(unpackWire(deflated(deep)), "oversized");
  assert.equal(unpackWire(plain(0x9a, 0xff, 0xff, 0xff, 0xff)), "oversized");
  assert.equal(unpackWire(plain(0xbb, 1, 1, 1, 1, 1, 1, 1, 1)), "oversized");
  assert.equal(
    unpackWire(joinBytes(plain(), encodeCbor([4, new Array(1025).fill(0)]))),
    "oversized",
  );
});

Deno.test("unpackWire() refuses what is cut, goes on, or is neither plain nor deflated", () => {
  const good = packWire(encodeCbor([6, [new Uint8Array(5000)]]), true);
  for (let end = 0; end < good.length; end++) {
    assert.equal(unpackWire(good.subarray(0, end)), "malformed", `${end} bytes`);
  }
  assert.equal(unpackWire(joinBytes(Uint8Array.of(2), good.subarray(1))), "malformed");
  assert.equal(unpackWire(plain(0x80, 0)), "malformed");
  assert.equal(unpackWire(plain(0x58, 5, 1)), "malformed");
  assert.equal(unpackWire(plain(0xc0, 0)), "malformed", "a tag");
  assert.equal(unpackWire(plain(0x9f, 0xff)), "malformed", "no length");
  assert.equal(unpackWire(new Uint8Array(MOST_FRAME_BYTES + 1)), "oversized");
});

Deno.test("no deflated bytes make it throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
    const frame = parseFrame(joinBytes(Uint8Array.of(1), plainBytes(bytes)));
    assert.ok(frame === null || frame === "unknown" || typeof frame === "object");
  }));
});
