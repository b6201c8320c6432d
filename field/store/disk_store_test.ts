import assert from "node:assert/strict";
import fc from "fast-check";
import { anyCommit, anyQuestions, StoreModel } from "../../tests/contracts/store_model.ts";
import { storeSuite } from "../../tests/contracts/store_suite.ts";
import {
  blobOf,
  editOf,
  idOf,
  indexed,
  observationAt,
  signerNamed,
} from "../../tests/fixtures/devices.ts";
import { type Bytes, equalBytes } from "../bytes.ts";
import { type Disk, DiskChanged, type Key, type Table } from "./disk.ts";
import { DiskStore } from "./disk_store.ts";
import { NO_ENTRY, signEntry } from "../feed/entry.ts";
import { FieldError } from "../errors.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { type Commit, HeadMoved, type StoredEntry } from "./store.ts";

const [ANN, BOB] = [idOf(0xa1), idOf(0xb2)];
const NOW = 1_800_000_000_000;
const MANY = 300;

storeSuite("DiskStore", () => new DiskStore(new MemoryDisk()));
// so small that every page is full, is split, and has neighbours
storeSuite("DiskStore of 4 a page", () => new DiskStore(new MemoryDisk(), { rowsPerPage: 4 }));

/** A disk with observations of ANN (and their notes) in pages of 32, and a picture. */
async function filledDisk(): Promise<
  { disk: MemoryDisk; all: ReturnType<typeof observationAt>[] }
> {
  const disk = new MemoryDisk();
  const all = Array.from({ length: MANY }, (_, n) => observationAt(ANN, NOW + n));
  await new DiskStore(disk, { rowsPerPage: 32 }).commit({
    heads: [{ head: { device: ANN, seq: 1, hash: new Uint8Array(32) }, after: 0 }],
    entries: [entryOf(1)],
    observations: indexed(1, ...all),
    edits: [editOf(all[0], "star", true)],
    blobs: [blobOf(1), blobOf(2)],
    settings: { one: 1, two: 2 },
    snapshots: { crew: Uint8Array.of(1, 2, 3) },
    quarantine: [{ at: NOW, device: null, seq: null, why: "", bytes: Uint8Array.of(1) }],
  });
  return { disk, all };
}

function entryOf(seq: number): StoredEntry {
  return { device: ANN, seq, doc: "notes", bytes: Uint8Array.of(1, 2, seq) };
}

/** Flips a bit of a row. */
async function damage(disk: Disk, table: Table, key: Key, at = -1): Promise<void> {
  const value = await disk.get(table, key);
  if (!value) {
    throw new Error(`Cannot damage ${table} ${JSON.stringify(key)}: there is no such row`);
  }
  value[(at + value.length) % value.length] ^= 4;
  await disk.write({ puts: [{ table, key, value }] });
}

function opened(disk: Disk): { store: DiskStore; damages: string[] } {
  const store = new DiskStore(disk, { rowsPerPage: 32 });
  const damages: string[] = [];
  store.onDamage = (what) => damages.push(what);
  return { store, damages };
}

async function pageKeys(disk: Disk): Promise<Key[]> {
  return await disk.keys("pages", { prefix: [ANN] });
}

Deno.test("DiskStore skips a damaged page, says so once, and the rest is there", async () => {
  for (const at of [0, 4, 9, 200, -1]) {
    const { disk, all } = await filledDisk();
    const key = (await pageKeys(disk))[3];
    await damage(disk, "pages", key, at);
    const { store, damages } = opened(disk);
    const found = await store.observations({ limit: 500 });
    const rest = all.filter((_, n) => n < 96 || n >= 128).map(({ id }) => id).reverse();
    assert.deepEqual(found.map(({ id }) => id), rest);
    assert.equal(await store.observation(all[100].id), null);
    assert.deepEqual(damages, ["index"]);
  }
});

Deno.test("DiskStore reads a page whose summary is damaged", async () => {
  const { disk } = await filledDisk();
  const [, begin] = (await pageKeys(disk))[3];
  await damage(disk, "pages", ["summary", ANN, begin]);
  const { store, damages } = opened(disk);
  assert.equal((await store.observations({ limit: 500 })).length, MANY);
  assert.equal(await store.countObservations(), MANY);
  assert.deepEqual(damages, []);
});

Deno.test("DiskStore leaves out a page that is damaged with its summary, and says so", async () => {
  const { disk } = await filledDisk();
  const key = (await pageKeys(disk))[3];
  await damage(disk, "pages", key);
  await damage(disk, "pages", ["summary", ...key]);
  const { store, damages } = opened(disk);
  assert.equal((await store.facets()).devices[0].count, MANY - 32);
  assert.equal(await store.countObservations(), MANY - 32);
  assert.deepEqual(damages, ["index"]);
});

Deno.test("DiskStore says that the index is not whole once it wrote over a damaged page", async () => {
  const { disk, all } = await filledDisk();
  await damage(disk, "pages", (await pageKeys(disk))[3]);
  const { store, damages } = opened(disk);
  assert.equal(await store.indexIsWhole(), true);
  await store.commit({ observations: indexed(2, all[100]) });
  assert.equal(await store.indexIsWhole(), false);
  assert.deepEqual(damages, ["index"]);
  assert.equal(await store.countObservations(), MANY - 31);
  assert.deepEqual(await store.observation(all[100].id), all[100]);
});

Deno.test("DiskStore takes an index whose root is damaged or of another version for none", async () => {
  const { disk, all } = await filledDisk();
  await damage(disk, "pages", ["index"]);
  const { store, damages } = opened(disk);
  assert.equal(await store.indexIsWhole(), false);
  assert.deepEqual(await store.observations({ limit: 9 }), []);
  assert.ok(damages.includes("index"));
  await store.commit({ clearIndex: true, indexIsWhole: false });
  await store.commit({ observations: indexed(1, ...all), indexIsWhole: true });
  for (const one of [store, opened(disk).store]) {
    assert.equal(await one.indexIsWhole(), true);
    assert.equal((await one.observations({ limit: 500 })).length, MANY);
  }
});

Deno.test("DiskStore begins the index anew when it writes beside a root it cannot read", async () => {
  const { disk, all } = await filledDisk();
  await damage(disk, "pages", ["index"]);
  const { store } = opened(disk);
  await store.commit({ observations: indexed(2, all[7]) });
  assert.equal(await store.countObservations(), 1);
  assert.equal(await store.indexIsWhole(), false);
  assert.equal((await disk.keys("pages", {})).length, 3);
});

Deno.test("DiskStore is not whole where there are feeds and no index", async () => {
  const { disk } = await filledDisk();
  await disk.write({ clear: ["pages"] });
  const { store, damages } = opened(disk);
  assert.equal(await store.indexIsWhole(), false);
  await store.commit({ observations: indexed(2, observationAt(ANN, NOW)) });
  assert.equal(await store.indexIsWhole(), false);
  assert.deepEqual(damages, []);
});

Deno.test("DiskStore takes damaged settings, media and quarantine for absent, tells of snapshots and edits", async () => {
  const { disk, all } = await filledDisk();
  await damage(disk, "settings", ["one"]);
  await damage(disk, "media", [idOf(1)]);
  await damage(disk, "snapshots", ["crew"]);
  await damage(disk, "quarantine", (await disk.keys("quarantine", {}))[0]);
  await damage(disk, "edits", (await disk.keys("edits", {}))[0]);
  const { store, damages } = opened(disk);
  assert.equal(await store.setting("one"), undefined);
  assert.deepEqual([...await store.settings("")], [["two", 2]]);
  assert.equal(await store.media(idOf(1)), null);
  assert.deepEqual((await store.mediaAfter(null, 1)).map(({ hash }) => hash), [idOf(2)]);
  assert.deepEqual((await store.blob(idOf(1)))?.bytes, blobOf(1).bytes);
  assert.deepEqual(await store.quarantine(), []);
  assert.deepEqual(damages, []);
  assert.equal(await store.snapshot("crew"), null);
  assert.deepEqual(await store.edits(all[0].id), []);
  assert.deepEqual(damages, ["snapshot", "index"]);
  assert.deepEqual((await store.observation(all[0].id))?.notes?.star, true);
});

Deno.test("DiskStore counts media anew when a row or the totals were damaged", async () => {
  const { disk } = await filledDisk();
  await damage(disk, "media", [idOf(1)]);
  const { store } = opened(disk);
  await store.media(idOf(1));
  assert.equal((await store.mediaTotals()).here, 1);
  await store.commit({ blobs: [blobOf(1), blobOf(3)] });
  assert.equal((await store.mediaTotals()).here, 3);
  await damage(disk, "media", ["totals"]);
  assert.equal((await opened(disk).store.mediaTotals()).hereBytes, 9);
  await store.commit({ copies: [{ hash: idOf(1), device: BOB }] });
  assert.equal((await opened(disk).store.mediaTotals()).onlyHere, 2);
});

Deno.test("DiskStore gives a damaged entry as it is", async () => {
  const disk = new MemoryDisk();
  const { store } = opened(disk);
  await store.commit({ entries: [1, 2, 3].map(entryOf) });
  await damage(disk, "entries", [ANN, 1]);
  await disk.write({ puts: [{ table: "entries", key: [ANN, 2], value: Uint8Array.of(9) }] });
  const found = await store.entriesAfter(ANN, 0, 1e6);
  assert.deepEqual(found, [
    { ...entryOf(1), bytes: Uint8Array.of(1, 2, 1 ^ 4) },
    { ...entryOf(2), doc: "", bytes: Uint8Array.of(9) },
    entryOf(3),
  ]);
});

Deno.test("DiskStore tells a damaged head from the feed's last entry, or does not go on", async () => {
  const signer = await signerNamed("ann");
  const doc = `device/${signer.id}`;
  const entry = { device: signer.id, seq: 1, prev: NO_ENTRY, at: 1, doc, change: Uint8Array.of(1) };
  const signed = await signEntry(entry, signer);
  const disk = new MemoryDisk();
  const { store } = opened(disk);
  const head = { device: signer.id, seq: 1, hash: signed.hash };
  await store.commit({ entries: [signed], heads: [{ head, after: 0 }] });
  await damage(disk, "heads", [signer.id]);
  assert.deepEqual(await store.heads(), [head]);
  const next = { ...head, seq: 2 };
  await assert.rejects(store.commit({ heads: [{ head: next, after: 0 }] }), HeadMoved);
  await damage(disk, "entries", [signer.id, 1], -20);
  const isFailure = (error: unknown) =>
    error instanceof FieldError && error.code === "storage-failed";
  await assert.rejects(store.heads(), isFailure);
  await assert.rejects(store.commit({ heads: [{ head: next, after: 0 }] }), isFailure);
});

Deno.test("DiskStore sees at once what another store on the disk wrote, and writes on from there", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyCommit, fc.boolean(), fc.boolean()), { minLength: 2, maxLength: 10 }),
      anyQuestions,
      async (steps, ask) => {
        const disk = new MemoryDisk();
        const stores = [0, 1].map(() => new DiskStore(disk, { rowsPerPage: 3 }));
        const model = new StoreModel();
        for (const [loose, isSecond, asks] of steps) {
          const commit = model.withHeads(loose, false);
          await stores[isSecond ? 1 : 0].commit(commit);
          model.commit(commit);
          if (asks) await ask(stores[isSecond ? 0 : 1], model);
        }
        for (const store of stores) await ask(store, model);
      },
    ),
    { numRuns: 40 },
  );
});

const SIDES: Record<string, (n: number) => Commit> = {
  observations: (n) => ({ observations: indexed(1, observationAt(ANN, NOW + (n * 17) % 60)) }),
  edits: (n) => ({ edits: [editOf(observationAt(ANN, NOW), "comment", "said", { counter: n })] }),
  blobs: (n) => ({ blobs: [blobOf(n)] }),
  quarantine: (n) => ({
    quarantine: [{ at: NOW, device: ANN, seq: n, why: "x", bytes: Uint8Array.of(n) }],
  }),
};

for (const [what, commitOf] of Object.entries(SIDES)) {
  Deno.test(`DiskStore loses no ${what} when two of them commit at the same time`, async () => {
    const disk = new MemoryDisk();
    const stores = [0, 1].map(() => new DiskStore(disk, { rowsPerPage: 8 }));
    for (let n = 0; n < 60; n += 2) {
      await Promise.all(stores.map((store, i) => store.commit(commitOf(n + i))));
    }
    for (const store of stores) {
      const found = {
        observations: (await store.observations({ limit: 500 })).length,
        edits: (await store.edits(observationAt(ANN, NOW).id)).length,
        blobs: (await store.mediaTotals()).here,
        quarantine: (await store.quarantine()).length,
      };
      assert.deepEqual(found, { observations: 0, edits: 0, blobs: 0, quarantine: 0, [what]: 60 });
    }
  });
}

Deno.test("DiskStore lets one of two that continue a feed at the same time through", async () => {
  const disk = new MemoryDisk();
  const head = { device: ANN, seq: 1, hash: new Uint8Array(32) };
  const first = { heads: [{ head, after: 0 }], entries: [entryOf(1)] };
  await new DiskStore(disk).commit(first);
  const next = { heads: [{ head: { ...head, seq: 2 }, after: 1 }], entries: [entryOf(2)] };
  const results = await Promise.allSettled([0, 1].map(() => new DiskStore(disk).commit(next)));
  const failures = results.flatMap((one) => one.status === "rejected" ? [one.reason] : []);
  assert.equal(failures.length, 1);
  assert.ok(failures[0] instanceof HeadMoved);
});

/** A disk that lets another worker do something before a page is read. */
class SlowDisk extends MemoryDisk {
  before: (() => Promise<void>) | null = null;

  override async get(table: Table, key: Key): Promise<Bytes | null> {
    if (table === "pages" && key[0] === ANN) await this.before?.();
    return await super.get(table, key);
  }
}

Deno.test("DiskStore answers from one moment when another worker writes while it reads", async () => {
  const disk = new SlowDisk();
  const other = new DiskStore(disk, { rowsPerPage: 4 });
  const at = (n: number) => observationAt(ANN, NOW + 100 * n);
  await other.commit({ observations: indexed(1, ...Array.from({ length: 20 }, (_, n) => at(n))) });
  let writes = 0;
  for (const [limit, ask] of [[500, {}], [3, {}], [5, { text: "person" }]] as const) {
    const last = writes + 3;
    const meanwhile = async () => {
      disk.before = null; // it reads pages too
      writes++;
      // in the middle of pages that are read first, and of those that are read last: they are split
      const between = [0, 9, 18].map((n) => observationAt(ANN, NOW + 100 * n + writes));
      await other.commit({ observations: indexed(2, ...between) });
      disk.before = writes < last ? meanwhile : null;
    };
    disk.before = meanwhile;
    const store = new DiskStore(disk, { rowsPerPage: 4 });
    const found = await store.observations({ limit, ...ask });
    assert.equal(writes, last);
    const expected = await new DiskStore(disk, { rowsPerPage: 4 }).observations({ limit, ...ask });
    assert.deepEqual(found, expected);
  }
});

/** A disk on which another worker is always faster. */
class OvertakenDisk extends MemoryDisk {
  writes = 0;

  override write(): Promise<void> {
    this.writes++;
    return Promise.reject(new DiskChanged("pages", ["index"]));
  }
}

Deno.test("DiskStore gives up, and says so, when another worker is always faster", async () => {
  const disk = new OvertakenDisk();
  const store = new DiskStore(disk);
  await assert.rejects(
    store.commit({ observations: indexed(1, observationAt(ANN, NOW)) }),
    (error) => error instanceof FieldError && error.code === "storage-failed",
  );
  assert.equal(disk.writes, 5);
});

/** Counts reads and writes. */
class WatchedDisk extends MemoryDisk {
  reads: Key[] = [];
  readonly writes: Parameters<Disk["write"]>[0][] = [];

  override get(table: Table, key: Key): Promise<Bytes | null> {
    this.reads.push([table, ...key]);
    return super.get(table, key);
  }

  override write(write: Parameters<Disk["write"]>[0]): Promise<void> {
    this.writes.push(write);
    return super.write(write);
  }
}

async function watched(): Promise<{ disk: WatchedDisk; store: DiskStore }> {
  const disk = new WatchedDisk();
  const all = Array.from({ length: 1000 }, (_, n) =>
    observationAt(ANN, NOW + n, {
      label: n === 321 ? "lynx" : "cat",
      place: { latitude: n / 100, longitude: 7, accuracyM: 1 },
    }));
  const store = new DiskStore(disk, { rowsPerPage: 10 });
  for (let n = 0; n < 1000; n += 100) {
    await store.commit({ observations: indexed(n + 1, ...all.slice(n, n + 100)) });
  }
  disk.reads = [];
  return { disk, store: new DiskStore(disk, { rowsPerPage: 10 }) };
}

Deno.test("DiskStore reads only the pages that a query or a count needs", async () => {
  const { disk, store } = await watched();
  const pagesRead = async (work: () => Promise<unknown>) => {
    disk.reads = [];
    await work();
    return disk.reads.filter(([, first]) => first === ANN).length;
  };
  assert.equal(await pagesRead(() => store.countObservations()), 0);
  assert.equal(await pagesRead(() => store.facets()), 0);
  assert.equal(await pagesRead(() => store.countObservations(ANN, 400)), 0);
  assert.equal(await pagesRead(() => store.openObservations(ANN)), 0);
  assert.equal(await pagesRead(() => store.observations({ limit: 5 })), 1);
  assert.equal(await pagesRead(() => store.observations({ limit: 5, classes: ["lynx"] })), 1);
  assert.equal(await pagesRead(() => store.observations({ limit: 5, text: "lyn" })), 0);
  assert.equal(await pagesRead(() => store.observations({ limit: 5, text: "nothing" })), 0);
  assert.equal(await pagesRead(() => store.observations({ limit: 5, devices: [BOB] })), 0);
  const within = { west: 6, east: 8, south: 4.501, north: 4.509 };
  assert.equal(await pagesRead(() => store.observations({ limit: 5, within })), 1);
  assert.ok(await pagesRead(() => store.observations({ limit: 15, until: NOW + 600 })) <= 3);
});

Deno.test("DiskStore writes a commit in one go, strictly when it has entries or is told to", async () => {
  const disk = new WatchedDisk();
  const store = new DiskStore(disk);
  await store.commit({
    observations: indexed(1, observationAt(ANN, NOW)),
    settings: { a: 1 },
    blobs: [blobOf(1)],
  });
  await store.commit({ settings: { a: 2 }, strict: true });
  await store.commit({ entries: [entryOf(1)] });
  await store.commit({});
  assert.deepEqual(disk.writes.map(({ strict }) => strict), [false, true, true]);
});

Deno.test("DiskStore writes only the pages that observations go into", async () => {
  const { disk, store } = await watched();
  disk.writes.length = 0;
  const before = await disk.rows("pages", { prefix: [ANN] });
  await store.commit({
    observations: indexed(2000, observationAt(ANN, NOW + 555, { label: "ape" })),
  });
  const after = await disk.rows("pages", { prefix: [ANN] });
  const changed = after.filter(({ value }, i) => !equalBytes(value, before[i].value));
  assert.deepEqual(changed.map(({ key }) => key), [[ANN, NOW + 550]]);
  assert.equal(disk.writes[0].puts?.length, 3);
});
