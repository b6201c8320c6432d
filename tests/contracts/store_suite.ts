/** What every implementation of `field/store.ts` must do. Run it from the test beside each of them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ObservationQuery } from "../../field/messages.ts";
import type { DeviceId, Observation } from "../../field/observation.ts";
import {
  type Commit,
  type Head,
  HeadMoved,
  newestFirst,
  type Store,
  type StoredBlob,
  type StoredEntry,
} from "../../field/store.ts";
import { idOf, observationAt } from "../fixtures/devices.ts";
import { anyCommit, anyQueries, StoreModel } from "./store_model.ts";

const [ANN, BOB, CAL] = [idOf(0xa1), idOf(0xb2), idOf(0xc3)];
const NOW = 1_800_000_000_000;
const ALL = Number.MAX_SAFE_INTEGER;

function headOf(device: DeviceId, seq: number, quarantined?: string): Head {
  const hash = new Uint8Array(32).fill(seq);
  return { device, seq, hash, ...(quarantined === undefined ? {} : { quarantined }) };
}

function entryOf(device: DeviceId, seq: number, doc = `obs/${device}/0`, size = 10): StoredEntry {
  return { device, seq, doc, bytes: new Uint8Array(size).fill(seq) };
}

function blobOf(byte: number): StoredBlob {
  return { hash: idOf(byte), type: "image/jpeg", bytes: Uint8Array.of(byte, 2, 3) };
}

/** A feed's next entry, as a replica commits it. */
function next(device: DeviceId, seq: number, also: Commit = {}): Commit {
  return {
    entries: [entryOf(device, seq)],
    heads: [{ head: headOf(device, seq), after: seq - 1 }],
    ...also,
  };
}

function indexed(seq: number, ...observations: readonly Observation[]) {
  return observations.map((observation) => ({ observation, seq }));
}

const seqs = (entries: readonly StoredEntry[]) => entries.map(({ device, seq }) => [device, seq]);
const idsOf = (observations: readonly Observation[]) => observations.map(({ id }) => id);

/** Everything that a store can be asked, for comparing before and after. */
async function contentsOf(store: Store) {
  return {
    heads: (await store.heads()).sort((a, b) => a.device < b.device ? -1 : 1),
    docs: await store.docs(""),
    entries: await Promise.all(
      [ANN, BOB, CAL].map((device) => store.entriesAfter(device, 0, ALL)),
    ),
    observations: await store.observations({ limit: 500 }),
    open: await store.openObservations(ANN),
    counts: await Promise.all([ANN, BOB].map((device) => store.countObservations(device, 1))),
    wanted: (await store.wanted(1000)).sort(),
    blob: await store.blob(idOf(7)),
    settings: [...await store.settings("")],
  };
}

/** Pages through everything, `limit` at a time. */
async function paged(store: Store, limit: number, since?: number): Promise<Observation[]> {
  const all: Observation[] = [];
  for (let page = 0; page < 1000; page++) {
    const before = all.at(-1)?.id;
    const query: ObservationQuery = {
      limit,
      ...(since === undefined ? {} : { since }),
      ...(before === undefined ? {} : { before }),
    };
    const found = await store.observations(query);
    if (found.length === 0) return all;
    all.push(...found);
  }
  throw new Error("Paging does not come to an end");
}

/** Registers the contract's tests for one implementation. Each test gets an empty store. */
export function storeSuite(name: string, makeStore: () => Promise<Store> | Store): void {
  const test = (what: string, work: (store: Store) => Promise<void>) =>
    Deno.test(`${name} ${what}`, async () => {
      const store = await makeStore();
      try {
        await work(store);
      } finally {
        store.close();
      }
    });

  test("is empty at first", async (store) => {
    assert.deepEqual(await store.heads(), []);
    assert.deepEqual(await store.entriesAfter(ANN, 0, ALL), []);
    assert.deepEqual(await store.entriesOf("notes"), []);
    assert.deepEqual(await store.docs(""), []);
    assert.deepEqual(await store.observations({ limit: 10 }), []);
    assert.equal(await store.countObservations(), 0);
    assert.equal(await store.countObservations(ANN), 0);
    assert.deepEqual(await store.openObservations(ANN), []);
    assert.equal(await store.blob(idOf(1)), null);
    assert.deepEqual(await store.wanted(10), []);
    assert.equal(await store.countWanted(), 0);
    assert.equal(await store.setting("crew"), undefined);
    assert.equal((await store.settings("")).size, 0);
  });

  test("commit() of nothing changes nothing", async (store) => {
    await store.commit({});
    await store.commit({ entries: [], heads: [], observations: [], blobs: [], wanted: [] });
    assert.deepEqual(await store.docs(""), []);
  });

  test("heads() has the last head of each device, with why it is in quarantine", async (store) => {
    await store.commit(next(ANN, 1));
    await store.commit(next(ANN, 2));
    await store.commit(next(BOB, 1));
    const bad = headOf(BOB, 1, "signed two entries with one number");
    await store.commit({ heads: [{ head: bad, after: 1 }] });
    const heads = (await store.heads()).sort((a, b) => a.seq - b.seq);
    assert.deepEqual(heads, [bad, headOf(ANN, 2)]);
  });

  test("commit() fails with HeadMoved when another seq is on disk, and writes nothing", async (store) => {
    await store.commit(next(ANN, 1));
    await store.commit(next(ANN, 2));
    const before = await contentsOf(store);
    const also: Commit = {
      observations: indexed(9, observationAt(ANN, NOW)),
      blobs: [blobOf(7)],
      wanted: [idOf(8)],
      settings: { crew: ANN },
    };
    for (const after of [0, 1, 3]) {
      const heads = [
        { head: headOf(BOB, 1), after: 0 },
        { head: headOf(ANN, after + 1), after },
      ];
      const entries = [entryOf(BOB, 1), entryOf(ANN, after + 1)];
      await assert.rejects(store.commit({ ...also, heads, entries }), HeadMoved, `after ${after}`);
    }
    await assert.rejects(store.commit({ heads: [{ head: headOf(CAL, 2), after: 1 }] }), HeadMoved);
    assert.deepEqual(await contentsOf(store), before);
    await store.commit(next(ANN, 3));
  });

  test("commit() lets one of two that continue the same head through", async (store) => {
    await store.commit(next(ANN, 1));
    const results = await Promise.allSettled(
      [1, 2, 3].map((n) => store.commit(next(ANN, 2, { settings: { winner: n } }))),
    );
    assert.deepEqual(results.map(({ status }) => status).sort(), [
      "fulfilled",
      "rejected",
      "rejected",
    ]);
    for (const result of results) {
      if (result.status === "rejected") assert.ok(result.reason instanceof HeadMoved);
    }
    const winner = results.findIndex(({ status }) => status === "fulfilled") + 1;
    assert.equal(await store.setting("winner"), winner);
  });

  test("commit() that fails for its data writes nothing, and the next one works", async (store) => {
    await store.commit(next(ANN, 1, { observations: indexed(1, observationAt(ANN, NOW)) }));
    const before = await contentsOf(store);
    const bad = next(ANN, 2, {
      observations: indexed(2, observationAt(ANN, NOW, { label: "cat" })),
      blobs: [blobOf(7)],
      wanted: [idOf(8)],
      settings: { good: 1, bad: () => "functions cannot be stored" },
    });
    await assert.rejects(async () => await store.commit(bad));
    assert.deepEqual(await contentsOf(store), before);
    await store.commit(next(ANN, 2));
    assert.equal((await store.heads())[0].seq, 2);
  });

  test("commit() keeps what it was given, whatever becomes of that afterwards", async (store) => {
    const setting = { list: [1, 2] };
    await store.commit({ settings: { setting } });
    setting.list.push(3);
    assert.deepEqual(await store.setting("setting"), { list: [1, 2] });
  });

  test("entriesAfter() gives a feed in order, from behind a seq, of one device", async (store) => {
    const entries = [3, 1, 10, 2, 9].map((seq) => entryOf(ANN, seq));
    await store.commit({ entries: [...entries, entryOf(BOB, 1), entryOf(BOB, 5)] });
    assert.deepEqual(
      seqs(await store.entriesAfter(ANN, 0, ALL)),
      [1, 2, 3, 9, 10].map((seq) => [ANN, seq]),
    );
    assert.deepEqual(seqs(await store.entriesAfter(ANN, 2, ALL)), [[ANN, 3], [ANN, 9], [ANN, 10]]);
    assert.deepEqual(await store.entriesAfter(ANN, 2, ALL), [3, 9, 10].map((s) => entryOf(ANN, s)));
    assert.deepEqual(await store.entriesAfter(ANN, 10, ALL), []);
    assert.deepEqual(seqs(await store.entriesAfter(ANN, -1, ALL)).length, 5);
    assert.deepEqual(await store.entriesAfter(CAL, 0, ALL), []);
  });

  test("entriesAfter() gives as many as fit, but at least one", async (store) => {
    const entries = [1, 2, 3, 4].map((seq) => entryOf(ANN, seq, "notes", 100));
    await store.commit({ entries });
    const count = async (mostBytes: number) => (await store.entriesAfter(ANN, 0, mostBytes)).length;
    assert.deepEqual(
      await Promise.all([0, 1, 99, 100, 199, 200, 299, 300, 400, 1000].map(count)),
      [1, 1, 1, 1, 1, 2, 2, 3, 4, 4],
    );
  });

  test("entriesOf() gives a document's entries by device and seq", async (store) => {
    const doc = `crew/${ANN}`;
    await store.commit({
      entries: [
        entryOf(BOB, 10, doc),
        entryOf(BOB, 9, doc),
        entryOf(ANN, 12, doc),
        entryOf(ANN, 2, doc),
        entryOf(ANN, 3, doc + "x"),
        entryOf(ANN, 4, doc.slice(0, -1)),
      ],
    });
    assert.deepEqual(seqs(await store.entriesOf(doc)), [[ANN, 2], [ANN, 12], [BOB, 9], [BOB, 10]]);
    assert.deepEqual(await store.entriesOf(doc + "y"), []);
  });

  test("docs() names each document with the prefix once, in order", async (store) => {
    const names = [`obs/${ANN}/0`, `obs/${ANN}/1`, `obs/${ANN}/10`, `obs/${BOB}/0`, `crew/${ANN}`];
    const entries = names.flatMap((doc, i) => [
      entryOf(ANN, i + 1, doc),
      entryOf(ANN, i + 11, doc),
      entryOf(BOB, i + 1, doc),
    ]);
    await store.commit({ entries });
    assert.deepEqual(await store.docs(""), [...names].sort());
    assert.deepEqual(await store.docs(`obs/${ANN}/`), names.slice(0, 3));
    assert.deepEqual(await store.docs(`obs/${ANN}/1`), names.slice(1, 3));
    assert.deepEqual(await store.docs(`crew/${ANN}`), [`crew/${ANN}`]);
    assert.deepEqual(await store.docs("device/"), []);
  });

  test("observations() gives the newest first, and ties by id", async (store) => {
    const tied = [3, 1, 2].map((n) => observationAt(BOB, NOW + n, { first: NOW }));
    const others = [observationAt(ANN, NOW - 5), observationAt(ANN, NOW + 9)];
    await store.commit({ observations: indexed(1, ...tied, ...others) });
    const found = await store.observations({ limit: 500 });
    assert.deepEqual(idsOf(found), idsOf([...tied, ...others].sort(newestFirst)));
    assert.deepEqual(found[0], others[1]);
    assert.deepEqual(found.at(-1), others[0]);
    assert.deepEqual(idsOf(await store.observations({ limit: 2 })), idsOf(found).slice(0, 2));
  });

  test("observations() gives only what began after `since`", async (store) => {
    const all = [0, 1, 2, 3].map((n) => observationAt(ANN, NOW + n));
    await store.commit({ observations: indexed(1, ...all) });
    const after = async (since: number) =>
      (await store.observations({ limit: 9, since })).map(({ first }) => first - NOW);
    assert.deepEqual(await after(NOW - 1), [3, 2, 1, 0]);
    assert.deepEqual(await after(NOW), [3, 2, 1]);
    assert.deepEqual(await after(NOW + 2.5), [3]);
    assert.deepEqual(await after(NOW + 3), []);
  });

  test("observations() pages to the end without a gap or a double", async (store) => {
    const all = Array.from(
      { length: 23 },
      (_, n) => observationAt(n % 2 ? ANN : BOB, NOW + n, { first: NOW + (n % 5) }),
    );
    await store.commit({ observations: indexed(1, ...all) });
    const expected = idsOf(all.sort(newestFirst));
    for (const limit of [1, 2, 7, 22, 23, 24]) {
      assert.deepEqual(idsOf(await paged(store, limit)), expected, `${limit} a page`);
    }
    const since = NOW + 1;
    const recent = idsOf(all.filter(({ first }) => first > since));
    assert.deepEqual(idsOf(await paged(store, 4, since)), recent);
  });

  test("observations() goes on behind the last page when newer ones have come", async (store) => {
    const all = [0, 1, 2, 3].map((n) => observationAt(ANN, NOW + n));
    await store.commit({ observations: indexed(1, ...all) });
    const [first, second] = await store.observations({ limit: 2 });
    assert.deepEqual(idsOf([first, second]), idsOf([all[3], all[2]]));
    await store.commit({ observations: indexed(2, observationAt(BOB, NOW + 50)) });
    const rest = await store.observations({ limit: 9, before: second.id });
    assert.deepEqual(idsOf(rest), idsOf([all[1], all[0]]));
  });

  test("observations() gives nothing behind one that it does not know", async (store) => {
    await store.commit({ observations: indexed(1, observationAt(ANN, NOW)) });
    assert.deepEqual(await store.observations({ limit: 9, before: "nobody-knows" }), []);
  });

  test("commit() of an observation again replaces it, and it stays in its place", async (store) => {
    const all = [0, 1, 2].map((n) => observationAt(ANN, NOW + n, { open: true }));
    await store.commit({ observations: indexed(1, ...all) });
    const ended = { ...all[1], open: false, last: NOW + 9999, frames: 99 };
    await store.commit({ observations: indexed(2, ended) });
    const found = await store.observations({ limit: 9 });
    assert.deepEqual(found, [all[2], ended, all[0]]);
    assert.equal(await store.countObservations(), 3);
    assert.deepEqual(idsOf(await paged(store, 1)), idsOf([all[2], ended, all[0]]));
  });

  test("countObservations() counts by device, up to the entry that last spoke of each", async (store) => {
    const own = [0, 1, 2].map((n) => observationAt(ANN, NOW + n));
    await store.commit({ observations: indexed(1, own[0], own[1]) });
    await store.commit({ observations: indexed(3, own[2], observationAt(BOB, NOW)) });
    const counts = () => Promise.all([0, 1, 2, 3].map((seq) => store.countObservations(ANN, seq)));
    assert.deepEqual(await counts(), [0, 2, 2, 3]);
    assert.equal(await store.countObservations(ANN), 3);
    assert.equal(await store.countObservations(BOB), 1);
    assert.equal(await store.countObservations(CAL), 0);
    assert.equal(await store.countObservations(), 4);
    await store.commit({ observations: indexed(2, own[0]) });
    assert.deepEqual(await counts(), [0, 1, 2, 3]);
  });

  test("openObservations() gives a device's that are still in view", async (store) => {
    const open = [0, 1].map((n) => observationAt(ANN, NOW + n, { open: true }));
    const others = [observationAt(ANN, NOW + 2), observationAt(BOB, NOW, { open: true })];
    await store.commit({ observations: indexed(1, ...open, ...others) });
    assert.deepEqual(idsOf(await store.openObservations(ANN)).sort(), idsOf(open).sort());
    await store.commit({ observations: indexed(2, { ...open[0], open: false }) });
    assert.deepEqual(await store.openObservations(ANN), [open[1]]);
    assert.deepEqual(await store.openObservations(CAL), []);
  });

  test("blob() gives a blob by its hash, as it was put", async (store) => {
    await store.commit({ blobs: [blobOf(7), blobOf(8)] });
    assert.deepEqual(await store.blob(idOf(7)), blobOf(7));
    assert.deepEqual(await store.blob(idOf(8)), blobOf(8));
    assert.equal(await store.blob(idOf(9)), null);
  });

  test("wanted() has what records speak of, once, until its blob arrives", async (store) => {
    await store.commit({ wanted: [idOf(1), idOf(2), idOf(1)] });
    await store.commit({ wanted: [idOf(2)] });
    assert.deepEqual((await store.wanted(10)).sort(), [idOf(1), idOf(2)]);
    assert.equal(await store.countWanted(), 2);
    assert.equal((await store.wanted(1)).length, 1);
    await store.commit({ blobs: [blobOf(1)] });
    await store.commit({ blobs: [blobOf(1)] });
    assert.deepEqual(await store.wanted(10), [idOf(2)]);
    assert.equal(await store.countWanted(), 1);
  });

  test("wanted() does not have a blob that is here, also when both come together", async (store) => {
    await store.commit({ blobs: [blobOf(1)] });
    await store.commit({ wanted: [idOf(1)] });
    await store.commit({ blobs: [blobOf(2)], wanted: [idOf(2), idOf(3)] });
    assert.deepEqual(await store.wanted(10), [idOf(3)]);
  });

  test("setting() gives the last value that was put under a key", async (store) => {
    const values: Record<string, unknown> = {
      text: "a",
      number: 0,
      list: [{ id: Uint8Array.of(1, 2), used: 3 }],
      nothing: null,
    };
    await store.commit({ settings: values });
    for (const [key, value] of Object.entries(values)) {
      assert.deepEqual(await store.setting(key), value, key);
    }
    await store.commit({ settings: { text: "" }, strict: true });
    assert.equal(await store.setting("text"), "");
    assert.equal(await store.setting("tex"), undefined);
  });

  test("settings() gives those with a prefix", async (store) => {
    const settings = { "peer/a": 1, "peer/b": { x: [2] }, peer: 3, "peers/c": 4, other: 5 };
    await store.commit({ settings });
    assert.deepEqual(
      [...await store.settings("peer/")].sort(),
      [["peer/a", 1], ["peer/b", { x: [2] }]],
    );
    assert.equal((await store.settings("")).size, 5);
    assert.equal((await store.settings("none")).size, 0);
  });

  test("agrees with a plain model after any commits", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ commit: anyCommit, stale: fc.nat(9) }), {
          minLength: 1,
          maxLength: 8,
        }),
        anyQueries,
        async (steps, queries) => {
          const store = await makeStore();
          const model = new StoreModel();
          try {
            for (const { commit, stale } of steps) {
              const real = model.withHeads(commit, stale === 0);
              const refused = model.commit(real);
              if (refused) await assert.rejects(store.commit(real), HeadMoved);
              else await store.commit(real);
            }
            await queries(store, model);
          } finally {
            store.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });
}
