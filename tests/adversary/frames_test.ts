/** Bytes that are no frame, or one that no device sends: from a stranger, and from a member in its session. */
import assert from "node:assert/strict";
import { deflateSync } from "fflate";
import { type Bytes, joinBytes } from "../../field/bytes.ts";
import { encodeCbor } from "../../field/cbor.ts";
import { encodeFrame, MOST_FRAME_BYTES } from "../../field/sync/frames.ts";
import type { IncidentKind } from "../../field/sync/incidents.ts";
import { bytesOf } from "../fixtures/devices.ts";
import { NOBODY } from "./hostile_net.ts";
import { Scene, SECOND } from "./scene.ts";

const [LIST, MAP, BYTES, TEXT] = [0x80, 0xa0, 0x40, 0x60];
const digest = new Uint8Array(8);

/** A frame's envelope around CBOR as it is. */
function plain(...cbor: readonly (number | Uint8Array)[]): Bytes {
  return joinBytes(
    Uint8Array.of(0),
    ...cbor.map((one) => typeof one === "number" ? Uint8Array.of(one) : one),
  );
}

function deflated(cbor: Uint8Array): Bytes {
  return joinBytes(Uint8Array.of(1), deflateSync(cbor, { level: 9 }));
}

/** The head of a CBOR item with an eight-byte length. */
function declaring(major: number, length: bigint): Bytes {
  const head = new Uint8Array(9);
  head[0] = major | 27;
  new DataView(head.buffer).setBigUint64(1, length);
  return head;
}

const MALFORMED: Readonly<Record<string, Bytes>> = {
  "nothing": new Uint8Array(0),
  "one byte": Uint8Array.of(0),
  "an envelope that does not exist": joinBytes(Uint8Array.of(7), encodeCbor([1])),
  "no CBOR": plain(bytesOf("GET / HTTP/1.1\r\n\r\n")),
  "CBOR, but no list": plain(encodeCbor({ kind: "hello" })),
  "an empty list": plain(encodeCbor([])),
  "a number that is a text": plain(encodeCbor(["3", digest])),
  "a number that is a fraction": plain(encodeCbor([3.5, digest])),
  "a frame that is cut off": encodeFrame({ kind: "summary", digest }).slice(0, 6),
  "something after the frame": joinBytes(
    encodeFrame({ kind: "summary", digest }),
    Uint8Array.of(0),
  ),
  "lists in lists, 10,000 deep": plain(new Uint8Array(10_000).fill(LIST | 1), 0),
  "lists in maps, 10,000 deep": plain(LIST | 2, 4, new Uint8Array(10_000).fill(MAP | 1), 0),
  "64 KB of empty lists": plain(LIST | 2, 4, LIST | 25, 0xf0, 0, new Uint8Array(0xf000).fill(LIST)),
  "a map of 2^63 pairs": plain(LIST | 2, 4, declaring(MAP, 2n ** 63n)),
  "a list of 2^32 items": plain(LIST | 2, 4, declaring(LIST, 2n ** 32n)),
  "2^40 bytes declared": plain(LIST | 2, 3, declaring(BYTES, 2n ** 40n), digest),
  "a text of 2^53 declared": plain(LIST | 2, 10, declaring(TEXT, 2n ** 53n), digest),
  "a list of indefinite length": plain(0x9f, 3, BYTES | 8, digest, 0xff),
  "bytes of indefinite length": plain(LIST | 2, 3, 0x5f, BYTES | 8, digest, 0xff),
  "NaN for a count": plain(LIST | 2, 13, Uint8Array.of(0xf9, 0x7e, 0)),
  "Infinity for a count": plain(LIST | 2, 13, Uint8Array.of(0xf9, 0x7c, 0)),
  "a negative count": plain(encodeCbor([13, -1])),
  "2^53 for a count": plain(LIST | 2, 13, declaring(0, 2n ** 53n)),
  "2^64 - 1 for a count": plain(LIST | 2, 13, declaring(0, 2n ** 64n - 1n)),
  "a count longer than it must be": plain(LIST | 2, 13, declaring(0, 5n)),
  "undefined": plain(LIST | 2, 13, 0xf7),
  "a date tag": plain(LIST | 2, 13, 0xc1, 0),
  "a map with one key twice": plain(LIST | 2, 13, MAP | 2, 1, 1, 1, 1),
  "a text that is no UTF-8": plain(LIST | 2, 10, TEXT | 3, Uint8Array.of(0xff, 0xfe, 0xfd)),
  "a hello without a nonce": plain(encodeCbor([1, new Uint8Array(32)])),
  "a device of 31 bytes": plain(encodeCbor([1, new Uint8Array(31), new Uint8Array(16), null])),
  "513 heads": plain(
    encodeCbor([4, Array.from({ length: 513 }, (_, n) => [new Uint8Array(32).fill(n), 1, digest])]),
  ),
  "a head with a negative number": plain(encodeCbor([4, [[new Uint8Array(32), -1, digest]]])),
  "17 parts of blobs": plain(
    encodeCbor([8, Array.from({ length: 17 }, () => [new Uint8Array(32), 0])]),
  ),
  "257 names of blobs": plain(
    encodeCbor([12, Array.from({ length: 257 }, () => new Uint8Array(32))]),
  ),
  "entries that are numbers": plain(encodeCbor([6, [1, 2, 3]])),
  "a reason that is a list": plain(encodeCbor([10, ["bye"]])),
  "rubbish after the mark of deflate": Uint8Array.of(1, 255, 254, 253, 252, 251),
  "deflate that is cut off": deflated(new Uint8Array(30_000)).slice(0, 20),
};

const OVERSIZED: Readonly<Record<string, Bytes>> = {
  "a byte more than a frame has": plain(
    encodeCbor([99, new Uint8Array(MOST_FRAME_BYTES)]),
  ),
  "16 MB": new Uint8Array(16 << 20),
  "64 MB of zeros, deflated": deflated(
    encodeCbor([99, ...Array.from({ length: 64 }, () => new Uint8Array(1 << 20))]),
  ),
  "a deflated frame a little too large": deflated(encodeCbor([99, new Uint8Array(70_000)])),
};

const KINDS: readonly IncidentKind[] = ["malformed", "oversized"];

for (const [what, bytes] of [...Object.entries(MALFORMED), ...Object.entries(OVERSIZED)]) {
  Deno.test(`${what}: the line is dropped, and it is told by whom`, async () => {
    const scene = await Scene.open("sensor");
    const stranger = await scene.net.line(scene.ann);
    await stranger.say(bytes);
    // what is large is not even looked at before the proof
    if (bytes.length > 1024) await scene.net.pass(20 * SECOND);
    assert.notEqual(stranger.dropped, null, "a stranger's line");
    scene.assertNamed(scene.ann, [...KINDS, "too-fast", "silent"], null);
    const member = await scene.net.line(scene.ann);
    await member.enter(scene.mal.signer);
    assert.ok(member.isIn);
    await member.say(bytes);
    assert.notEqual(member.dropped, null, "a member's line");
    scene.assertNamed(scene.ann, KINDS, scene.mal.id);
    await scene.assertUnharmed();
  });
}

Deno.test("frames of unknown numbers are passed over; a flood of them is not", async () => {
  const scene = await Scene.open("sensor");
  const line = await scene.net.line(scene.ann);
  await line.enter(scene.mal.signer);
  const unknown = [18, 19, 23, 24, 255, 2 ** 32, 2 ** 53 - 1, -1].map((n) =>
    plain(encodeCbor([n]))
  );
  await line.say(...unknown);
  assert.equal(line.dropped, null, "a newer version may say more");
  const large = plain(encodeCbor([1000, new Uint8Array(60_000)]));
  for (let times = 0; times < 1000; times++) await line.say(large);
  assert.notEqual(line.dropped, null, "60 MB within a moment");
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["too-fast", "oversized"]);
});

Deno.test("frames that declare much and hold little cost no time and no memory", async () => {
  const scene = await Scene.open("none");
  const costly = [...Object.values(MALFORMED), ...Object.values(OVERSIZED)];
  const times: number[] = [];
  for (const bytes of costly) {
    const line = await scene.net.line(scene.ann);
    const before = performance.now();
    await line.say(bytes);
    times.push(performance.now() - before);
  }
  const median = times.sort((a, b) => a - b)[times.length >> 1];
  assert.ok(median < 200, `${median} ms`);
  await scene.assertUnharmed();
});

Deno.test("a session's frames in the wrong place mean nothing: hellos and proofs in mid-session", async () => {
  const scene = await Scene.open("sensor");
  const line = await scene.net.line(scene.ann);
  await line.enter(scene.mal.signer);
  assert.ok(line.isIn);
  const proof = await line.proofBy(scene.mal.signer);
  await line.say(proof, proof, { ...proof, sig: new Uint8Array(64) });
  await line.greet(NOBODY);
  assert.ok(!line.isIn, "a new hello voids what was proved under the former one");
  await line.say(proof);
  assert.ok(!line.isIn, "and the former proof is no proof of it");
  await scene.net.pass(20 * SECOND);
  assert.notEqual(line.dropped, null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["silent", "impostor", "replayed", "malformed"], null);
});
