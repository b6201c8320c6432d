/** Parts of pictures that are not asked for, do not fit, never end, or are of something else. */
import assert from "node:assert/strict";
import { sha256, toHex } from "../../field/bytes.ts";
import type { Hex } from "../../field/observation.ts";
import type { StoredBlob } from "../../field/store/store.ts";
import type { BlobChunkFrame } from "../../field/sync/frames.ts";
import { bytesOf } from "../fixtures/devices.ts";
import { seenBy } from "../fixtures/replicas.ts";
import { thumbOf } from "../fixtures/sync_net.ts";
import type { HostileLine } from "./hostile_net.ts";
import { MINUTE, MOST_HELD_BYTES, Scene, SECOND } from "./scene.ts";

const TWO_MB = 2 << 20;
const PART = 16_000;
const DRIP = "one byte in a while";
/** What a liar gives in a while, not at once. */
const SLOW_LIES = new Set([DRIP, "2 MB of something else, a part in a while"]);
/** Two parts and a half: what a liar says later than with the first part. */
const SEVERAL_PARTS = 40_000;

interface Wanting {
  readonly scene: Scene;
  readonly line: HostileLine;
  readonly blob: StoredBlob;
}

/**
 * Bob took a picture and is not here yet; Ann knows of it, and Mal is the only one to ask. `size`: of the
 * picture, bytes.
 */
async function wanting(size = SEVERAL_PARTS): Promise<Wanting> {
  const scene = await Scene.open("sensor");
  const { ann, bob, net } = scene;
  const blob = await thumbOf(7, size);
  net.cutAll();
  await bob.replica.record([seenBy(bob, 777, { thumb: blob.hash })], [blob]);
  const stored = (await bob.store.observations({ limit: 500 })).find(({ thumb }) =>
    thumb === blob.hash
  )!;
  scene.observations.set(stored.id, stored);
  scene.blobs.set(blob.hash, blob);
  const wire = await bob.store.entriesAfter(bob.id, 0, 1e9);
  await ann.replica.receive(wire.map(({ bytes }) => bytes));
  const line = await scene.malAt(ann);
  await line.say({ kind: "blob-have", hashes: [blob.hash], keeping: "all" });
  await net.pass(SECOND);
  return { scene, line, blob };
}

function chunk(hash: Hex, offset: number, total: number, bytes: Uint8Array): BlobChunkFrame {
  return {
    kind: "blob-chunk",
    hash,
    type: "image/jpeg",
    offset,
    total,
    bytes: Uint8Array.from(bytes),
  };
}

/** What Mal says when he is asked for a picture from `offset` on: one part after the other. */
type Answer = (hash: Hex, offset: number, blob: StoredBlob) => Iterable<BlobChunkFrame>;

/** Who answers as `answer` has it, a part each `everyMs`, or all that he has at once. */
class Liar {
  readonly #at: Wanting;
  readonly #answer: Answer;
  readonly #isDripping: boolean;
  readonly #open: Iterator<BlobChunkFrame>[] = [];
  #answered = 0;

  constructor(at: Wanting, answer: Answer, { isDripping = false } = {}) {
    [this.#at, this.#answer, this.#isDripping] = [at, answer, isDripping];
  }

  async goOn(forMs: number): Promise<void> {
    const { scene, line } = this.#at;
    const everyMs = this.#isDripping ? 15 * SECOND : SECOND;
    for (let gone = 0; gone < forMs && line.dropped === null; gone += everyMs) {
      await this.#speak();
      await scene.net.pass(everyMs);
    }
  }

  async #speak(): Promise<void> {
    const { line, blob } = this.#at;
    const parts = line.all("blob-want").flatMap((want) => want.parts);
    for (const { hash, offset } of parts.slice(this.#answered)) {
      this.#open.push(this.#answer(hash, offset, blob)[Symbol.iterator]());
    }
    this.#answered = parts.length;
    for (const answer of this.#open) {
      for (let said = 0; said < (this.#isDripping ? 1 : MOST_PARTS); said++) {
        const { value, done } = answer.next();
        if (done || line.dropped !== null) break;
        await line.say(value);
      }
    }
  }
}

/** In one breath. */
const MOST_PARTS = 500;

function* parts(hash: Hex, from: number, bytes: Uint8Array, size = PART, total = bytes.length) {
  for (let at = from; at < bytes.length; at += size) {
    yield chunk(hash, at, total, bytes.slice(at, at + size));
  }
}

const somethingElse = new Uint8Array(TWO_MB).fill(9);

const LIES: Readonly<Record<string, Answer>> = {
  "the wrong bytes": (hash, offset, { bytes }) => parts(hash, offset, bytes.map((one) => one ^ 1)),
  "2 GB declared": (hash, offset) => parts(hash, offset, somethingElse, PART, 2 ** 31),
  "2^53 - 1 bytes declared": (hash, offset) =>
    parts(hash, offset, somethingElse, PART, 2 ** 53 - 1),
  "a wrong offset": (hash, _, { bytes }) => [chunk(hash, 1, bytes.length, bytes.slice(1))],
  "an offset beyond the end": (hash, _, { bytes }) => [chunk(hash, 1e6, bytes.length, bytes)],
  "more bytes than declared": (hash, offset) => [chunk(hash, offset, 10, new Uint8Array(PART))],
  "no bytes at all": (hash, offset) => [chunk(hash, offset, SEVERAL_PARTS, new Uint8Array(0))],
  "the total changed in the middle": (hash, offset, { bytes }) => [
    chunk(hash, offset, bytes.length, bytes.slice(offset, offset + PART)),
    chunk(hash, offset + PART, bytes.length + 5000, new Uint8Array(PART)),
    chunk(hash, offset + 2 * PART, offset + 2 * PART + 1, new Uint8Array(1)),
  ],
  "each part twice": (hash, offset, { bytes }) =>
    [...parts(hash, offset, bytes)].flatMap((one) => [one, one]),
  "the last part first": (hash, offset, { bytes }) => [...parts(hash, offset, bytes)].toReversed(),
  "half of it, and no more": (hash, offset, { bytes }) =>
    [...parts(hash, offset, bytes)].slice(0, 1),
  "2 MB that turn out to be something else": (hash, offset) => parts(hash, offset, somethingElse),
  "one byte at a time": (hash, offset) => parts(hash, offset, somethingElse, 1),
  [DRIP]: (hash, offset) => parts(hash, offset, somethingElse, 1),
  "2 MB of something else, a part in a while": (hash, offset) => parts(hash, offset, somethingElse),
  "nothing": () => [],
  "that it has it not, though it said so": (hash) => [chunk(hash, 0, 0, new Uint8Array(0))],
};

for (const [what, answer] of Object.entries(LIES)) {
  Deno.test(`asked for a picture, a member answers with ${what}: nothing false is kept, and Bob's comes`, async () => {
    const at = await wanting();
    const { scene, line, blob } = at;
    assert.ok(line.all("blob-want").length > 0, "Mal is asked");
    const isDripping = SLOW_LIES.has(what);
    const mal = new Liar(at, answer, { isDripping });
    await mal.goOn(isDripping ? MINUTE : 3 * SECOND);
    const here = await scene.ann.store.blob(blob.hash);
    assert.ok(here === null || toHex(await sha256(here.bytes)) === blob.hash, "a false picture");
    await scene.net.connect(scene.ann, scene.bob);
    await scene.net.deliver();
    // what was begun with Mal may take its time to be given up, and he goes on as before
    await mal.goOn(2 * MINUTE);
    await scene.net.pass(5 * SECOND);
    assert.ok(await scene.ann.store.blob(blob.hash), "two minutes, and Bob is not asked");
    await scene.assertUnharmed();
    scene.assertNoHonestAccused();
  });
}

for (
  const what of [
    ...["the wrong bytes", "2 MB that turn out to be something else", "2 GB declared"],
    ...["the total changed in the middle", DRIP],
  ]
) {
  Deno.test(`a member who answers with ${what} is named`, async () => {
    const at = await wanting();
    await new Liar(at, LIES[what], { isDripping: what === DRIP }).goOn(3 * MINUTE);
    at.scene.assertNamed(at.scene.ann, ["forged", "oversized", "malformed", "silent"]);
    await at.scene.assertUnharmed();
  });
}

Deno.test("parts of pictures that nobody asked for are not kept, however many come", async () => {
  const scene = await Scene.open("sensor");
  const line = await scene.malAt(scene.ann);
  for (let n = 0; n < 1000 && line.dropped === null; n++) {
    const hash = toHex(await sha256(bytesOf(`unasked ${n}`)));
    await line.say(chunk(hash, 0, TWO_MB, new Uint8Array(PART)));
  }
  assert.ok(line.mostHeldBytes <= MOST_HELD_BYTES);
  const whole = await thumbOf(99);
  const again = line.dropped === null ? line : await scene.malAt(scene.ann);
  await again.say(chunk(whole.hash, 0, whole.bytes.length, whole.bytes));
  assert.equal(await scene.ann.store.blob(whole.hash), null, "genuine, and unasked");
  const burst = Array.from(
    { length: 200 },
    (_, n) => chunk(whole.hash, n, TWO_MB, scene.net.random(PART)),
  );
  await again.burst(burst);
  assert.notEqual(again.dropped, null, "3 MB at once is more than it has credit for");
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["too-fast", "malformed", "oversized"]);
});

Deno.test("thousands of pictures that do not exist do not keep the crew's own from coming", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal, net } = scene;
  const line = await scene.malAt(ann);
  for (let frame = 0; frame < 12; frame++) {
    const seen = await Promise.all(Array.from({ length: 256 }, async (_, n) => {
      const hash = toHex(await sha256(bytesOf(`nothing ${frame} ${n}`)));
      return seenBy(mal, 100_000 + 256 * frame + n, { thumb: `00${hash.slice(2)}` });
    }));
    const entry = await mal.entry({ change: mal.observing(...seen) });
    scene.allow(entry);
    await line.offer(entry);
  }
  const wantedOfMal = await ann.store.wanted(1e4);
  assert.equal(wantedOfMal.length, 12 * 256, "the records are genuine");
  for (let at = 0; at < wantedOfMal.length; at += 256) {
    const hashes = wantedOfMal.slice(at, at + 256);
    await line.say({ kind: "blob-have", hashes, keeping: "all" });
  }
  const wanted = await scene.record(bob);
  assert.ok(wanted.thumb);
  let rounds = 0;
  // a slow link: some fifty pictures are asked for in a second
  for (; rounds < 60 && !await ann.store.blob(wanted.thumb); rounds++) {
    await net.deliver(60);
    await net.pass(SECOND, { delivering: false });
  }
  assert.ok(await ann.store.blob(wanted.thumb), `not here after ${rounds} s`);
  scene.assertNoHonestAccused();
});
