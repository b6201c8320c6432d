import assert from "node:assert/strict";
import fc from "fast-check";
import {
  assertHas,
  blobOf,
  chunkOf,
  exchange,
  holder,
  partsOf,
  Side,
  takeAsked,
  wanter,
} from "../../tests/fixtures/blob_sides.ts";
import { idOf } from "../../tests/fixtures/devices.ts";
import { FailingStore } from "../../tests/fixtures/replicas.ts";
import { FieldError } from "../errors.ts";
import type { Commit } from "../store/store.ts";
import { MOST_KEPT_BYTES, type Taken } from "./blob_exchange.ts";
import { MOST_BLOB_NAMES } from "./frames.ts";
import { CHUNK_BYTES as CHUNK } from "./outbox.ts";

Deno.test("a blob of any size crosses whole, in parts of at most one frame", async () => {
  const sizes = [1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 7, 2 << 20];
  for (const size of sizes) {
    const blob = await blobOf(size);
    const [taker, giver] = [await wanter(blob.hash), await holder(blob)];
    await taker.ask("a");
    assert.equal(await exchange(taker, giver, "a"), Math.ceil(size / CHUNK), `${size} bytes`);
    await assertHas(taker, blob);
    assert.equal(await taker.store.countWanted(), 0);
  }
});

Deno.test("take() says once that the blob is whole", async () => {
  const blob = await blobOf(CHUNK + 10);
  const taker = await wanter(blob.hash);
  await taker.ask("a");
  const [first, second] = [blob.bytes.slice(0, CHUNK), blob.bytes.slice(CHUNK)];
  assert.equal(await taker.take("a", chunkOf(blob, { bytes: first })), "part");
  const rest = chunkOf(blob, { bytes: second, offset: CHUNK });
  assert.equal(await taker.take("a", rest), "whole");
  assert.equal(await taker.take("a", rest), "part");
});

Deno.test("ask() asks for a few at a time, and goes on until all are here", async () => {
  const blobs = await Promise.all(Array.from({ length: 30 }, (_, i) => blobOf(50, i)));
  const [taker, giver] = [await wanter(...blobs.map(({ hash }) => hash)), await holder(...blobs)];
  for (let turn = 0; turn < 10 && await taker.store.countWanted() > 0; turn++) {
    await taker.ask("a");
    assert.ok(taker.asked.length <= 8);
    await exchange(taker, giver, "a");
  }
  assert.equal(await taker.store.countWanted(), 0);
});

Deno.test("ask() asks nobody twice at once, and nothing when nothing is wanted", async () => {
  const blobs = await Promise.all([1, 2, 3].map((seed) => blobOf(50, seed)));
  const taker = await wanter(...blobs.map(({ hash }) => hash));
  await Promise.all([taker.ask("a"), taker.ask("b"), taker.ask("a")]);
  assert.equal(new Set(takeAsked(taker).map(({ hash }) => hash)).size, 3);
  assert.deepEqual(takeAsked(taker), []);
  await new Side().ask("a");
});

Deno.test("of very many wanted blobs the peer is asked which it has, and what it says it has comes first", async () => {
  const blobs = await Promise.all(Array.from({ length: 20 }, (_, i) => blobOf(50, i)));
  const unknown = Array.from({ length: 3000 }, (_, n) => n.toString(16).padStart(64, "0"));
  const taker = await wanter(...unknown, ...blobs.map(({ hash }) => hash));
  const giver = await holder(...blobs);
  let seconds = 0;
  for (; seconds < 30 && await taker.store.countWanted() > 3000; seconds++) {
    await taker.ask("a");
    assert.ok(taker.asked.length <= 8);
    for (const { hashes } of taker.inquired) assert.ok(hashes.length <= MOST_BLOB_NAMES);
    await exchange(taker, giver, "a");
    taker.pass(1000);
  }
  assert.equal(await taker.store.countWanted(), 3000);
  assert.ok(seconds <= 16, `${seconds} s`);
});

Deno.test("what a peer says it has and nobody wants is not asked for", async () => {
  const [wanted, thinned] = [await blobOf(50, 1), await blobOf(50, 2)];
  const taker = await wanter(wanted.hash);
  await taker.store.commit({ blobs: [thinned], at: 1 });
  await taker.store.commit({ thin: [thinned.hash], at: 2 });
  await taker.ask();
  await taker.ask("a");
  takeAsked(taker);
  taker.blobs.has("a", [thinned.hash, idOf(1), ...Array.from({ length: 1000 }, (_, n) => idOf(n))]);
  for (let n = 0; n < 100; n++) await taker.ask("a");
  assert.deepEqual(takeAsked(taker), []);
});

Deno.test("part() gives what is there, also of what it does not have", async () => {
  const blob = await blobOf(100);
  const giver = await holder(blob);
  const part = await giver.blobs.part("taker", blob.hash, 90);
  assert.deepEqual([...part.bytes], [...blob.bytes.slice(90)]);
  assert.deepEqual([part.offset, part.total], [90, 100]);
  const none = await giver.blobs.part("taker", idOf(9), 0);
  assert.deepEqual([none.total, none.bytes.length], [0, 0]);
  assert.equal((await giver.blobs.part("taker", blob.hash, 5000)).bytes.length, 0);
});

Deno.test("part() reads a blob from the disk once for all of its parts, also where two links take turns", async () => {
  const blobs = await Promise.all([1, 2].map((seed) => blobOf(2 << 20, seed)));
  const giver = await holder(...blobs);
  const read = giver.store.blob.bind(giver.store);
  let reads = 0;
  giver.store.blob = (hash) => (reads++, read(hash));
  await giver.ask("a", "b");
  for (let offset = 0; offset < 2 << 20; offset += CHUNK) {
    await giver.blobs.part("a", blobs[0].hash, offset);
    await giver.blobs.part("b", blobs[1].hash, offset);
  }
  assert.equal(reads, 2);
});

Deno.test("part() has nothing of a blob that is too large for any peer to take", async () => {
  const [most, tooLarge] = [await blobOf(2 << 20), await blobOf((2 << 20) + 1)];
  const giver = await holder(most, tooLarge);
  assert.equal((await giver.blobs.part("taker", most.hash, 0)).total, 2 << 20);
  assert.equal((await giver.blobs.part("taker", tooLarge.hash, 0)).total, 0);
});

Deno.test("a link that is lost midway: another one is asked for the rest", async () => {
  const blob = await blobOf(4 * CHUNK);
  const [taker, giver] = [await wanter(blob.hash), await holder(blob)];
  await taker.ask("a");
  await exchange(taker, giver, "a", 3);
  taker.blobs.forget("a");
  assert.equal(await taker.store.blob(blob.hash), null);
  await taker.ask("b");
  assert.deepEqual(taker.asked.map(({ offset }) => offset), [3 * CHUNK]);
  assert.equal(await exchange(taker, giver, "b"), 1);
  await assertHas(taker, blob);
});

Deno.test("a blob whose links are lost again and again comes in as many parts as it has", async () => {
  const blob = await blobOf(2 << 20);
  const [taker, ...givers] = await Promise.all([wanter(blob.hash), holder(blob), holder(blob)]);
  let given = 0;
  for (let turn = 0; turn < 60 && await taker.store.countWanted() > 0; turn++) {
    const link = `link ${turn}`;
    await taker.ask(link);
    given += await exchange(taker, givers[turn % 2], link, 5);
    taker.blobs.forget(link);
  }
  await assertHas(taker, blob);
  assert.equal(given, Math.ceil((2 << 20) / CHUNK));
});

Deno.test("what broke off goes on before what has not begun", async () => {
  const blobs = await Promise.all(Array.from({ length: 20 }, (_, i) => blobOf(2 * CHUNK, i)));
  const [taker, giver] = [await wanter(...blobs.map(({ hash }) => hash)), await holder(...blobs)];
  await taker.ask("a");
  taker.asked.splice(0, 7);
  const [{ hash }] = taker.asked;
  await exchange(taker, giver, "a", 1);
  taker.blobs.forget("a");
  await taker.ask("b");
  assert.deepEqual(takeAsked(taker)[0], { hash, offset: CHUNK });
});

Deno.test("what is kept of blobs whose links are gone is bounded, the oldest goes first", async () => {
  const blobs = await Promise.all(Array.from({ length: 8 }, (_, i) => blobOf(2 << 20, i)));
  const [taker, giver] = [await wanter(...blobs.map(({ hash }) => hash)), await holder(...blobs)];
  await taker.ask("a");
  const asked = takeAsked(taker);
  for (const { hash } of asked) {
    taker.asked.push({ hash, offset: 0, link: "a" });
    await exchange(taker, giver, "a", 100); // of 132 parts
  }
  taker.blobs.forget("a");
  await taker.ask("b");
  const kept = takeAsked(taker).filter(({ offset }) => offset > 0);
  assert.ok(kept.length > 0);
  assert.equal(kept.length, Math.floor(MOST_KEPT_BYTES / (100 * CHUNK)));
});

Deno.test("a chunk from a link that was not asked, or is late, is not taken", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  assert.equal(await taker.take("a", chunkOf(blob)), "part");
  await taker.ask("a");
  assert.equal(await taker.take("b", chunkOf(blob)), "part");
  taker.blobs.forget("a");
  assert.equal(await taker.take("a", chunkOf(blob)), "part");
  assert.equal(await taker.store.blob(blob.hash), null);
});

Deno.test("a blob comes with the time at which it came", async () => {
  const blob = await blobOf(100);
  const [taker, giver] = [await wanter(blob.hash), await holder(blob)];
  taker.now = 7000;
  await taker.ask("a");
  await exchange(taker, giver, "a");
  const media = await taker.store.media(blob.hash);
  assert.deepEqual([media?.state, media?.at, media?.size], ["here", 7000, 100]);
});

Deno.test("a blob is whole only once it is on the disk for good", async () => {
  const blob = await blobOf(2 * CHUNK);
  const store = new FailingStore();
  await store.commit({ wanted: [blob.hash] });
  const commits: Commit[] = [];
  const commit = store.commit.bind(store);
  const [begun, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  store.commit = async (one) => {
    commits.push(one);
    begun.resolve();
    await late.promise;
    await commit(one);
  };
  const taker = new Side(store);
  await taker.ask("a");
  const [first, last] = partsOf(blob);
  assert.equal(await taker.take("a", first), "part");
  let told: Taken | null = null;
  const taken = taker.take("a", last).then((became) => told = became);
  await begun.promise;
  assert.deepEqual(commits.map(({ strict }) => strict), [true]);
  assert.equal(told, null);
  late.resolve();
  assert.equal(await taken, "whole");
});

Deno.test("when the disk is full, take() says so, and no blob is asked for in the next minute", async () => {
  const blob = await blobOf(100);
  const store = new FailingStore();
  await store.commit({ wanted: [blob.hash] });
  const [taker, giver] = [new Side(store), await holder(blob)];
  await taker.ask("a");
  takeAsked(taker);
  store.failNext = new FieldError("storage-full", "full");
  await assert.rejects(taker.take("a", chunkOf(blob)), { code: "storage-full" });
  for (const ms of [0, 59_000]) {
    taker.pass(ms);
    await taker.ask("a");
    assert.deepEqual(takeAsked(taker), []);
  }
  taker.pass(1000);
  await taker.ask("a");
  await exchange(taker, giver, "a");
  await assertHas(taker, blob);
});

Deno.test("a disk that fails in another way is asked again as soon as the link allows", async () => {
  const blob = await blobOf(100);
  const store = new FailingStore();
  await store.commit({ wanted: [blob.hash] });
  const taker = new Side(store);
  await taker.ask("a");
  takeAsked(taker);
  store.failNext = new FieldError("storage-failed", "no answer");
  await assert.rejects(taker.take("a", chunkOf(blob)), { code: "storage-failed" });
  await taker.ask("a");
  assert.equal(takeAsked(taker).length, 1);
});

Deno.test("take() never keeps anything but the wanted blob, whatever chunks come", async () => {
  const blob = await blobOf(2 * CHUNK + 5);
  const length = fc.constantFrom(0, 1, 5, CHUNK, 2 * CHUNK);
  const chunk = fc.record({
    link: fc.constantFrom("a", "b"),
    hash: fc.constantFrom(blob.hash, blob.hash, blob.hash, idOf(1)),
    offset: fc.constantFrom(0, CHUNK, 2 * CHUNK, blob.bytes.length),
    total: fc.constantFrom(blob.bytes.length, blob.bytes.length, 0, CHUNK, 3 * CHUNK),
    bytes: fc.option(fc.tuple(fc.constantFrom(0, CHUNK, 2 * CHUNK), length)),
    isLost: fc.boolean(),
  });
  await fc.assert(fc.asyncProperty(fc.array(chunk, { maxLength: 9 }), async (chunks) => {
    const taker = await wanter(blob.hash);
    for (const { link, hash, offset, total, bytes, isLost } of chunks) {
      await taker.ask("a", "b");
      const [from, length] = bytes ?? [offset, CHUNK];
      const given = blob.bytes.slice(from, from + length);
      await taker.take(link, chunkOf(blob, { hash, offset, total, bytes: given }));
      if (isLost) taker.blobs.forget(link);
    }
    const kept = await taker.store.blob(blob.hash);
    if (kept) assert.deepEqual(kept.bytes, blob.bytes);
    assert.equal(await taker.store.countWanted(), kept ? 0 : 1);
    assert.equal(await taker.store.blob(idOf(1)), null);
  }));
});
