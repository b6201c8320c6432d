import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../../tests/fixtures/devices.ts";
import { FailingStore } from "../../tests/fixtures/replicas.ts";
import { type Bytes, equalBytes, sha256, toHex } from "../bytes.ts";
import { FieldError } from "../errors.ts";
import { MemoryStore } from "../store/memory_store.ts";
import type { StoredBlob } from "../store/store.ts";
import { BlobExchange, MOST_KEPT_BYTES } from "./blob_exchange.ts";
import { type BlobChunkFrame, encodeFrame, parseFrame } from "./frames.ts";
import { CHUNK_BYTES as CHUNK } from "./outbox.ts";

const ANSWER_MS = 20_000;

async function blobOf(size: number, seed = 1): Promise<StoredBlob> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) + seed) & 255;
  return { hash: toHex(await sha256(bytes)), type: "image/jpeg", bytes };
}

interface Part {
  readonly hash: string;
  readonly offset: number;
}

interface Side {
  readonly store: MemoryStore;
  readonly blobs: BlobExchange;
  /** What it has asked for, and nobody has given yet. */
  readonly asked: (Part & { readonly link: string })[];
}

function openSide(store = new MemoryStore()): Side {
  const asked: Side["asked"] = [];
  const blobs = new BlobExchange(store, (link, parts) => {
    asked.push(...parts.map((part) => ({ ...part, link })));
  });
  return { store, asked, blobs };
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

/** What it asked for last, taken out. */
function takeAsked(side: Side): Part[] {
  return side.asked.splice(0).map(({ hash, offset }) => ({ hash, offset }));
}

/** Gives what is asked for, blob by blob and part by part, as it crosses a link; at most `parts` of them. */
async function exchange(
  taker: Side,
  giver: Side,
  link: string,
  parts = Infinity,
): Promise<number> {
  let given = 0;
  for (const asked of taker.asked.splice(0)) {
    for (let { hash, offset } = asked; given < parts;) {
      const frame = await giver.blobs.part(hash, offset);
      assert.deepEqual(parseFrame(encodeFrame(frame)), frame);
      given++;
      await taker.blobs.take(link, frame);
      offset += frame.bytes.length;
      if (frame.bytes.length === 0 || offset >= frame.total) break;
    }
  }
  return given;
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
    assert.equal(await exchange(taker, giver, "a"), Math.ceil(size / CHUNK), `${size} bytes`);
    await assertHas(taker, blob);
    assert.equal(await taker.store.countWanted(), 0);
  }
});

Deno.test("take() says once that the blob is whole", async () => {
  const blob = await blobOf(CHUNK + 10);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  const [first, second] = [blob.bytes.slice(0, CHUNK), blob.bytes.slice(CHUNK)];
  assert.equal(await taker.blobs.take("a", chunkOf(blob, { bytes: first })), "part");
  const rest = chunkOf(blob, { bytes: second, offset: CHUNK });
  assert.equal(await taker.blobs.take("a", rest), "whole");
  assert.equal(await taker.blobs.take("a", rest), "part");
});

Deno.test("ask() asks for a few at a time, and goes on until all are here", async () => {
  const blobs = await Promise.all(Array.from({ length: 30 }, (_, i) => blobOf(50, i)));
  const [taker, giver] = [await wanter(...blobs.map(({ hash }) => hash)), await holder(...blobs)];
  for (let turn = 0; turn < 10 && await taker.store.countWanted() > 0; turn++) {
    await taker.blobs.ask("a", 0);
    assert.ok(taker.asked.length <= 8);
    await exchange(taker, giver, "a");
  }
  assert.equal(await taker.store.countWanted(), 0);
});

Deno.test("ask() asks nobody twice at once, and nothing when nothing is wanted", async () => {
  const blobs = await Promise.all([1, 2, 3].map((seed) => blobOf(50, seed)));
  const taker = await wanter(...blobs.map(({ hash }) => hash));
  await Promise.all([taker.blobs.ask("a", 0), taker.blobs.ask("b", 0), taker.blobs.ask("a", 0)]);
  assert.equal(new Set(takeAsked(taker).map(({ hash }) => hash)).size, 3);
  assert.deepEqual(takeAsked(taker), []);
  await openSide().blobs.ask("a", 0);
});

Deno.test("part() gives what is there, also of what it does not have", async () => {
  const blob = await blobOf(100);
  const giver = await holder(blob);
  const part = await giver.blobs.part(blob.hash, 90);
  assert.deepEqual([...part.bytes], [...blob.bytes.slice(90)]);
  assert.deepEqual([part.offset, part.total], [90, 100]);
  const none = await giver.blobs.part(idOf(9), 0);
  assert.deepEqual([none.total, none.bytes.length], [0, 0]);
  assert.equal((await giver.blobs.part(blob.hash, 5000)).bytes.length, 0);
});

Deno.test("several links are asked for different blobs", async () => {
  const blobs = await Promise.all(Array.from({ length: 12 }, (_, i) => blobOf(50, i)));
  const taker = await wanter(...blobs.map(({ hash }) => hash));
  await taker.blobs.ask("a", 0);
  await taker.blobs.ask("b", 0);
  const [a, b] = ["a", "b"].map((link) =>
    taker.asked.filter((one) => one.link === link).map(({ hash }) => hash)
  );
  assert.deepEqual([a.length, b.length], [8, 4]);
  assert.equal(new Set([...a, ...b]).size, 12);
});

Deno.test("a peer without the blob is not asked again at once, another one is", async () => {
  const blob = await blobOf(100);
  const [taker, empty, giver] = [await wanter(blob.hash), openSide(), await holder(blob)];
  await taker.blobs.ask("a", 0);
  await exchange(taker, empty, "a");
  await taker.blobs.ask("a", 0);
  assert.deepEqual(takeAsked(taker), []);
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

Deno.test("a link that is lost midway: another one is asked for the rest", async () => {
  const blob = await blobOf(4 * CHUNK);
  const [taker, giver] = [await wanter(blob.hash), await holder(blob)];
  await taker.blobs.ask("a", 0);
  await exchange(taker, giver, "a", 3);
  taker.blobs.forget("a");
  assert.equal(await taker.store.blob(blob.hash), null);
  await taker.blobs.ask("b", 0);
  assert.deepEqual(taker.asked.map(({ offset }) => offset), [3 * CHUNK]);
  assert.equal(await exchange(taker, giver, "b"), 1);
  await assertHas(taker, blob);
});

Deno.test("what is kept of blobs whose links are gone is bounded, the oldest goes first", async () => {
  const blobs = await Promise.all(Array.from({ length: 8 }, (_, i) => blobOf(2 << 20, i)));
  const [taker, giver] = [await wanter(...blobs.map(({ hash }) => hash)), await holder(...blobs)];
  await taker.blobs.ask("a", 0);
  const asked = takeAsked(taker);
  for (const { hash } of asked) {
    taker.asked.push({ hash, offset: 0, link: "a" });
    await exchange(taker, giver, "a", 100); // of 132 parts
  }
  taker.blobs.forget("a");
  await taker.blobs.ask("b", 0);
  const kept = takeAsked(taker).filter(({ offset }) => offset > 0);
  assert.ok(kept.length > 0);
  assert.equal(kept.length, Math.floor(MOST_KEPT_BYTES / (100 * CHUNK)));
});

Deno.test("a chunk from a link that was not asked, or is late, is not taken", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  assert.equal(await taker.blobs.take("a", chunkOf(blob)), "part");
  await taker.blobs.ask("a", 0);
  assert.equal(await taker.blobs.take("b", chunkOf(blob)), "part");
  taker.blobs.forget("a");
  assert.equal(await taker.blobs.take("a", chunkOf(blob)), "part");
  assert.equal(await taker.store.blob(blob.hash), null);
});

Deno.test("a blob that does not hash to its name is thrown away, and another link is asked", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  takeAsked(taker);
  const wrong = blob.bytes.with(3, blob.bytes[3] ^ 1);
  assert.equal(await taker.blobs.take("a", chunkOf(blob, { bytes: wrong })), "false");
  assert.equal(await taker.store.blob(blob.hash), null);
  assert.equal(await taker.store.countWanted(), 1);
  await taker.blobs.ask("a", 0);
  assert.deepEqual(takeAsked(taker), [], "the liar is not asked again at once");
  await taker.blobs.ask("b", 0);
  assert.equal(await taker.blobs.take("b", chunkOf(blob)), "whole");
});

Deno.test("of a false blob that came from two links neither is blamed, and it begins anew", async () => {
  const blob = await blobOf(2 * CHUNK);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  const wrong = blob.bytes.slice(0, CHUNK).with(3, blob.bytes[3] ^ 1);
  await taker.blobs.take("a", chunkOf(blob, { bytes: wrong }));
  taker.blobs.forget("a");
  await taker.blobs.ask("b", 0);
  const rest = chunkOf(blob, { bytes: blob.bytes.slice(CHUNK), offset: CHUNK });
  assert.equal(await taker.blobs.take("b", rest), "spoilt");
  takeAsked(taker);
  await taker.blobs.ask("c", 0);
  assert.deepEqual(takeAsked(taker), [{ hash: blob.hash, offset: 0 }]);
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
    takeAsked(taker);
    assert.equal(await taker.blobs.take("a", chunkOf(blob, other)), "useless", `bad chunk ${i}`);
    assert.deepEqual(takeAsked(taker), [], `bad chunk ${i} is asked on`);
    assert.equal(await taker.blobs.take("a", chunkOf(blob)), "part", "given up");
    assert.equal(await taker.store.blob(blob.hash), null);
  }
});

Deno.test("a total that changes between the parts does not get a wrong blob in", async () => {
  const blob = await blobOf(2 * CHUNK);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  await taker.blobs.take("a", chunkOf(blob, { bytes: blob.bytes.slice(0, CHUNK) }));
  const shorter = chunkOf(blob, { offset: CHUNK, total: CHUNK + 1, bytes: Uint8Array.of(1) });
  assert.equal(await taker.blobs.take("a", shorter), "useless");
  assert.equal(await taker.store.blob(blob.hash), null);
});

Deno.test("expire() gives up on a peer that does not answer, and others are asked", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  await taker.blobs.ask("a", 0);
  takeAsked(taker);
  taker.blobs.expire(ANSWER_MS, ANSWER_MS);
  await taker.blobs.ask("b", ANSWER_MS);
  assert.deepEqual(takeAsked(taker), [], "it may still answer");
  taker.blobs.expire(ANSWER_MS + 1, ANSWER_MS);
  await taker.blobs.ask("b", ANSWER_MS + 1);
  assert.equal(takeAsked(taker).length, 1);
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
  takeAsked(taker);
  store.failNext = new FieldError("storage-full", "full");
  await assert.rejects(taker.blobs.take("a", chunkOf(blob)), { code: "storage-full" });
  for (const now of [0, 59_999]) {
    taker.blobs.expire(now, ANSWER_MS);
    await taker.blobs.ask("a", now);
    assert.deepEqual(takeAsked(taker), []);
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
  takeAsked(taker);
  store.failNext = new FieldError("storage-failed", "no answer");
  await assert.rejects(taker.blobs.take("a", chunkOf(blob)), { code: "storage-failed" });
  await taker.blobs.ask("a", 1);
  assert.equal(takeAsked(taker).length, 1);
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
