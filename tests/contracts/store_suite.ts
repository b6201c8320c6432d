/** What a store must do on every disk. Run it from the test beside each of them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DeviceId } from "../../field/observation.ts";
import {
  type Commit,
  type Head,
  HeadMoved,
  MOST_QUARANTINED,
  type Quarantined,
  type Store,
  type StoredEntry,
} from "../../field/store/store.ts";
import { blobOf, editOf, idOf, indexed, observationAt } from "../fixtures/devices.ts";
import { mediaTests } from "./store_media.ts";
import { observationTests } from "./store_observations.ts";
import { anyCommit, anyQuestions, StoreModel } from "./store_model.ts";

const [ANN, BOB, CAL] = [idOf(0xa1), idOf(0xb2), idOf(0xc3)];
const NOW = 1_800_000_000_000;
const ALL = Number.MAX_SAFE_INTEGER;

/** Registers a test that gets an empty store. */
export type StoreTest = (what: string, work: (store: Store) => Promise<void>) => void;

function headOf(device: DeviceId, seq: number, quarantined?: string): Head {
  const hash = new Uint8Array(32).fill(seq);
  return { device, seq, hash, ...(quarantined === undefined ? {} : { quarantined }) };
}

function entryOf(device: DeviceId, seq: number, doc = `obs/${device}/0`, size = 10): StoredEntry {
  return { device, seq, doc, bytes: new Uint8Array(size).fill(seq) };
}

/** A feed's next entry, as a replica commits it. */
function next(device: DeviceId, seq: number, also: Commit = {}): Commit {
  return {
    entries: [entryOf(device, seq)],
    heads: [{ head: headOf(device, seq), after: seq - 1 }],
    ...also,
  };
}

const seqs = (entries: readonly StoredEntry[]) => entries.map(({ device, seq }) => [device, seq]);

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
    facets: await store.facets(),
    edits: await store.edits(observationAt(ANN, NOW).id),
    wanted: (await store.wanted(1000)).sort(),
    blob: await store.blob(idOf(7)),
    media: await store.mediaAfter(null, 1000),
    totals: await store.mediaTotals(),
    settings: [...await store.settings("")],
    snapshot: await store.snapshot("crew"),
    isWhole: await store.indexIsWhole(),
    quarantine: await store.quarantine(),
  };
}

function quarantinedAt(at: number, n = 0): Quarantined {
  return {
    at,
    device: n % 2 ? ANN : null,
    seq: n % 3 ? n : null,
    why: `forged ${n}`,
    bytes: Uint8Array.of(n),
  };
}

/** Registers the contract's tests for one implementation. Each test gets an empty store. */
export function storeSuite(name: string, makeStore: () => Promise<Store> | Store): void {
  const test: StoreTest = (what, work) =>
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
    assert.equal(await store.observation(observationAt(ANN, NOW).id), null);
    assert.deepEqual(await store.facets(), { classes: [], devices: [], from: null, to: null });
    assert.deepEqual(await store.edits(observationAt(ANN, NOW).id), []);
    assert.equal(await store.blob(idOf(1)), null);
    assert.equal(await store.media(idOf(1)), null);
    assert.deepEqual(await store.mediaAfter(null, 10), []);
    assert.deepEqual(Object.values(await store.mediaTotals()), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(await store.wanted(10), []);
    assert.equal(await store.countWanted(), 0);
    assert.equal(await store.snapshot("crew"), null);
    assert.deepEqual(await store.quarantine(), []);
    assert.equal(await store.countQuarantined(), 0);
    assert.equal(await store.indexIsWhole(), true);
    assert.equal(await store.setting("crew"), undefined);
    assert.equal((await store.settings("")).size, 0);
  });

  test("commit() of nothing changes nothing", async (store) => {
    await store.commit({});
    await store.commit({ entries: [], heads: [], observations: [], blobs: [], wanted: [] });
    await store.commit({ edits: [], copies: [], thin: [], settings: {}, quarantine: [] });
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
      edits: [editOf(observationAt(ANN, NOW), "star", true)],
      blobs: [blobOf(7)],
      wanted: [idOf(8)],
      copies: [{ hash: idOf(7), device: BOB }],
      settings: { crew: ANN },
      snapshots: { crew: Uint8Array.of(1) },
      quarantine: [quarantinedAt(NOW)],
      indexIsWhole: false,
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
    // the name of its document travels with an entry: a few bytes more
    assert.deepEqual(
      await Promise.all([0, 1, 99, 120, 199, 240, 299, 360, 480, 1000].map(count)),
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

  test("setting() gives the last value that was put under a key", async (store) => {
    const values: Record<string, unknown> = {
      text: "a",
      number: 0,
      list: [{ id: Uint8Array.of(1, 2), used: 3 }],
      nothing: null,
      deep: { pairs: [["a", 1.5], ["b", -7]], is: { on: true, off: false }, empty: {}, none: [] },
      large: 2 ** 53 - 1,
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

  test("snapshot() gives the last bytes under a name, until they are removed", async (store) => {
    await store.commit({ snapshots: { crew: Uint8Array.of(1), names: new Uint8Array(70_000) } });
    await store.commit({ snapshots: { crew: Uint8Array.of(2, 3) } });
    assert.deepEqual(await store.snapshot("crew"), Uint8Array.of(2, 3));
    assert.deepEqual(await store.snapshot("names"), new Uint8Array(70_000));
    await store.commit({ snapshots: { crew: null, other: null } });
    assert.equal(await store.snapshot("crew"), null);
    assert.equal((await store.snapshot("names"))?.length, 70_000);
  });

  test("quarantine() gives what came in, newest first, and of those so many", async (store) => {
    const came = [3, 1, 2].map((n) => quarantinedAt(NOW + n, n));
    await store.commit({ quarantine: came.slice(0, 2) });
    await store.commit({ quarantine: came.slice(2) });
    assert.deepEqual(await store.quarantine(), [came[0], came[2], came[1]]);
    const many = Array.from({ length: MOST_QUARANTINED + 5 }, (_, n) => quarantinedAt(NOW + 2, n));
    await store.commit({ quarantine: many });
    const kept = await store.quarantine();
    assert.equal(await store.countQuarantined(), MOST_QUARANTINED);
    assert.deepEqual(kept, [came[0], ...many.toReversed()].slice(0, MOST_QUARANTINED));
    await store.commit({ quarantine: [quarantinedAt(NOW + 9, 9)] });
    assert.deepEqual((await store.quarantine()).slice(0, 2), [quarantinedAt(NOW + 9, 9), came[0]]);
    assert.equal((await store.quarantine()).length, MOST_QUARANTINED);
  });

  observationTests(test);
  mediaTests(test);

  test("agrees with a plain model after any commits", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ commit: anyCommit, stale: fc.nat(9) }), {
          minLength: 1,
          maxLength: 8,
        }),
        anyQuestions,
        async (steps, ask) => {
          const store = await makeStore();
          const model = new StoreModel();
          try {
            for (const { commit, stale } of steps) {
              const real = model.withHeads(commit, stale === 0);
              const refused = model.commit(real);
              if (refused) await assert.rejects(store.commit(real), HeadMoved);
              else await store.commit(real);
            }
            await ask(store, model);
          } finally {
            store.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });
}
