import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../../tests/fixtures/devices.ts";
import { FailingStore } from "../../tests/fixtures/replicas.ts";
import { type Bytes, equalBytes, sha256, toHex } from "../bytes.ts";
import { FieldError } from "../errors.ts";
import { MemoryStore } from "../store/memory_store.ts";
import type { StoredBlob } from "../store/store.ts";
import { BlobExchange } from "./blob_exchange.ts";
import { type BlobChunkFrame, encodeFrame, parseFrame, type SyncFrame } from "./frames.ts";

const ANSWER_MS = 20_000;
const CHUNK = 32 * 1024;

async function blobOf(size: number, seed = 1): Promise<StoredBlob> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) + seed) & 255;
  return { hash: toHex(await sha256(bytes)), type: "image/jpeg", bytes };
}

interface Side {
  readonly store: MemoryStore;
  readonly blobs: BlobExchange;
  /** What it has sent and nobody has received yet. */
  readonly sent: { link: string; frame: SyncFrame }[];
}

function openSide(store = new MemoryStore()): Side {
  const sent: Side["sent"] = [];
  return {
    store,
    sent,
    blobs: new BlobExchange(store, (link, frame) => sent.push({ link, frame })),
  };
}

async function holder(...blobs: readonly StoredBlob[]): Promise<Side> {
  const side = openSide();
  await side.store.commit({ blobs });
  return side;
}

async function wanter(...hashes: readonly string[]): Promise<Side> {
  const side = openSide();
  await side.store.commit({ wanted: hashes });
  return side;
}

/** What it sent last, taken out; every frame must be one that the other side can parse. */
function takeSent(side: Side): SyncFrame[] {
  return side.sent.splice(0).map(({ frame }) => {
    assert.deepEqual(parseFrame(encodeFrame(frame)), frame);
    return frame;
  });
}

/** Passes frames on between the two until nothing is left; at most `frames` of them. */
async function exchange(
  taker: Side,
  giver: Side,
  link: string,
  frames = Infinity,
): Promise<number> {
  let passed = 0;
  while (passed < frames && taker.sent.length + giver.sent.length > 0) {
    for (const frame of takeSent(taker)) {
      passed++;
      if (frame.kind === "blob-want") await giver.blobs.give(link, frame.parts);
    }
    for (const frame of takeSent(giver)) {
      passed++;
      if (frame.kind === "blob-chunk") await taker.blobs.take(link, frame);
    }
  }
  return passed;
}

async function assertHas({ store }: Side, { hash, type, bytes }: StoredBlob): Promise<void> {
  const kept = await store.blob(hash);
  assert.ok(kept, "the blob has not arrived");
  assert.equal(kept.type, type);
  assert.ok(equalBytes(kept.bytes, bytes));
}

function chunkOf(blob: StoredBlob, other: Partial<BlobChunkFrame> = {}): BlobChunkFrame {
  const { hash, type, bytes } = blob;
  return { kind: "blob-chunk", hash, type, offset: 0, total: bytes.length, bytes, ...other };
}

Deno.test("a blob of any size crosses whole, in parts of at most one frame", async () => {
  const sizes = [1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 7, 2 << 20];
  for (const size of sizes) {
    const blob = await blobOf(size);
    const [taker, giver] = [await wanter(blob.hash), await holder(blob)];
    await taker.blobs.ask("a", 0);
    const frames = await exchange(taker, giver, "a");
    assert.equal(frames, 2 * Math.ceil(size / CHUNK), `${size} bytes`);
    await assertHas(taker, blob);
    assert.equal(await taker.store.countWanted(), 0);
  }
});

Deno.test("take() is true once, when the blob is whole", async () => {
  const blob = await blobOf(CHUNK + 10);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  const [first, second] = [blob.bytes.slice(0, CHUNK), blob.bytes.slice(CHUNK)];
  assert.equal(await taker.blobs.take("a", chunkOf(blob, { bytes: first })), false);
  const rest = chunkOf(blob, { bytes: second, offset: CHUNK });
  assert.equal(await taker.blobs.take("a", rest), true);
  assert.equal(await taker.blobs.take("a", rest), false);
});

Deno.test("ask() asks for a few at a time, and goes on until all are here", async () => {
  const blobs = await Promise.all(Array.from({ length: 30 }, (_, i) => blobOf(50, i)));
  const [taker, giver] = [await wanter(...blobs.map(({ hash }) => hash)), await holder(...blobs)];
  for (let turn = 0; turn < 10 && await taker.store.countWanted() > 0; turn++) {
    await taker.blobs.ask("a", 0);
    const asked = taker.sent.flatMap(({ frame }) => frame.kind === "blob-want" ? frame.parts : []);
    assert.ok(asked.length <= 8);
    await exchange(taker, giver, "a");
  }
  assert.equal(await taker.store.countWanted(), 0);
});

Deno.test("ask() asks nobody twice at once, and nothing when nothing is wanted", async () => {
  const blobs = await Promise.all([1, 2, 3].map((seed) => blobOf(50, seed)));
  const taker = await wanter(...blobs.map(({ hash }) => hash));
  await Promise.all([taker.blobs.ask("a", 0), taker.blobs.ask("b", 0), taker.blobs.ask("a", 0)]);
  const asked = takeSent(taker).flatMap((frame) => frame.kind === "blob-want" ? frame.parts : []);
  assert.equal(asked.length, 3);
  await openSide().blobs.ask("a", 0);
});

Deno.test("give() answers each part with one chunk, also for what it does not have", async () => {
  const blob = await blobOf(100);
  const giver = await holder(blob);
  const absent = idOf(9);
  await giver.blobs.give("a", [
    { hash: blob.hash, offset: 90 },
    { hash: absent, offset: 0 },
    { hash: blob.hash, offset: 5000 },
  ]);
  const [part, none, beyond] = takeSent(giver) as BlobChunkFrame[];
  assert.deepEqual([...part.bytes], [...blob.bytes.slice(90)]);
  assert.equal(part.offset, 90);
  assert.deepEqual([none.total, none.bytes.length], [0, 0]);
  assert.equal(beyond.bytes.length, 0);
});

Deno.test("a peer without the blob is not asked again at once, another one is", async () => {
  const blob = await blobOf(100);
  const [taker, empty, giver] = [await wanter(blob.hash), openSide(), await holder(blob)];
  await taker.blobs.ask("a", 0);
  await exchange(taker, empty, "a");
  await taker.blobs.ask("a", 0);
  assert.deepEqual(takeSent(taker), []);
  await taker.blobs.ask("b", 0);
  await exchange(taker, giver, "b");
  await assertHas(taker, blob);
});

Deno.test("a peer that has got the blob in the meantime is asked again after a while, on the same link", async () => {
  const blob = await blobOf(100);
  const [taker, relay] = [await wanter(blob.hash), openSide()];
  await taker.blobs.ask("a", 0);
  await exchange(taker, relay, "a");
  await relay.store.commit({ blobs: [blob] });
  for (let now = 1000; now <= 10 * 60_000; now += 1000) {
    taker.blobs.expire(now, ANSWER_MS);
    await taker.blobs.ask("a", now);
    await exchange(taker, relay, "a");
  }
  await assertHas(taker, blob);
});

Deno.test("a link that is lost midway: another one is asked, from the beginning", async () => {
  const blob = await blobOf(4 * CHUNK);
  const [taker, giver] = [await wanter(blob.hash), await holder(blob)];
  await taker.blobs.ask("a", 0);
  await exchange(taker, giver, "a", 4);
  taker.sent.splice(0);
  taker.blobs.forget("a");
  assert.equal(await taker.store.blob(blob.hash), null);
  await taker.blobs.ask("b", 0);
  await exchange(taker, giver, "b");
  await assertHas(taker, blob);
});

Deno.test("a chunk from a link that was not asked, or is late, is not taken", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  assert.equal(await taker.blobs.take("a", chunkOf(blob)), false);
  await taker.blobs.ask("a", 0);
  assert.equal(await taker.blobs.take("b", chunkOf(blob)), false);
  taker.blobs.forget("a");
  assert.equal(await taker.blobs.take("a", chunkOf(blob)), false);
  assert.equal(await taker.store.blob(blob.hash), null);
});

Deno.test("a blob that does not hash to its name is thrown away, and another link is asked", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  takeSent(taker);
  const wrong = blob.bytes.with(3, blob.bytes[3] ^ 1);
  assert.equal(await taker.blobs.take("a", chunkOf(blob, { bytes: wrong })), false);
  assert.equal(await taker.store.blob(blob.hash), null);
  assert.equal(await taker.store.countWanted(), 1);
  await taker.blobs.ask("a", 0);
  assert.deepEqual(takeSent(taker), [], "the liar is not asked again at once");
  await taker.blobs.ask("b", 0);
  assert.equal(await taker.blobs.take("b", chunkOf(blob)), true);
});

Deno.test("chunks that do not fit together are given up, and keep nothing", async () => {
  const blob = await blobOf(2 * CHUNK);
  const first = blob.bytes.slice(0, CHUNK);
  const bad: Partial<BlobChunkFrame>[] = [
    { offset: 5, bytes: first },
    { total: 0, bytes: new Uint8Array(0) },
    { total: 100, bytes: first },
    { total: (2 << 20) + 1, bytes: first },
    { total: Number.MAX_SAFE_INTEGER, bytes: first },
    { bytes: new Uint8Array(0) },
    { offset: CHUNK, bytes: blob.bytes.slice(CHUNK) },
  ];
  for (const [i, other] of bad.entries()) {
    const taker = await wanter(blob.hash);
    await taker.blobs.ask("a", 0);
    takeSent(taker);
    assert.equal(await taker.blobs.take("a", chunkOf(blob, other)), false, `bad chunk ${i}`);
    assert.deepEqual(takeSent(taker), [], `bad chunk ${i} is asked on`);
    assert.equal(await taker.blobs.take("a", chunkOf(blob)), false, "given up");
  }
});

Deno.test("a total that changes between the parts does not get a wrong blob in", async () => {
  const blob = await blobOf(2 * CHUNK);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  await taker.blobs.take("a", chunkOf(blob, { bytes: blob.bytes.slice(0, CHUNK) }));
  const shorter = chunkOf(blob, { offset: CHUNK, total: CHUNK + 1, bytes: Uint8Array.of(1) });
  assert.equal(await taker.blobs.take("a", shorter), false);
  assert.equal(await taker.store.blob(blob.hash), null);
});

Deno.test("expire() gives up on a peer that does not answer, and others are asked", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  takeSent(taker);
  taker.blobs.expire(ANSWER_MS, ANSWER_MS);
  await taker.blobs.ask("b", ANSWER_MS);
  assert.deepEqual(takeSent(taker), [], "it may still answer");
  taker.blobs.expire(ANSWER_MS + 1, ANSWER_MS);
  await taker.blobs.ask("b", ANSWER_MS + 1);
  assert.equal(takeSent(taker).length, 1);
});

Deno.test("expire() leaves a slow link alone while its parts keep coming", async () => {
  const blob = await blobOf(4 * CHUNK);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  let now = 0;
  for (let offset = 0; offset < blob.bytes.length; offset += CHUNK) {
    now += 15_000; // 2 KB/s: well within the time for an answer
    taker.blobs.expire(now, ANSWER_MS);
    await taker.blobs.ask("a", now);
    const bytes = blob.bytes.slice(offset, offset + CHUNK);
    await taker.blobs.take("a", chunkOf(blob, { offset, bytes }));
  }
  await assertHas(taker, blob);
});

Deno.test("a blob comes with the time at which it came", async () => {
  const blob = await blobOf(100);
  const [taker, giver] = [await wanter(blob.hash), await holder(blob)];
  await taker.blobs.ask("a", 7000);
  await exchange(taker, giver, "a");
  const media = await taker.store.media(blob.hash);
  assert.deepEqual([media?.state, media?.at, media?.size], ["here", 7000, 100]);
});

Deno.test("when the disk is full, take() says so, and no blob is asked for in the next minute", async () => {
  const blob = await blobOf(100);
  const store = new FailingStore();
  await store.commit({ wanted: [blob.hash] });
  const [taker, giver] = [openSide(store), await holder(blob)];
  await taker.blobs.ask("a", 0);
  takeSent(taker);
  store.failNext = new FieldError("storage-full", "full");
  await assert.rejects(taker.blobs.take("a", chunkOf(blob)), { code: "storage-full" });
  for (const now of [0, 59_999]) {
    taker.blobs.expire(now, ANSWER_MS);
    await taker.blobs.ask("a", now);
    assert.deepEqual(takeSent(taker), []);
  }
  await taker.blobs.ask("a", 60_000);
  await exchange(taker, giver, "a");
  await assertHas(taker, blob);
});

Deno.test("a disk that fails in another way is asked again as soon as the link allows", async () => {
  const blob = await blobOf(100);
  const store = new FailingStore();
  await store.commit({ wanted: [blob.hash] });
  const taker = openSide(store);
  await taker.blobs.ask("a", 0);
  takeSent(taker);
  store.failNext = new FieldError("storage-failed", "no answer");
  await assert.rejects(taker.blobs.take("a", chunkOf(blob)), { code: "storage-failed" });
  await taker.blobs.ask("a", 1);
  assert.equal(takeSent(taker).length, 1);
});

Deno.test("take() never keeps anything but the wanted blob, whatever chunks come", async () => {
  const blob = await blobOf(60);
  const chunk = fc.record({
    hash: fc.constantFrom(blob.hash, idOf(1)),
    offset: fc.constantFrom(0, 20, 40, 60),
    total: fc.constantFrom(0, 20, 60, 80),
    from: fc.constantFrom(0, 20, 40),
    length: fc.constantFrom(0, 20, 40, 60),
  });
  await fc.assert(fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), async (chunks) => {
    const taker = await wanter(blob.hash);
    for (const { from, length, ...fields } of chunks) {
      await taker.blobs.ask("a", 0);
      const bytes: Bytes = blob.bytes.slice(from, from + length);
      await taker.blobs.take("a", { kind: "blob-chunk", type: "image/jpeg", bytes, ...fields });
    }
    const kept = await taker.store.blob(blob.hash);
    if (kept) assert.deepEqual(kept.bytes, blob.bytes);
    assert.equal(await taker.store.countWanted(), kept ? 0 : 1);
    assert.equal(await taker.store.blob(idOf(1)), null);
  }));
});
