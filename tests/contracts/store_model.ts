/** A store as plain lists that are searched from end to end: too simple to be wrong. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ObservationQuery } from "../../field/messages.ts";
import type { DeviceId, Hex, Observation } from "../../field/observation.ts";
import {
  type Commit,
  type Head,
  type IndexedObservation,
  newestFirst,
  type Store,
  type StoredBlob,
  type StoredEntry,
} from "../../field/store.ts";
import { idOf, observationAt } from "../fixtures/devices.ts";

const DEVICES = [idOf(0xa1), idOf(0xb2), idOf(0xc3)];
const NOW = 1_800_000_000_000;

/** A commit whose heads are still to be set: see {@link StoreModel.withHeads}. */
export interface LooseCommit {
  readonly feeds: readonly { readonly device: DeviceId; readonly sizes: readonly number[] }[];
  readonly doc: string;
  readonly observations: readonly Observation[];
  readonly blobs: readonly number[];
  readonly wanted: readonly number[];
  readonly settings: Readonly<Record<string, number>>;
}

const device = fc.constantFrom(...DEVICES);

export const anyCommit: fc.Arbitrary<LooseCommit> = fc.record({
  feeds: fc.uniqueArray(
    fc.record({ device, sizes: fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }) }),
    { maxLength: 2, selector: (feed) => feed.device },
  ),
  doc: fc.constantFrom("notes", `obs/${DEVICES[0]}/0`, `obs/${DEVICES[0]}/1`, "models"),
  observations: fc.array(
    fc.record({ device, n: fc.nat(9), open: fc.boolean(), frames: fc.nat(5) }).map(
      // an observation keeps its beginning for ever: `first` follows from its number
      ({ device, n, ...other }) => observationAt(device, NOW + n, { first: NOW + n % 4, ...other }),
    ),
    { maxLength: 4 },
  ),
  blobs: fc.array(fc.nat(5), { maxLength: 2 }),
  wanted: fc.array(fc.nat(5), { maxLength: 3 }),
  settings: fc.dictionary(fc.constantFrom("a", "ab", "b", "peer/1"), fc.nat(9), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
});

export class StoreModel {
  readonly heads: Head[] = [];
  readonly entries: StoredEntry[] = [];
  readonly observations: IndexedObservation[] = [];
  readonly blobs: StoredBlob[] = [];
  readonly wanted: Hex[] = [];
  readonly settings = new Map<string, unknown>();

  /** The commit that continues the feeds as they are; with `stale`, one that is an entry behind. */
  withHeads(loose: LooseCommit, stale: boolean): Commit {
    const heads: { head: Head; after: number }[] = [];
    const entries: StoredEntry[] = [];
    for (const { device, sizes } of loose.feeds) {
      const after = this.#seqOf(device) + (stale ? 1 : 0);
      sizes.forEach((size, i) => {
        entries.push({ device, seq: after + i + 1, doc: loose.doc, bytes: new Uint8Array(size) });
      });
      const seq = after + sizes.length;
      heads.push({ head: { device, seq, hash: new Uint8Array(32).fill(seq) }, after });
    }
    return {
      heads,
      entries,
      observations: loose.observations.map((observation) => ({
        observation,
        seq: this.#seqOf(observation.device),
      })),
      blobs: loose.blobs.map((n) => ({ hash: idOf(n), type: "x", bytes: Uint8Array.of(n) })),
      wanted: loose.wanted.map(idOf),
      settings: loose.settings,
    };
  }

  /** True when it must be refused, and nothing of it is kept. */
  commit(commit: Commit): boolean {
    const heads = commit.heads ?? [];
    if (heads.some(({ head, after }) => this.#seqOf(head.device) !== after)) return true;
    for (const { head } of heads) replace(this.heads, head, (one) => one.device);
    for (const one of commit.entries ?? []) {
      replace(this.entries, one, ({ device, seq }) => `${device} ${seq}`);
    }
    for (const one of commit.observations ?? []) {
      replace(this.observations, one, ({ observation }) => observation.id);
    }
    for (const blob of commit.blobs ?? []) replace(this.blobs, blob, ({ hash }) => hash);
    for (const hash of commit.wanted ?? []) replace(this.wanted, hash, (one) => one);
    const here = this.wanted.filter((hash) => !this.blobs.some((blob) => blob.hash === hash));
    this.wanted.splice(0, Infinity, ...here);
    for (const [key, value] of Object.entries(commit.settings ?? {})) this.settings.set(key, value);
    return false;
  }

  entriesAfter(device: DeviceId, after: number, mostBytes: number): StoredEntry[] {
    const feed = this.entries.filter((one) => one.device === device && one.seq > after)
      .sort((a, b) => a.seq - b.seq);
    return feed.filter((_, i) => {
      const bytes = feed.slice(0, i + 1).reduce((sum, one) => sum + one.bytes.length, 0);
      return i === 0 || bytes <= mostBytes;
    });
  }

  query({ limit, since, before }: ObservationQuery): Observation[] {
    const all = this.observations.map(({ observation }) => observation).sort(newestFirst);
    const start = before === undefined ? 0 : all.findIndex(({ id }) => id === before) + 1;
    if (before !== undefined && start === 0) return [];
    return all.slice(start).filter(({ first }) => since === undefined || first > since)
      .slice(0, limit);
  }

  count(device: DeviceId | undefined, throughSeq: number): number {
    return this.observations.filter(({ observation, seq }) =>
      (device === undefined || observation.device === device) && seq <= throughSeq
    ).length;
  }

  #seqOf(device: DeviceId): number {
    return this.heads.find((head) => head.device === device)?.seq ?? 0;
  }
}

/** Asks a store and the model the same: one of each kind of question, with drawn arguments. */
export const anyQueries = fc.record({
  after: fc.nat(6),
  mostBytes: fc.nat(90),
  limit: fc.integer({ min: 1, max: 12 }),
  since: fc.option(fc.integer({ min: NOW - 1, max: NOW + 4 })),
  before: fc.option(fc.nat(9)),
  throughSeq: fc.nat(6),
  prefix: fc.constantFrom("", "a", "peer/", "obs/", "none"),
}).map((asked) => async (store: Store, model: StoreModel): Promise<void> => {
  const byDevice = (a: { device: string }, b: { device: string }) => a.device < b.device ? -1 : 1;
  assert.deepEqual((await store.heads()).sort(byDevice), model.heads.toSorted(byDevice));
  for (const device of DEVICES) {
    const { after, mostBytes, throughSeq } = asked;
    assert.deepEqual(
      await store.entriesAfter(device, after, mostBytes),
      model.entriesAfter(device, after, mostBytes),
    );
    assert.equal(
      await store.countObservations(device, throughSeq),
      model.count(device, throughSeq),
    );
    const open = model.observations.map(({ observation }) => observation)
      .filter((one) => one.open && one.device === device);
    assert.deepEqual(
      (await store.openObservations(device)).sort(newestFirst),
      open.sort(newestFirst),
    );
  }
  const docs = [...new Set(model.entries.map(({ doc }) => doc))].sort();
  assert.deepEqual(
    await store.docs(asked.prefix),
    docs.filter((doc) => doc.startsWith(asked.prefix)),
  );
  for (const doc of docs) {
    const expected = DEVICES.flatMap((device) => model.entriesAfter(device, 0, Infinity))
      .filter((entry) => entry.doc === doc);
    assert.deepEqual(await store.entriesOf(doc), expected);
  }
  const { limit, since, before } = asked;
  const last = model.query({ limit: 500 }).at((before ?? 0) % (model.observations.length || 1));
  const query: ObservationQuery = {
    limit,
    ...(since === null ? {} : { since }),
    ...(before === null || !last ? {} : { before: last.id }),
  };
  assert.deepEqual(await store.observations(query), model.query(query));
  assert.equal(await store.countObservations(), model.count(undefined, Infinity));
  assert.deepEqual((await store.wanted(99)).sort(), model.wanted.toSorted());
  assert.equal(await store.countWanted(), model.wanted.length);
  for (let n = 0; n < 6; n++) {
    const blob = model.blobs.find(({ hash }) => hash === idOf(n)) ?? null;
    assert.deepEqual(await store.blob(idOf(n)), blob);
  }
  const settings = [...model.settings].filter(([key]) => key.startsWith(asked.prefix));
  assert.deepEqual([...await store.settings(asked.prefix)].sort(), settings.sort());
});

function replace<T>(list: T[], one: T, keyOf: (one: T) => string): void {
  const found = list.findIndex((other) => keyOf(other) === keyOf(one));
  if (found >= 0) list[found] = one;
  else list.push(one);
}
