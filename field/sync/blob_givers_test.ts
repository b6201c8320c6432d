/** Who is asked for a blob, and what becomes of those who do not give it. */
import assert from "node:assert/strict";
import {
  ANSWER_MS,
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
import type { Taken } from "./blob_exchange.ts";
import type { BlobChunkFrame } from "./frames.ts";
import { CHUNK_BYTES as CHUNK } from "./outbox.ts";

Deno.test("several links are asked for different blobs", async () => {
  const blobs = await Promise.all(Array.from({ length: 12 }, (_, i) => blobOf(50, i)));
  const taker = await wanter(...blobs.map(({ hash }) => hash));
  await taker.ask("a");
  await taker.ask("b");
  const [a, b] = ["a", "b"].map((link) =>
    taker.asked.filter((one) => one.link === link).map(({ hash }) => hash)
  );
  assert.deepEqual([a.length, b.length], [8, 4]);
  assert.equal(new Set([...a, ...b]).size, 12);
});

Deno.test("a peer without the blob is not asked again at once, another one is", async () => {
  const blob = await blobOf(100);
  const [taker, empty, giver] = [await wanter(blob.hash), new Side(), await holder(blob)];
  await taker.ask("a");
  await exchange(taker, empty, "a");
  await taker.ask("a");
  assert.deepEqual(takeAsked(taker), []);
  await taker.ask("b");
  await exchange(taker, giver, "b");
  await assertHas(taker, blob);
});

Deno.test("a peer that has got the blob in the meantime is asked again: when it says so, or after a while", async () => {
  for (const isTold of [true, false]) {
    const blob = await blobOf(100);
    const [taker, relay] = [await wanter(blob.hash), new Side()];
    await taker.ask("a");
    await exchange(taker, relay, "a");
    await relay.store.commit({ blobs: [blob] });
    if (isTold) taker.blobs.has("a", [blob.hash]);
    else taker.pass(10 * 60_000);
    await taker.ask("a");
    await exchange(taker, relay, "a");
    await assertHas(taker, blob);
  }
});

Deno.test("a blob that does not hash to its name is thrown away, and another link is asked", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  await taker.ask("a");
  takeAsked(taker);
  const wrong = blob.bytes.with(3, blob.bytes[3] ^ 1);
  assert.equal(await taker.take("a", chunkOf(blob, { bytes: wrong })), "false");
  assert.equal(await taker.store.blob(blob.hash), null);
  assert.equal(await taker.store.countWanted(), 1);
  taker.blobs.has("a", [blob.hash]);
  await taker.ask("a");
  assert.deepEqual(takeAsked(taker), [], "the liar is not asked again, whatever it says");
  await taker.ask("b");
  assert.equal(await taker.take("b", chunkOf(blob)), "whole");
});

Deno.test("of a false blob that came from two links neither is blamed, and it comes over one link from then on", async () => {
  const blob = await blobOf(2 * CHUNK);
  const taker = await wanter(blob.hash);
  await taker.ask("a");
  const wrong = blob.bytes.slice(0, CHUNK).with(3, blob.bytes[3] ^ 1);
  await taker.take("a", chunkOf(blob, { bytes: wrong }));
  taker.blobs.forget("a");
  await taker.ask("b");
  const rest = chunkOf(blob, { bytes: blob.bytes.slice(CHUNK), offset: CHUNK });
  assert.equal(await taker.take("b", rest), "spoilt");
  takeAsked(taker);
  await taker.ask("c");
  assert.deepEqual(takeAsked(taker), [{ hash: blob.hash, offset: 0 }]);
  const [first, last] = partsOf(blob);
  await taker.take("c", first);
  taker.blobs.forget("c");
  await taker.ask("d");
  assert.deepEqual(takeAsked(taker), [{ hash: blob.hash, offset: 0 }], "all of it");
  await taker.take("d", first);
  assert.equal(await taker.take("d", last), "whole");
});

Deno.test("parts that no honest peer gives are not taken, and others are asked", async () => {
  const blob = await blobOf(2 * CHUNK);
  const first = blob.bytes.slice(0, CHUNK);
  const bad: readonly (readonly [Partial<BlobChunkFrame>, Taken])[] = [
    [{ total: 0, bytes: new Uint8Array(0) }, "absent"],
    [{ total: 100, bytes: first }, "malformed"],
    [{ total: (2 << 20) + 1, bytes: first }, "oversized"],
    [{ total: Number.MAX_SAFE_INTEGER, bytes: first }, "oversized"],
    [{ bytes: new Uint8Array(0) }, "malformed"],
    [{ bytes: first.slice(1) }, "malformed"],
    [{ bytes: blob.bytes }, "malformed"],
  ];
  for (const [i, [other, became]] of bad.entries()) {
    const taker = await wanter(blob.hash);
    await taker.ask("a");
    assert.equal(await taker.take("a", chunkOf(blob, other)), became, `bad chunk ${i}`);
    takeAsked(taker);
    await taker.ask("a");
    assert.deepEqual(takeAsked(taker), [], `bad chunk ${i} is asked on`);
    await taker.ask("b");
    assert.equal(takeAsked(taker).length, 1);
  }
});

Deno.test("a part that came before, or too early, changes nothing", async () => {
  const blob = await blobOf(2 * CHUNK + 1);
  const taker = await wanter(blob.hash);
  await taker.ask("a");
  const [first, second, last] = partsOf(blob);
  for (const part of [second, last, first, first, last, first, second, second]) {
    assert.equal(await taker.take("a", part), "part");
  }
  assert.equal(await taker.take("a", last), "whole");
});

Deno.test("a total that changes between the parts does not get a wrong blob in", async () => {
  const blob = await blobOf(2 * CHUNK);
  const taker = await wanter(blob.hash);
  await taker.ask("a");
  const [first] = partsOf(blob);
  await taker.take("a", first);
  const shorter = chunkOf(blob, { offset: CHUNK, total: CHUNK + 1, bytes: Uint8Array.of(1) });
  assert.equal(await taker.take("a", shorter), "malformed");
  assert.equal(await taker.store.blob(blob.hash), null);
});

Deno.test("one that says another total than the one before it is not blamed", async () => {
  const blob = await blobOf(2 * CHUNK);
  const taker = await wanter(blob.hash);
  await taker.ask("a");
  await taker.take("a", chunkOf(blob, { total: 2 << 20, bytes: new Uint8Array(CHUNK) }));
  taker.blobs.forget("a");
  await taker.ask("b");
  const [first, last] = partsOf(blob);
  assert.equal(await taker.take("b", last), "spoilt");
  await taker.ask("b");
  await taker.take("b", first);
  assert.equal(await taker.take("b", last), "whole");
});

Deno.test("tick() gives up on a peer that does not answer, and others are asked", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  await taker.ask("a", "b");
  const [{ link }] = taker.asked.splice(0);
  taker.pass(ANSWER_MS);
  await taker.ask("a", "b");
  assert.deepEqual(takeAsked(taker), [], "it may still answer");
  taker.pass(1000);
  await taker.ask("a", "b");
  assert.notEqual(taker.asked[0].link, link);
});

Deno.test("parts that bring nothing on do not keep a peer from being late", async () => {
  const blob = await blobOf(2 * CHUNK);
  const taker = await wanter(blob.hash);
  await taker.ask("a", "b");
  const [{ link }] = taker.asked.splice(0);
  const [first] = partsOf(blob);
  for (let n = 0; n < 22; n++) {
    await taker.take(link, first);
    taker.pass(1000);
  }
  await taker.ask("a", "b");
  assert.equal(taker.asked[0].offset, CHUNK);
  assert.notEqual(taker.asked[0].link, link);
});

Deno.test("a device that slept does not take its peers for slow", async () => {
  const blob = await blobOf(100);
  const taker = await wanter(blob.hash);
  await taker.ask("a");
  takeAsked(taker);
  taker.now += 3_600_000;
  taker.pass(10_000);
  assert.equal(await taker.take("a", chunkOf(blob)), "whole");
});

Deno.test("tick() leaves a slow link alone while its parts keep coming, if no other is idle", async () => {
  const blob = await blobOf(4 * CHUNK);
  const taker = await wanter(blob.hash);
  await taker.ask("a");
  for (const part of partsOf(blob)) {
    taker.pass(15_000); // 1 KB/s: well within the time for an answer
    await taker.ask("a");
    await taker.take("a", part);
  }
  await assertHas(taker, blob);
});

Deno.test("an idle link goes on with what takes another one too long, and the slow one comes after the others", async () => {
  const [blob, next] = [await blobOf(2 << 20, 1), await blobOf(50, 2)];
  const taker = await wanter(blob.hash);
  await taker.ask("slow");
  let given = 0;
  for (const part of partsOf(blob)) {
    await taker.ask("slow", "quick");
    if (taker.asked.at(-1)?.link === "quick") break;
    await taker.take("slow", part);
    taker.pass(10_000);
    given++;
  }
  assert.equal(given, 4);
  assert.equal(taker.asked.at(-1)?.offset, given * CHUNK);
  for (const part of partsOf(blob, given * CHUNK)) await taker.take("quick", part);
  await assertHas(taker, blob);
  takeAsked(taker);
  await taker.store.commit({ wanted: [next.hash] });
  await taker.ask("slow", "quick");
  assert.equal(taker.asked[0].link, "quick");
});

Deno.test("who was slow is asked for one at a time, also over a new link, until it has given some", async () => {
  const blobs = await Promise.all(Array.from({ length: 16 }, (_, i) => blobOf(50, i)));
  const [taker, giver] = [await wanter(...blobs.map(({ hash }) => hash)), await holder(...blobs)];
  await taker.ask("a");
  assert.equal(takeAsked(taker).length, 8);
  taker.pass(ANSWER_MS + 1000);
  taker.blobs.forget("a");
  for (const share of [1, 2, 4, 8]) {
    await taker.ask("a");
    assert.equal(taker.asked.length, share);
    await exchange(taker, giver, "a");
  }
});

Deno.test("who did not answer is left out of that blob for a while, also where others did no better", async () => {
  const blobs = await Promise.all([1, 2].map((seed) => blobOf(50, seed)));
  const taker = await wanter(...blobs.map(({ hash }) => hash));
  await taker.ask("a", "b");
  const before = new Map(taker.asked.splice(0).map(({ hash, link }) => [hash, link]));
  assert.deepEqual([...before.values()].sort(), ["a", "b"]);
  taker.pass(ANSWER_MS + 1000);
  await taker.ask("a", "b");
  const after = new Map(taker.asked.splice(0).map(({ hash, link }) => [hash, link]));
  assert.equal(after.size, 2);
  for (const [hash, link] of after) assert.notEqual(link, before.get(hash));
});

Deno.test("who holds more than an honest peer would loses some, and others keep what they have", async () => {
  const blobs = await Promise.all(Array.from({ length: 9 }, (_, i) => blobOf(2 << 20, i)));
  const partsOfBlob = (
    { hash }: { readonly hash: string },
  ) => [...partsOf(blobs.find((blob) => blob.hash === hash)!)];
  const taker = await wanter(blobs[0].hash);
  await taker.ask("honest");
  const [first, ...rest] = partsOfBlob(takeAsked(taker)[0]);
  await taker.take("honest", first);
  await taker.store.commit({ wanted: blobs.map(({ hash }) => hash) });
  await taker.ask("hoarder");
  const hoard = takeAsked(taker).map(partsOfBlob);
  assert.equal(hoard.length, 8);
  for (const parts of hoard) {
    for (const part of parts.slice(0, -1)) await taker.take("hoarder", part);
  }
  for (const part of rest.slice(0, -1)) await taker.take("honest", part);
  assert.equal(await taker.take("honest", rest.at(-1)!), "whole");
  const kept = await Promise.all(hoard.map((parts) => taker.take("hoarder", parts.at(-1)!)));
  assert.ok(kept.filter((taken) => taken === "whole").length < 8);
});
