import assert from "node:assert/strict";
import {
  annsStore,
  BUNDLE_NOW,
  bundleOf,
  feedOf,
  type Kept,
  openKept,
  pictureOf,
  restoreInto,
  sightings,
} from "../../tests/fixtures/bundles.ts";
import { keysNamed, signerNamed } from "../../tests/fixtures/devices.ts";
import { type Bytes, joinBytes } from "../bytes.ts";
import { observationsDoc } from "../feed/doc_name.ts";
import { openDocument, putRecords } from "../feed/documents.ts";
import { type Entry, parseEntry, signEntry } from "../feed/entry.ts";
import { FieldError } from "../errors.ts";
import { MemoryStore } from "../store/memory_store.ts";
import type { RestoreReport } from "../messages.ts";
import type { Commit } from "../store/store.ts";
import { BUNDLE_HEAD, type BundleRecord, encodeRecord } from "./bundle_format.ts";
import { BundleReader } from "./bundle_reader.ts";
import { bundleName, bundleParts } from "./bundle_writer.ts";
import { BundleRestore } from "./restore_bundle.ts";

const GOOD = { faults: [], moreFaults: 0, whole: true };

/** What a user sees of it. */
async function shown({ store, replica }: Kept) {
  const observations = await store.observations({ limit: 500 });
  return {
    observations,
    edits: await Promise.all(observations.map(({ id }) => store.edits(id))),
    crew: replica.crew,
    names: (await store.heads()).map(({ device }) => replica.nameOf(device)),
    wanted: await store.countWanted(),
  };
}

interface Found {
  readonly record: BundleRecord;
  readonly at: number;
  readonly end: number;
}

function recordsOf(bundle: Uint8Array): Found[] {
  const found: Found[] = [];
  for (const item of new BundleReader().push(bundle)) {
    if (item.kind !== "record") continue;
    found.push({ record: item.record, at: item.at, end: item.at + item.frame.length });
  }
  return found;
}

/** Where the entry of a device stands in a bundle. */
async function placeOf(bundle: Uint8Array, name: string, seq: number): Promise<Found> {
  const { id } = await keysNamed(name);
  for (const found of recordsOf(bundle)) {
    const entry = found.record.kind === "entry" ? await parseEntry(found.record.bytes) : null;
    if (entry?.device === id && entry.seq === seq) return found;
  }
  throw new Error(`The test's bundle has no entry ${seq} of ${name}`);
}

function damagedAt(bundle: Uint8Array, at: number): Bytes {
  const copy = new Uint8Array(bundle);
  copy[at] ^= 1;
  return copy;
}

/** An entry of a made-up device that is right in all but what the test says. */
async function entryOf(name: string, seq: number, prev: Bytes, put: Partial<Entry> = {}) {
  const signer = await signerNamed(name);
  const record = { key: `${seq}`, value: Uint8Array.of(0xf6) };
  const { change } = putRecords(openDocument(signer.id, []), [record], BUNDLE_NOW + seq);
  const doc = observationsDoc(signer.id, 0);
  const at = (BUNDLE_NOW + seq) * 1024;
  return await signEntry({ device: signer.id, seq, prev, at, doc, change, ...put }, signer);
}

Deno.test("a bundle, restored into an empty device and made again there, is the same bytes", async () => {
  const ann = await annsStore();
  const bundle = await bundleOf(ann.store);
  const cy = await openKept("cy");
  const report = await restoreInto(cy, bundle);
  assert.deepEqual(report, {
    ...GOOD,
    ...{ bytes: bundle.length, added: 14, known: 0, refused: 0, media: 2 },
  });
  assert.deepEqual(await bundleOf(cy.store), bundle);
  const [here, there] = [await shown(cy), await shown(ann)];
  assert.equal(there.wanted, 1);
  // Ann thinned a picture; Cy never had it, and would like to
  assert.deepEqual(here, { ...there, wanted: 2 });
});

Deno.test("bundleParts() gives the same bytes in whatever order the records came", async () => {
  const [ann, cy] = [await annsStore(), await openKept("cy")];
  await cy.replica.follow(ann.replica.id);
  const heads = await ann.store.heads();
  for (const { device } of heads.toReversed()) {
    const entries = await ann.store.entriesAfter(device, 0, Number.MAX_SAFE_INTEGER);
    for (const { bytes } of entries) await cy.replica.restore([bytes]);
  }
  for (const { hash } of (await ann.store.mediaAfter(null, 100)).toReversed()) {
    const blob = await ann.store.blob(hash);
    if (blob) await cy.store.commit({ blobs: [blob], at: 1 });
  }
  assert.deepEqual(await bundleOf(cy.store), await bundleOf(ann.store));
});

Deno.test("bundleParts() gives parts of at most 256 KB in buffers of their own, and tells how far it is", async () => {
  const { store } = await annsStore();
  const parts = [];
  for await (const part of bundleParts(store, await store.heads())) parts.push(part);
  assert.ok(parts.length > 1);
  assert.equal(new Set(parts.map(({ bytes }) => bytes.buffer)).size, parts.length);
  assert.ok(parts.every(({ bytes }) => bytes.length <= 256 * 1024));
  const last = parts[parts.length - 1];
  assert.deepEqual([last.done, last.total, last.missingMedia], [16, 16, 2]);
  const steps = parts.map(({ done }) => done);
  assert.deepEqual(steps, steps.toSorted((a, b) => a - b));
});

Deno.test("bundleParts() leaves out what is written while it goes on, and is whole all the same", async () => {
  const ann = await annsStore();
  const before = await bundleOf(ann.store);
  const parts: Bytes[] = [];
  for await (const { bytes } of bundleParts(ann.store, await ann.store.heads())) {
    parts.push(bytes);
    await ann.replica.record(sightings(ann.replica.id, BUNDLE_NOW + parts.length, 1), []);
  }
  assert.deepEqual(joinBytes(...parts), before);
});

Deno.test("bundleParts() goes as far as the heads that it is given", async () => {
  const ann = await annsStore();
  const [before, heads] = [await bundleOf(ann.store), await ann.store.heads()];
  await ann.replica.record(sightings(ann.replica.id, BUNDLE_NOW + 1, 1), []);
  const parts: Bytes[] = [];
  for await (const { bytes } of bundleParts(ann.store, heads)) parts.push(bytes);
  assert.deepEqual(joinBytes(...parts), before);
});

Deno.test("bundleParts() of an empty store is a whole bundle of nothing", async () => {
  const { store } = await openKept("nobody");
  const report = await restoreInto(await openKept("cy"), await bundleOf(store));
  assert.deepEqual({ ...report, bytes: 0 }, {
    ...GOOD,
    ...{ bytes: 0, added: 0, known: 0, refused: 0, media: 0 },
  });
});

Deno.test("bundleParts() lists as missing what is thinned while it goes on", async () => {
  const { store } = await annsStore();
  const heads = await store.heads();
  const listed = store.mediaAfter.bind(store);
  store.mediaAfter = async (hash, limit) => {
    const media = await listed(hash, limit);
    await store.commit({ thin: media.map((one) => one.hash), at: BUNDLE_NOW });
    return media;
  };
  let missing = 0;
  for await (const part of bundleParts(store, heads)) missing = part.missingMedia;
  assert.equal(missing, 4);
});

Deno.test("bundleName() has the day in it", () => {
  assert.equal(bundleName(Date.UTC(2026, 10, 21, 23, 59)), "fieldmesh-2026-11-21.fieldmesh");
});

Deno.test("BundleRestore takes the same bundle twice, and the second time nothing is new", async () => {
  const bundle = await bundleOf((await annsStore()).store);
  const cy = await openKept("cy");
  await restoreInto(cy, bundle);
  const { bytes: _, ...again } = await restoreInto(cy, bundle);
  assert.deepEqual(again, { ...GOOD, added: 0, known: 14, refused: 0, media: 0 });
});

Deno.test("BundleRestore goes on where one was broken off, and reports as it goes", async () => {
  const bundle = await bundleOf((await annsStore()).store);
  const cy = await openKept("cy");
  const first = new BundleRestore({ ...cy, nowMs: () => BUNDLE_NOW });
  const half = (await placeOf(bundle, "ben", 3)).at + 20;
  const report = await first.push(bundle.subarray(0, half));
  assert.deepEqual([report.added, report.bytes, report.whole], [10, half, false]);
  assert.equal((await cy.store.heads()).length, 2, "what could be read is on disk at once");
  const { added, known } = await restoreInto(cy, bundle);
  assert.deepEqual([added, known], [4, 10]);
  assert.deepEqual(await bundleOf(cy.store), bundle);
});

Deno.test("BundleRestore says which entries are damaged and how many behind them were left out", async () => {
  const bundle = await bundleOf((await annsStore()).store);
  const { at, end } = await placeOf(bundle, "ben", 2);
  const cy = await openKept("cy");
  const report = await restoreInto(cy, damagedAt(bundle, end - 1));
  assert.deepEqual([report.added, report.refused, report.media, report.whole], [10, 3, 2, false]);
  assert.deepEqual(report.faults, [
    `Bytes ${at} to ${end - 1} are damaged, or belong to no record.`,
    "Ben's tablet (device 03649887): entry 2 is missing or damaged; 3 entries behind it were left out.",
    "The bundle is not whole: it was cut off, or changed after it was made.",
  ]);
  assert.equal((await restoreInto(cy, bundle)).added, 4, "a good copy brings the rest");
  assert.deepEqual(await bundleOf(cy.store), bundle);
});

Deno.test("BundleRestore takes what is behind a gap when the disk has the gap's entries", async () => {
  const bundle = await bundleOf((await annsStore()).store);
  const cy = await openKept("cy");
  const { end } = await placeOf(bundle, "ben", 3);
  await restoreInto(cy, bundle.subarray(0, end));
  const report = await restoreInto(cy, damagedAt(bundle, (await placeOf(bundle, "ben", 2)).at));
  assert.deepEqual([report.added, report.known, report.refused], [3, 10, 0]);
  assert.deepEqual(await bundleOf(cy.store), bundle);
});

Deno.test("BundleRestore says what a bundle that was cut off had announced", async () => {
  const bundle = await bundleOf((await annsStore()).store);
  const { end } = await placeOf(bundle, "ben", 2);
  const report = await restoreInto(await openKept("cy"), bundle.subarray(0, end));
  assert.deepEqual(report.faults, [
    "Ben's tablet (device 03649887): entries 3 to 5 are missing from the end of the feed.",
    "Device 338e2eed: entry 1 is missing from the end of the feed.",
    "The bundle is not whole: it was cut off, or changed after it was made.",
  ]);
});

Deno.test("BundleRestore says that a file is no bundle", async () => {
  for (const file of [new Uint8Array(0), new TextEncoder().encode("hello"), new Uint8Array(1e6)]) {
    const report = await restoreInto(await openKept("cy"), file);
    assert.match(report.faults.at(-1) ?? "", /not a bundle of Fieldmesh/);
    assert.equal(report.whole, false);
  }
});

Deno.test("BundleRestore follows the bundle's crew only on a device without a crew and a word of its own", async () => {
  const ann = await annsStore();
  const bundle = await bundleOf(ann.store);
  const founder = async (kept: Kept) => {
    await restoreInto(kept, bundle);
    assert.equal(await kept.store.countObservations(ann.replica.id), 5);
    return kept.replica.crew?.founder;
  };
  assert.equal(await founder(await openKept("cy")), ann.replica.id);
  const spoken = await openKept("dora");
  await spoken.replica.rename("Dora");
  assert.equal(await founder(spoken), undefined);
  const other = await openKept("eve");
  await other.replica.found();
  assert.equal(await founder(other), other.replica.id);
});

Deno.test("BundleRestore gives a device with a restored identity its own feed back, to be continued", async () => {
  const ann = await annsStore();
  const again = await openKept("ann");
  await restoreInto(again, await bundleOf(ann.store));
  await again.replica.record(sightings(again.replica.id, BUNDLE_NOW + 1, 1), []);
  assert.equal(again.replica.headOf(again.replica.id)?.seq, 9);
  const { added, refused } = await ann.replica.receive(await feedOf(again));
  assert.deepEqual([added.get(ann.replica.id), refused], [1, []]);
});

Deno.test("BundleRestore takes a feed up to an entry that does not verify, and says why", async () => {
  const ann = await annsStore();
  const bundle = await bundleOf(ann.store);
  const { at, end, record } = await placeOf(bundle, "ben", 3);
  assert.ok(record.kind === "entry");
  const forged = record.bytes.slice();
  forged[forged.length - 1] ^= 1; // of the signature
  const frame = encodeRecord({ kind: "entry", bytes: forged });
  const cy = await openKept("cy");
  const report = await restoreInto(
    cy,
    joinBytes(bundle.subarray(0, at), frame, bundle.subarray(end)),
  );
  assert.deepEqual([report.added, report.refused, report.whole], [11, 3, false]);
  assert.deepEqual(report.faults.slice(0, 1), [
    "Ben's tablet (device 03649887): entry 3 was not taken: its signature does not hold; 2 entries behind it were left out.",
  ]);
});

Deno.test("BundleRestore does not take media that are not what their hashes say, or lack a part", async () => {
  const { store } = await annsStore();
  const bundle = await bundleOf(store);
  const parts = recordsOf(bundle).filter(({ record }) => record.kind === "media");
  const large = parts.filter(({ record }) => record.kind === "media" && record.total === 200_000);
  const { at, end, record } = large[1];
  assert.ok(record.kind === "media");
  const forged = encodeRecord({ ...record, bytes: damagedAt(record.bytes, 5) });
  const cases: [Uint8Array, RegExp][] = [
    [forged, new RegExp(`^Picture ${record.hash.slice(0, 8)} is not what its hash says`)],
    [new Uint8Array(0), new RegExp(`^Picture ${record.hash.slice(0, 8)} is damaged: a part`)],
  ];
  for (const [frame, fault] of cases) {
    const cy = await openKept("cy");
    const file = joinBytes(bundle.subarray(0, at), frame, bundle.subarray(end));
    const report = await restoreInto(cy, file);
    assert.equal(report.media, 1);
    assert.match(report.faults[0], fault);
    assert.equal(await cy.store.blob(record.hash), null);
  }
});

Deno.test("BundleRestore keeps a device quarantined that forked, with the proof", async () => {
  const ann = await annsStore();
  const [ben] = await ann.store.entriesAfter((await keysNamed("ben")).id, 2, 1);
  const third = await parseEntry(ben.bytes);
  assert.ok(third);
  const other = await entryOf("ben", 3, third.prev);
  await ann.replica.receive([other.bytes]);
  assert.ok(ann.replica.headOf(other.device)?.quarantined);
  const bundle = await bundleOf(ann.store);
  const cy = await openKept("cy");
  const report = await restoreInto(cy, bundle);
  assert.deepEqual(report.faults, [
    "Ben's tablet (device 03649887): it signed two entries with one number, so nothing more is taken from it.",
  ]);
  assert.ok(cy.replica.headOf(other.device)?.quarantined);
  assert.deepEqual([report.added, report.whole], [14, true]);
  assert.deepEqual(await bundleOf(cy.store), bundle);
  const again = await restoreInto(cy, bundle);
  assert.deepEqual([again.known, again.refused], [14, 0]);
});

Deno.test("BundleRestore keeps a device quarantined whose fork came before anything of it was taken", async () => {
  const ann = await annsStore();
  const [one, other] = [
    await entryOf("mallory", 1, new Uint8Array(32)),
    await entryOf("mallory", 1, new Uint8Array(32), { at: 5 }),
  ];
  await ann.replica.restore([one.bytes, other.bytes]);
  assert.equal(ann.replica.headOf(one.device)?.seq, 0);
  const bundle = await bundleOf(ann.store);
  const cy = await openKept("cy");
  await restoreInto(cy, bundle);
  assert.ok(cy.replica.headOf(one.device)?.quarantined);
  assert.deepEqual(await bundleOf(cy.store), bundle);
});

Deno.test("BundleRestore takes a proof that proves nothing for what it is", async () => {
  const ann = await annsStore();
  const bundle = await bundleOf(ann.store);
  const { record, end } = await placeOf(bundle, "ben", 5);
  assert.ok(record.kind === "entry");
  const frame = encodeRecord({ kind: "contrary", entries: [record.bytes] });
  const cy = await openKept("cy");
  const report = await restoreInto(cy, joinBytes(bundle.subarray(0, end), frame));
  assert.match(
    report.faults.join("\n"),
    /Ben's tablet .*: the proof that it forked proves nothing/,
  );
  const { id } = await keysNamed("ben");
  assert.equal(cy.replica.headOf(id)?.quarantined, undefined);
});

Deno.test("BundleRestore says that a newer version wrote a bundle, and takes what it knows", async () => {
  const bundle = await bundleOf((await annsStore()).store);
  bundle[BUNDLE_HEAD.length - 2] = 2;
  const report = await restoreInto(await openKept("cy"), bundle);
  assert.equal(report.added, 14);
  assert.match(report.faults[0], /newer Fieldmesh/);
});

/** A store whose disk is full when the test says so. */
class FullStore extends MemoryStore {
  isFull = false;

  override commit(commit: Commit): Promise<void> {
    if (this.isFull) return Promise.reject(new FieldError("storage-full", "The storage is full."));
    return super.commit(commit);
  }
}

Deno.test("BundleRestore throws what the store throws, and the bundle can be restored once more", async () => {
  const bundle = await bundleOf((await annsStore()).store);
  const store = new FullStore();
  const cy = await openKept("cy", store);
  store.isFull = true;
  await assert.rejects(restoreInto(cy, bundle), FieldError);
  store.isFull = false;
  const report: RestoreReport = await restoreInto(cy, bundle);
  assert.deepEqual([report.added, report.whole], [14, true]);
  assert.deepEqual(await bundleOf(store), bundle);
});

Deno.test("BundleRestore brings back a picture that was thinned here", async () => {
  const ann = await annsStore();
  const bundle = await bundleOf(ann.store);
  const { hash } = await pictureOf(2, 200_000);
  await ann.store.commit({ thin: [hash], at: BUNDLE_NOW });
  assert.equal(await ann.store.blob(hash), null);
  const { media, whole } = await restoreInto(ann, bundle);
  assert.deepEqual([media, whole], [1, true]);
  assert.equal((await ann.store.media(hash))?.state, "here");
});
