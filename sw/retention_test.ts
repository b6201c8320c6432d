import assert from "node:assert/strict";
import { KEEP_ALL, type Retention } from "../field/media.ts";
import { MemoryStore } from "../field/store/memory_store.ts";
import type { Commit, StoredBlob } from "../field/store/store.ts";
import { idOf } from "../tests/fixtures/devices.ts";
import { MediaRetention } from "./retention.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const OTHER = idOf(0xee);

function blobOf(n: number): StoredBlob {
  const hash = n.toString(16).padStart(64, "0");
  return { hash, type: "image/jpeg", bytes: new Uint8Array(100).fill(n) };
}

class CountingStore extends MemoryStore {
  thinCommits = 0;
  failNext: Error | null = null;

  override async commit(commit: Commit): Promise<void> {
    const failure = this.failNext;
    this.failNext = null;
    if (failure) throw failure;
    if (commit.thin) this.thinCommits++;
    await super.commit(commit);
  }
}

/** A store with pictures that came a day apart, the last one today; all but each fourth are elsewhere too. */
async function desk(pictures: number, rule: Retention = KEEP_ALL) {
  const store = new CountingStore();
  for (let n = 0; n < pictures; n++) {
    const copies = n % 4 === 0 ? [] : [{ hash: blobOf(n).hash, device: OTHER }];
    await store.commit({ blobs: [blobOf(n)], at: NOW - (pictures - 1 - n) * DAY, copies });
  }
  const timers: { readonly ms: number; readonly run: () => void; isOn: boolean }[] = [];
  const failures: unknown[] = [];
  let thinned = 0;
  const retention = new MediaRetention({
    store,
    nowMs: () => NOW,
    after: (ms, run) => {
      const timer = { ms, run, isOn: true };
      timers.push(timer);
      return () => timer.isOn = false;
    },
    onThinned: () => thinned++,
    onFailure: (failure) => failures.push(failure),
  }, rule);
  /** Due work is done; returns how long it was waited for. */
  const pass = async () => {
    const due = timers.splice(0).filter(({ isOn }) => isOn);
    for (const { run } of due) run();
    await retention.thin(KEEP_ALL); // whatever was begun comes before
    return due.map(({ ms }) => ms);
  };
  const here = async () => {
    const media = await store.mediaAfter(null, 1000);
    return media.filter(({ state }) => state === "here").map(({ hash }) => parseInt(hash, 16));
  };
  return { store, retention, pass, here, failures, thinned: () => thinned };
}

Deno.test("thin() removes what the rule says, tells how much, and the records' pictures stay known", async () => {
  const { store, retention, here, thinned } = await desk(10);
  const rule = { mostAgeDays: 4, mostBytes: null, evenOnlyHere: false };
  assert.deepEqual(await retention.thin(rule), { removed: 3, bytes: 300 });
  assert.deepEqual(await here(), [0, 4, 5, 6, 7, 8, 9]);
  assert.equal(thinned(), 1);
  const gone = await store.media(blobOf(1).hash);
  assert.deepEqual([gone?.state, gone?.thinnedAt], ["thinned", NOW]);
  assert.equal(await store.blob(blobOf(1).hash), null);
  assert.deepEqual(await retention.thin(rule), { removed: 0, bytes: 0 });
  assert.deepEqual(retention.rule, KEEP_ALL, "the standing rule stays");
});

Deno.test("thin() of more than fits into one look, or one transaction, removes it all", async () => {
  const store = new CountingStore();
  const blobs = Array.from({ length: 2500 }, (_, n) => blobOf(n));
  await store.commit({ blobs, at: NOW - DAY });
  const retention = new MediaRetention({
    store,
    nowMs: () => NOW,
    after: () => () => {},
    onThinned: () => {},
    onFailure: () => {},
  }, KEEP_ALL);
  const all = { mostAgeDays: null, mostBytes: 500, evenOnlyHere: true };
  assert.deepEqual(await retention.thin(all), { removed: 2495, bytes: 249_500 });
  assert.equal((await store.mediaTotals()).here, 5);
  assert.ok(store.thinCommits >= 2495 / 128);
});

Deno.test("thinned pictures are not wanted again", async () => {
  const { store, retention } = await desk(2);
  await retention.thin({ mostAgeDays: null, mostBytes: 0, evenOnlyHere: true });
  await store.commit({ wanted: [blobOf(0).hash, blobOf(1).hash] });
  assert.equal(await store.countWanted(), 0);
});

Deno.test("the standing rule is kept, and carried out at a start, when set, and a while after saves", async () => {
  const { store, retention, pass, here } = await desk(10);
  assert.deepEqual(await pass(), [], "without a rule there is nothing to do");
  retention.saved();
  assert.deepEqual(await pass(), []);
  const rule = { mostAgeDays: null, mostBytes: 500, evenOnlyHere: false };
  await retention.set(rule);
  assert.deepEqual(await MediaRetention.ruleIn(store), rule);
  assert.deepEqual(await pass(), [0]);
  assert.deepEqual(await here(), [0, 4, 7, 8, 9]);
  await store.commit({ blobs: [blobOf(10)], at: NOW });
  retention.saved();
  retention.saved();
  assert.deepEqual(await pass(), [60_000]);
  assert.deepEqual(await here(), [0, 4, 8, 9, 10]);
  const { pass: passAnew } = await desk(3, rule);
  assert.deepEqual(await passAnew(), [10_000]);
});

Deno.test("full() carries the standing rule out at once, also when that was due later", async () => {
  const rule = { mostAgeDays: null, mostBytes: 500, evenOnlyHere: false };
  const { retention, pass, here } = await desk(10, rule);
  retention.full();
  assert.deepEqual(await pass(), [0]);
  assert.equal((await here()).length, 5);
  retention.full();
  assert.deepEqual(await pass(), [], "it was carried out a moment ago");
});

Deno.test("what the disk refuses is told, and done the next time", async () => {
  const rule = { mostAgeDays: null, mostBytes: 500, evenOnlyHere: false };
  const { store, retention, pass, here, failures } = await desk(10, rule);
  store.failNext = new Error("disk");
  await pass();
  assert.equal(failures.length, 1);
  assert.equal((await here()).length, 10);
  retention.saved();
  await pass();
  assert.equal((await here()).length, 5);
  store.failNext = new Error("disk");
  await assert.rejects(retention.thin({ ...rule, mostBytes: 0 }), /disk/);
});

Deno.test("keeping says what others may expect", async () => {
  const { retention } = await desk(0);
  assert.equal(retention.keeping, "all");
  await retention.set({ mostAgeDays: 5, mostBytes: null, evenOnlyHere: false });
  assert.equal(retention.keeping, "shared");
  await retention.set({ mostAgeDays: 5, mostBytes: null, evenOnlyHere: true });
  assert.equal(retention.keeping, "none");
  await retention.set({ mostAgeDays: null, mostBytes: null, evenOnlyHere: true });
  assert.equal(retention.keeping, "all");
});

Deno.test("ruleIn() without a rule, or with one of another version, keeps all", async () => {
  const store = new MemoryStore();
  assert.deepEqual(await MediaRetention.ruleIn(store), KEEP_ALL);
  await store.commit({ settings: { retention: { mostAgeDays: "soon" } } });
  assert.deepEqual(await MediaRetention.ruleIn(store), KEEP_ALL);
});

Deno.test("close() ends what was planned", async () => {
  const rule = { mostAgeDays: 0, mostBytes: null, evenOnlyHere: true };
  const { retention, pass, here } = await desk(3, rule);
  retention.close();
  retention.saved();
  assert.deepEqual(await pass(), []);
  assert.equal((await here()).length, 3);
});
