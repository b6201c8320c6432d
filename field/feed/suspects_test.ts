import assert from "node:assert/strict";
import { bytesOf, idOf } from "../../tests/fixtures/devices.ts";
import {
  crewOfTwo,
  FailingStore,
  Forger,
  NOW,
  openDevice,
  parsed,
  seenBy,
} from "../../tests/fixtures/replicas.ts";
import { MemoryStore } from "../store/memory_store.ts";
import { MOST_A_MINUTE, type Suspect, Suspects } from "./suspects.ts";

function suspect(n: number, other: Partial<Suspect> = {}): Suspect {
  return { device: idOf(1), seq: n, why: "removed", bytes: Uint8Array.of(n), ...other };
}

async function kept(store: MemoryStore, suspects: Suspects, list: readonly Suspect[], now: number) {
  const quarantine = await suspects.worthKeeping(list, now);
  await store.commit({ quarantine });
  suspects.kept();
  return quarantine.map(({ seq }) => seq);
}

Deno.test("Suspects keeps each once, also over a restart", async () => {
  const store = new MemoryStore();
  const suspects = new Suspects(store);
  assert.deepEqual(await kept(store, suspects, [suspect(1), suspect(1), suspect(2)], NOW), [1, 2]);
  const others = [suspect(1), suspect(2, { why: "forked" }), suspect(3)];
  assert.deepEqual(await kept(store, suspects, others, NOW + 1), [2, 3]);
  const again = new Suspects(store);
  assert.deepEqual(await kept(store, again, [...others, suspect(4)], NOW + 2), [4]);
  assert.equal((await store.quarantine()).length, 5);
});

Deno.test("Suspects keeps a few of one device a minute, whatever it sends, and those of others beside", async () => {
  const store = new MemoryStore();
  const suspects = new Suspects(store);
  const flood = Array.from({ length: 100 }, (_, n) => suspect(n));
  assert.equal((await kept(store, suspects, flood, NOW)).length, MOST_A_MINUTE);
  assert.equal((await kept(store, new Suspects(store), flood, NOW + 59_000)).length, 0);
  const others = flood.map((one) => ({ ...one, device: null }));
  assert.equal((await kept(store, suspects, [...flood, ...others], NOW + 9)).length, MOST_A_MINUTE);
  assert.equal((await kept(store, suspects, flood, NOW + 61_000)).length, MOST_A_MINUTE);
});

Deno.test("Suspects counts as kept only what the disk has", async () => {
  const store = new MemoryStore();
  const suspects = new Suspects(store);
  assert.equal((await suspects.worthKeeping([suspect(1)], NOW)).length, 1);
  assert.equal(
    (await suspects.worthKeeping([suspect(1)], NOW)).length,
    1,
    "it was never committed",
  );
});

Deno.test("receive() keeps what it refused, with why, where it is worth looking at", async () => {
  const { ann } = await crewOfTwo();
  const [bob, eve] = [await Forger.named("bob"), await Forger.named("eve")];
  const good = await bob.entry();
  const forged = good.bytes.with(good.bytes.length - 1, good.bytes[good.bytes.length - 1] ^ 1);
  const actor = await bob.entry({ change: bob.change("0", bytesOf("x"), idOf(5)) });
  await ann.replica.receive([
    forged,
    good.bytes,
    actor.bytes,
    bytesOf("nothing"),
    (await eve.entry()).bytes,
  ]);
  const items = await ann.store.quarantine();
  assert.deepEqual(
    items.map(({ device, seq, why }) => `${device?.slice(0, 4)} ${seq} ${why}`).sort(),
    [
      `${bob.id.slice(0, 4)} 1 bad-signature`,
      `${bob.id.slice(0, 4)} 2 wrong-actor`,
      "undefined null malformed",
    ].sort(),
  );
  assert.deepEqual(items.find(({ why }) => why === "bad-signature")?.bytes, forged);
  assert.ok(items.every(({ at }) => at === NOW));
  await ann.replica.receive([forged, actor.bytes, bytesOf("nothing")]);
  assert.equal((await ann.store.quarantine()).length, 3, "kept twice");
});

/** Two entries of Bob with one number, after some that are sound. */
async function forkOf(length: number) {
  const [bob, twin] = [await Forger.named("bob"), await Forger.named("bob")];
  const feed = [];
  for (let n = 0; n < length; n++) {
    if (n > 0) twin.continues(await parsed(feed[n - 1]));
    feed.push((await bob.entry({ change: bob.observing(seenBy(bob, n)) })).bytes);
  }
  const other = await twin.entry({ change: twin.observing(seenBy(twin, 99)) });
  return { feed, other: other.bytes, id: bob.id };
}

Deno.test("of a fork both entries are kept, whether one was on disk before or both came at once", async () => {
  for (const isTogether of [false, true]) {
    const { ann } = await crewOfTwo();
    const { feed, other, id } = await forkOf(3);
    if (!isTogether) await ann.replica.receive(feed);
    await ann.replica.receive([...feed, other]);
    assert.equal(ann.replica.headOf(id)?.quarantined, "signed two entries with one number");
    const items = (await ann.store.quarantine()).filter(({ why }) => why === "forked");
    const onDisk = (await ann.store.entriesAfter(id, 0, 1e9)).map(({ bytes }) => bytes);
    const all = [...items.map(({ bytes }) => bytes), ...onDisk].map(String);
    assert.ok(all.includes(String(other)) && all.includes(String(feed[2])), `${isTogether}`);
    assert.ok(items.every(({ device, seq }) => device === id && seq === 3));
  }
});

Deno.test("of a fork that shows by what follows it, the entry that does not fit is kept", async () => {
  const { ann } = await crewOfTwo();
  const { feed, other, id } = await forkOf(2);
  const twin = await Forger.named("bob");
  twin.continues(await parsed(other));
  const next = await twin.entry();
  await ann.replica.receive([...feed, next.bytes]);
  const items = await ann.store.quarantine();
  assert.deepEqual(items.map(({ seq }) => seq).sort(), [2, 3]);
  assert.ok(items.every(({ device, why }) => device === id && why === "forked"));
});

Deno.test("receive() that only refused writes no entries, and fails with the disk", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  const before = store.commits;
  await ann.replica.receive([]);
  assert.equal(store.commits, before);
  store.failNext = new Error("disk full");
  await assert.rejects(ann.replica.receive([bytesOf("nothing")]), /disk full/);
  await ann.replica.receive([bytesOf("nothing")]);
  assert.equal((await store.quarantine()).length, 1);
  assert.ok(ann.replica.indexState.whole);
});
