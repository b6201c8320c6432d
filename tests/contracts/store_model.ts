/** A store as plain lists that are searched from end to end: too simple to be wrong. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Media, MediaTotals } from "../../field/media.ts";
import { notesOf, type StoredEdit } from "../../field/notes.ts";
import {
  classOf,
  type DeviceId,
  type Hex,
  type NotedObservation,
  type Observation,
} from "../../field/observation.ts";
import type { Facets, ObservationQuery } from "../../field/store/query.ts";
import {
  type Commit,
  type Head,
  type IndexedObservation,
  newestFirst,
  type Store,
  type StoredBlob,
  type StoredEntry,
} from "../../field/store/store.ts";
import { editOf, idOf, observationAt } from "../fixtures/devices.ts";

const DEVICES = [idOf(0xa1), idOf(0xb2), idOf(0xc3)];
const NOW = 1_800_000_000_000;
/** A row on disk is longer than its entry by at most this: the document's name. */
const MOST_BESIDE_ENTRY = 170;

/** A commit whose heads are still to be set: see {@link StoreModel.withHeads}. */
export interface LooseCommit {
  readonly feeds: readonly { readonly device: DeviceId; readonly sizes: readonly number[] }[];
  readonly doc: string;
  readonly clear: boolean;
  readonly observations: readonly Observation[];
  readonly edits: readonly StoredEdit[];
  readonly blobs: readonly number[];
  readonly wanted: readonly number[];
  readonly copies: readonly (readonly [number, DeviceId])[];
  readonly thin: readonly number[];
  readonly at: number;
  readonly settings: Readonly<Record<string, number>>;
}

const device = fc.constantFrom(...DEVICES);
const label = fc.constantFrom("cat", "dog", "Red fox", "Füchsin");

const anyObservation = fc.record({
  device,
  n: fc.nat(40),
  label,
  open: fc.boolean(),
  frames: fc.nat(5),
  source: fc.constantFrom("Rear camera", "Caméra 2"),
  place: fc.option(fc.record({
    latitude: fc.integer({ min: -2, max: 2 }),
    longitude: fc.constantFrom(-179.5, -1, 0, 1, 179.25),
    accuracyM: fc.nat(9),
  })),
}).map(({ device, n, place, ...other }) =>
  // an observation keeps its beginning for ever: `first` follows from its number
  observationAt(device, NOW + n, {
    first: NOW + n % 13,
    ...other,
    ...(place ? { place: { ...place, latitude: place.latitude + 0 } } : {}),
  })
);

const anyEdit = fc.record({
  device,
  n: fc.nat(40),
  by: device,
  counter: fc.integer({ min: 1, max: 3 }),
  said: fc.oneof(
    fc.record({
      field: fc.constantFrom<"star" | "wrong" | `label/${string}`>("star", "wrong", "label/Élan"),
      value: fc.boolean(),
    }),
    fc.record({
      field: fc.constantFrom<"class" | "comment">("class", "comment"),
      value: fc.option(fc.constantFrom("dog", "elk calf", "by the river")),
    }),
  ),
}).map(({ device, n, by, counter, said }) =>
  // one author says one thing with one counter
  editOf(observationAt(device, NOW + n), said.field, said.value, { by, counter, at: NOW })
);

export const anyCommit: fc.Arbitrary<LooseCommit> = fc.record({
  feeds: fc.uniqueArray(
    fc.record({ device, sizes: fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }) }),
    { maxLength: 2, selector: (feed) => feed.device },
  ),
  doc: fc.constantFrom("notes", `obs/${DEVICES[0]}/0`, `obs/${DEVICES[0]}/1`, "models"),
  clear: fc.nat(15).map((n) => n === 0),
  observations: fc.array(anyObservation, { maxLength: 25 }),
  edits: fc.array(anyEdit, { maxLength: 4 }),
  blobs: fc.array(fc.nat(5), { maxLength: 2 }),
  wanted: fc.array(fc.nat(5), { maxLength: 3 }),
  copies: fc.array(fc.tuple(fc.nat(5), device), { maxLength: 2 }),
  thin: fc.array(fc.nat(5), { maxLength: 1 }),
  at: fc.nat(99),
  settings: fc.dictionary(fc.constantFrom("a", "ab", "b", "peer/1"), fc.nat(9), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
});

export class StoreModel {
  readonly heads: Head[] = [];
  readonly entries: StoredEntry[] = [];
  readonly indexed: IndexedObservation[] = [];
  readonly said: StoredEdit[] = [];
  readonly blobs: StoredBlob[] = [];
  readonly media: Media[] = [];
  readonly copies = new Set<string>();
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
      clearIndex: loose.clear,
      edits: loose.edits,
      blobs: loose.blobs.map((n) => ({ hash: idOf(n), type: "x", bytes: new Uint8Array(n) })),
      wanted: loose.wanted.map(idOf),
      copies: loose.copies.map(([n, device]) => ({ hash: idOf(n), device })),
      thin: loose.thin.map(idOf),
      at: loose.at,
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
    if (commit.clearIndex) this.indexed.length = this.said.length = 0;
    for (const one of commit.observations ?? []) {
      replace(this.indexed, one, ({ observation }) => observation.id);
    }
    for (const edit of commit.edits ?? []) {
      if (!this.said.some((one) => nameOf(one) === nameOf(edit))) this.said.push(edit);
    }
    this.#commitMedia(commit);
    for (const [key, value] of Object.entries(commit.settings ?? {})) this.settings.set(key, value);
    return false;
  }

  #commitMedia({ blobs = [], wanted = [], copies = [], thin = [], at = 0 }: Commit): void {
    for (const blob of blobs) {
      const { hash, type, bytes } = blob;
      replace(this.blobs, blob, ({ hash }) => hash);
      if (this.#media(hash)?.state === "here") continue;
      const media: Media = { hash, type, size: bytes.length, at, state: "here", copies: [] };
      replace(this.media, media, ({ hash }) => hash);
    }
    for (const hash of wanted) {
      if (this.#media(hash)) continue;
      this.media.push({ hash, type: "", size: 0, at: 0, state: "wanted", copies: [] });
    }
    for (const { hash, device } of copies) this.copies.add(`${hash} ${device}`);
    for (const hash of thin) {
      const media = this.#media(hash);
      if (media?.state !== "here") continue;
      replace(this.media, { ...media, state: "thinned", thinnedAt: at }, ({ hash }) => hash);
      this.blobs.splice(this.blobs.findIndex((blob) => blob.hash === hash), 1);
    }
  }

  feed(device: DeviceId): StoredEntry[] {
    return this.entries.filter((one) => one.device === device).sort((a, b) => a.seq - b.seq);
  }

  noted(): NotedObservation[] {
    return this.indexed.map(({ observation }) => {
      const notes = notesOf(this.edits(observation.id));
      return notes ? { ...observation, notes } : observation;
    }).sort(newestFirst);
  }

  edits(observation: string): StoredEdit[] {
    return this.said.filter((edit) => edit.observation === observation)
      .sort((a, b) =>
        a.counter - b.counter || (a.by < b.by ? -1 : a.by > b.by ? 1 : a.at - b.at) ||
        (a.field < b.field ? -1 : 1)
      );
  }

  query(query: ObservationQuery): NotedObservation[] {
    const all = this.noted();
    const { before, limit } = query;
    const start = before === undefined ? 0 : all.findIndex(({ id }) => id === before) + 1;
    if (before !== undefined && start === 0) return [];
    return all.slice(start).filter((one) => isAskedFor(one, query)).slice(0, limit);
  }

  count(device: DeviceId | undefined, throughSeq: number): number {
    return this.indexed.filter(({ observation, seq }) =>
      (device === undefined || observation.device === device) && seq <= throughSeq
    ).length;
  }

  facets(): Facets {
    const all = this.noted();
    const firsts = all.map(({ first }) => first);
    return {
      classes: counted(all.map(classOf)).map(([name, count]) => ({ name, count })),
      devices: counted(all.map((one) => one.device)).map(([device, count]) => ({ device, count })),
      from: all.length ? Math.min(...firsts) : null,
      to: all.length ? Math.max(...firsts) : null,
    };
  }

  allMedia(): Media[] {
    return this.media.map((media) => ({
      ...media,
      copies: DEVICES.filter((device) => this.copies.has(`${media.hash} ${device}`)),
    })).sort((a, b) => a.hash < b.hash ? -1 : 1);
  }

  totals(): MediaTotals {
    const all = this.allMedia();
    const here = all.filter(({ state }) => state === "here");
    const onlyHere = here.filter(({ copies }) => copies.length === 0);
    const sum = (some: readonly Media[]) => some.reduce((bytes, { size }) => bytes + size, 0);
    return {
      here: here.length,
      hereBytes: sum(here),
      onlyHere: onlyHere.length,
      onlyHereBytes: sum(onlyHere),
      wanted: all.filter(({ state }) => state === "wanted").length,
      thinned: all.filter(({ state }) => state === "thinned").length,
    };
  }

  #media(hash: Hex): Media | undefined {
    return this.media.find((media) => media.hash === hash);
  }

  #seqOf(device: DeviceId): number {
    return this.heads.find((head) => head.device === device)?.seq ?? 0;
  }
}

function isAskedFor(one: NotedObservation, query: ObservationQuery): boolean {
  if (one.first <= (query.since ?? -Infinity) || one.first >= (query.until ?? Infinity)) {
    return false;
  }
  if (query.classes && !query.classes.includes(classOf(one))) return false;
  if (query.devices && !query.devices.includes(one.device)) return false;
  if (query.starred && !one.notes?.star || query.withoutWrong && one.notes?.wrong) return false;
  if (query.within) {
    const { west, south, east, north } = query.within;
    if (!one.place || one.place.latitude < south || one.place.latitude > north) return false;
    const [isEast, isWest] = [one.place.longitude >= west, one.place.longitude <= east];
    if (west <= east ? !(isEast && isWest) : !(isEast || isWest)) return false;
  }
  const texts = [one.label, one.source, one.notes?.class ?? "", one.notes?.comment ?? ""];
  const words = [...texts, ...one.notes?.labels ?? []].flatMap(plainWords);
  return plainWords(query.text ?? "").every((asked) =>
    words.some((word) => word.startsWith(asked))
  );
}

/** Enough for the words that are drawn here. */
function plainWords(text: string): string[] {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().split(" ")
    .filter((word) => word !== "");
}

function counted(names: readonly string[]): [string, number][] {
  return [...new Set(names)]
    .map((name): [string, number] => [name, names.filter((one) => one === name).length])
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

const anyConditions = fc.record({
  since: fc.integer({ min: NOW - 1, max: NOW + 14 }),
  until: fc.integer({ min: NOW - 1, max: NOW + 14 }),
  classes: fc.uniqueArray(fc.oneof(label, fc.constant("elk calf")), { maxLength: 2 }),
  devices: fc.uniqueArray(device, { maxLength: 2 }),
  within: fc.record({
    west: fc.constantFrom(-180, -1, 0.5, 179),
    east: fc.constantFrom(-179, 0, 1, 180),
    south: fc.constantFrom(-90, -1, 1),
    north: fc.constantFrom(90, 0, 1),
  }),
  text: fc.constantFrom("", "fuch", "RED fo", "camera", "élan", "riv by", "nothing", "cat rear"),
  starred: fc.boolean(),
  withoutWrong: fc.boolean(),
}, { requiredKeys: [] });

/** Asks a store and the model the same: one of each kind of question, with drawn arguments. */
export const anyQuestions = fc.record({
  after: fc.nat(6),
  mostBytes: fc.nat(500),
  limit: fc.integer({ min: 1, max: 60 }),
  conditions: fc.array(anyConditions, { minLength: 3, maxLength: 3 }),
  before: fc.option(fc.nat(80)),
  throughSeq: fc.nat(6),
  prefix: fc.constantFrom("", "a", "peer/", "obs/", "none"),
}).map((asked) => async (store: Store, model: StoreModel): Promise<void> => {
  const { after, mostBytes, throughSeq, limit, before, prefix } = asked;
  await askFeeds(store, model, { after, mostBytes, prefix });
  await askCounts(store, model, throughSeq);
  await askMedia(store, model, limit);
  const all = model.query({ limit: 500 });
  const last = before === null ? undefined : all[before % (all.length || 1)];
  for (const conditions of [{}, ...asked.conditions]) {
    const query = { limit, ...conditions, ...(last ? { before: last.id } : {}) };
    assert.deepEqual(await store.observations(query), model.query(query), JSON.stringify(query));
  }
  for (const one of all.slice(0, 5)) {
    assert.deepEqual(await store.observation(one.id), one);
    assert.deepEqual(await store.edits(one.id), model.edits(one.id));
  }
  const settings = [...model.settings].filter(([key]) => key.startsWith(prefix));
  assert.deepEqual([...await store.settings(prefix)].sort(), settings.sort());
});

async function askFeeds(
  store: Store,
  model: StoreModel,
  { after, mostBytes, prefix }: { after: number; mostBytes: number; prefix: string },
): Promise<void> {
  const byDevice = (a: { device: string }, b: { device: string }) => a.device < b.device ? -1 : 1;
  assert.deepEqual((await store.heads()).sort(byDevice), model.heads.toSorted(byDevice));
  for (const device of DEVICES) {
    const feed = model.feed(device).filter(({ seq }) => seq > after);
    const taken = await store.entriesAfter(device, after, mostBytes);
    assert.deepEqual(taken, feed.slice(0, taken.length));
    const bytes = taken.reduce((sum, one) => sum + one.bytes.length, 0);
    assert.ok(taken.length <= 1 || bytes <= mostBytes);
    assert.ok(taken.length > 0 || feed.length === 0);
    const next = feed.at(taken.length)?.bytes.length ?? Infinity;
    assert.ok(bytes + next + MOST_BESIDE_ENTRY * (taken.length + 1) > mostBytes);
  }
  const docs = [...new Set(model.entries.map(({ doc }) => doc))].sort();
  assert.deepEqual(await store.docs(prefix), docs.filter((doc) => doc.startsWith(prefix)));
  for (const doc of docs) {
    const entries = DEVICES.flatMap((device) => model.feed(device)).filter((one) =>
      one.doc === doc
    );
    assert.deepEqual(await store.entriesOf(doc), entries);
  }
}

async function askCounts(store: Store, model: StoreModel, throughSeq: number): Promise<void> {
  assert.equal(await store.countObservations(), model.count(undefined, Infinity));
  assert.deepEqual(await store.facets(), model.facets());
  for (const device of DEVICES) {
    const counted = await store.countObservations(device, throughSeq);
    assert.equal(counted, model.count(device, throughSeq));
    const open = model.indexed.map(({ observation }) => observation)
      .filter((one) => one.open && one.device === device);
    const found = await store.openObservations(device);
    assert.deepEqual(found.sort(newestFirst), open.sort(newestFirst));
  }
}

async function askMedia(store: Store, model: StoreModel, limit: number): Promise<void> {
  const all = model.allMedia();
  const wanted = all.filter(({ state }) => state === "wanted").map(({ hash }) => hash);
  assert.deepEqual(await store.wanted(99), wanted);
  for (const after of wanted) {
    assert.deepEqual(await store.wanted(99, after), wanted.filter((hash) => hash > after));
  }
  assert.equal(await store.countWanted(), wanted.length);
  assert.deepEqual(await store.mediaTotals(), model.totals());
  assert.deepEqual(await store.mediaAfter(null, limit), all.slice(0, limit));
  for (let n = 0; n < 6; n++) {
    const blob = model.blobs.find(({ hash }) => hash === idOf(n)) ?? null;
    assert.deepEqual(await store.blob(idOf(n)), blob);
    assert.deepEqual(await store.media(idOf(n)), all.find(({ hash }) => hash === idOf(n)) ?? null);
  }
}

function nameOf({ observation, field, counter, by }: StoredEdit): string {
  return JSON.stringify([observation, field, counter, by]);
}

function replace<T>(list: T[], one: T, keyOf: (one: T) => string): void {
  const found = list.findIndex((other) => keyOf(other) === keyOf(one));
  if (found >= 0) list[found] = one;
  else list.push(one);
}
