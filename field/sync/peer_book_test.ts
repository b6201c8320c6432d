import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { FailingStore } from "../../tests/fixtures/replicas.ts";
import { MemoryStore } from "../store/memory_store.ts";
import type { FeedHead } from "./frames.ts";
import { PeerBook } from "./peer_book.ts";

const [ANN, BOB] = [idOf(0xaa), idOf(0xbb)];
const NOW = 1_800_000_000_000;

function headOf(device: string, seq: number): FeedHead {
  return { device, seq, hash: new Uint8Array(8) };
}

Deno.test("of() an unknown peer is that it holds nothing and was never heard", async () => {
  const book = await PeerBook.open(new MemoryStore());
  assert.deepEqual(book.of(ANN), { heads: new Map(), lastAt: null });
});

Deno.test("has() notes how far a peer holds each feed, and tells whether that is news", async () => {
  const book = await PeerBook.open(new MemoryStore());
  assert.ok(book.has(ANN, [headOf(ANN, 3), headOf(BOB, 1)]));
  assert.ok(!book.has(ANN, [headOf(BOB, 1)]));
  assert.ok(book.has(ANN, [headOf(BOB, 2)]));
  assert.ok(!book.has(ANN, []));
  assert.deepEqual([...book.of(ANN).heads], [[ANN, 3], [BOB, 2]]);
  assert.equal(book.of(BOB).heads.size, 0);
});

Deno.test("save() keeps all that is known, also why a peer was refused", async () => {
  const store = new MemoryStore();
  const book = await PeerBook.open(store);
  book.has(ANN, [headOf(BOB, 2)]);
  book.heard(ANN, NOW);
  book.heard(BOB, NOW + 1);
  book.refused(BOB, "gone");
  await book.save();
  const again = await PeerBook.open(store);
  assert.deepEqual(again.of(ANN), { heads: new Map([[BOB, 2]]), lastAt: NOW });
  assert.deepEqual(again.of(BOB), { heads: new Map(), lastAt: NOW + 1, reason: "gone" });
});

Deno.test("save() writes only what has changed since the last time", async () => {
  const store = new FailingStore();
  const book = await PeerBook.open(store);
  await book.save();
  assert.equal(store.commits, 0);
  book.heard(ANN, NOW);
  await book.save();
  await book.save();
  assert.equal(store.commits, 1);
});

Deno.test("save() that fails is made up for by the next one", async () => {
  const store = new FailingStore();
  const book = await PeerBook.open(store);
  book.heard(ANN, NOW);
  store.failNext = new Error("disk full");
  await assert.rejects(book.save(), /disk full/);
  await book.save();
  assert.equal((await PeerBook.open(store)).of(ANN).lastAt, NOW);
});

Deno.test("refused() tells why, until the peer is heard again", async () => {
  const book = await PeerBook.open(new MemoryStore());
  book.has(ANN, [headOf(ANN, 3)]);
  book.refused(ANN, "It could not prove who it is.");
  assert.equal(book.of(ANN).reason, "It could not prove who it is.");
  assert.equal(book.of(ANN).heads.get(ANN), 3);
  book.heard(ANN, NOW);
  assert.equal(book.of(ANN).reason, undefined);
  assert.equal(book.of(ANN).lastAt, NOW);
});

Deno.test("measured() keeps a peer's clock, over restarts too, and tells whether that is news", async () => {
  const store = new MemoryStore();
  const book = await PeerBook.open(store);
  const clock = { aheadMs: -86_400_000, withinMs: 4, at: NOW };
  assert.ok(book.measured(ANN, clock));
  assert.ok(!book.measured(ANN, { ...clock, aheadMs: clock.aheadMs + 49 }));
  assert.ok(book.measured(ANN, { ...clock, aheadMs: 20 }));
  book.heard(ANN, NOW + 5);
  book.has(ANN, [headOf(BOB, 2)]);
  await book.save();
  const again = await PeerBook.open(store);
  assert.deepEqual(again.of(ANN), {
    heads: new Map([[BOB, 2]]),
    lastAt: NOW + 5,
    clock: { ...clock, aheadMs: 20 },
  });
  assert.deepEqual(again.clocksOf([ANN, BOB]), [{ ...clock, aheadMs: 20 }]);
});

Deno.test("open() leaves out pages that another version may have written", async () => {
  const store = new MemoryStore();
  const odd: Record<string, unknown> = {
    [`peer/${idOf(1)}`]: null,
    [`peer/${idOf(2)}`]: 7,
    [`peer/${idOf(3)}`]: { heads: {}, lastAt: 1 },
    [`peer/${idOf(4)}`]: { heads: [], lastAt: "now" },
    [`peer/${idOf(5)}`]: {
      heads: [[ANN, 1.5], ["x", 1], [BOB], null, [BOB, 4]],
      lastAt: null,
      clock: { aheadMs: "1", withinMs: 2, at: 3 },
    },
  };
  await store.commit({ settings: odd });
  const book = await PeerBook.open(store);
  for (const byte of [1, 2, 3, 4]) assert.equal(book.of(idOf(byte)).heads.size, 0);
  assert.deepEqual([...book.of(idOf(5)).heads], [[BOB, 4]]);
  assert.equal(book.of(idOf(5)).clock, undefined);
});
