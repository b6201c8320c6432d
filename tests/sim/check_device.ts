/** What must hold of a device at every start, whatever happened before. Throws with what does not. */
import { parseDocName } from "../../field/feed/doc_name.ts";
import { parseChange } from "../../field/feed/documents.ts";
import { parseEntry } from "../../field/feed/entry.ts";
import { visibleThrough } from "../../field/feed/crew.ts";
import type { Media } from "../../field/media.ts";
import { decodeBatch } from "../../field/batch/observation_batch.ts";
import type { NotedObservation, Observation } from "../../field/observation.ts";
import type { Replica } from "../../field/feed/replica.ts";
import type { Store } from "../../field/store/store.ts";
import type { Ledger } from "./ledger.ts";

export class Broken extends Error {}

const PAGE = 100;
const ALL = Number.MAX_SAFE_INTEGER;

export async function checkDevice(store: Store, replica: Replica, ledger: Ledger): Promise<void> {
  await checkFeeds(replica);
  const listed = await allObservations(store);
  checkNothingLost(listed, ledger);
  await checkIndex(store, replica, listed);
  await checkNotes(store, ledger);
  await checkMedia(store, ledger);
  await checkRest(store, replica, ledger);
}

/** As the app does at a start: builds what is not whole, or turns out to be damaged, from the entries. */
export async function heal(store: Store, replica: Replica, ledger: Ledger): Promise<void> {
  let isDamaged = !await store.indexIsWhole();
  store.onDamage = () => isDamaged = true;
  await Promise.all([allObservations(store), store.facets()]);
  for (const id of ledger.observations.keys()) await store.edits(id);
  store.onDamage = null;
  if (isDamaged) await replica.rebuildIndex();
}

async function checkFeeds(replica: Replica): Promise<void> {
  const { faults } = await replica.verify();
  must(faults.length === 0, () => `a feed does not verify: ${JSON.stringify(faults[0])}`);
}

async function allObservations(store: Store): Promise<NotedObservation[]> {
  const listed: NotedObservation[] = [];
  for (;;) {
    const before = listed.at(-1)?.id;
    const page = await store.observations({
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    listed.push(...page);
    if (page.length < PAGE) return listed;
  }
}

function checkNothingLost(listed: readonly NotedObservation[], ledger: Ledger): void {
  const byId = new Map(listed.map((one) => [one.id, one]));
  must(byId.size === listed.length, () => "an observation is listed twice");
  for (const [id, { frames, records }] of ledger.observations) {
    const found = byId.get(id);
    must(frames === 0 || found !== undefined, () => `lost: observation ${id}`);
    if (!found) continue;
    must(found.frames >= frames, () => `observation ${id} fell back to frame ${found.frames}`);
    const isMade = records.some((record) => isSame(record, found));
    must(isMade, () => `never made: ${JSON.stringify(found)}, but ${JSON.stringify(records)}`);
  }
}

/** The list holds what the entries say, no more and no less. */
async function checkIndex(
  store: Store,
  replica: Replica,
  listed: readonly Observation[],
): Promise<void> {
  const told = new Map<string, Observation>();
  for (const { device } of await store.heads()) {
    const end = visibleThrough(replica.crew, replica.id, device);
    for (const { bytes, doc, seq } of await store.entriesAfter(device, 0, ALL)) {
      if (parseDocName(doc).kind !== "obs" || seq > end) continue;
      const entry = await parseEntry(bytes);
      for (const { value } of (entry && parseChange(entry.change)?.records) ?? []) {
        for (const one of decodeBatch(value, device) ?? []) told.set(one.id, one);
      }
    }
  }
  must(told.size === listed.length, () => `${told.size} are told, ${listed.length} listed`);
  for (const one of listed) {
    const entry = told.get(one.id);
    must(
      entry !== undefined && isSame(entry, one),
      () => `${one.id} is listed otherwise than told`,
    );
  }
  const [count, facets] = await Promise.all([store.countObservations(), store.facets()]);
  const inFacets = facets.devices.reduce((sum, each) => sum + each.count, 0);
  must(count === listed.length && inFacets === count, () => `counted ${count}, ${inFacets}`);
  must(replica.headOf(replica.id)?.quarantined === undefined, () => "the own feed is quarantined");
}

async function checkNotes(store: Store, ledger: Ledger): Promise<void> {
  for (const { observation, field, value } of ledger.edits) {
    const edits = await store.edits(observation);
    const found = edits.some((edit) => edit.field === field && edit.value === value);
    must(found, () => `lost: note ${field} of ${observation}`);
  }
}

/** Of what was saved nothing is missing but what was thinned, and nothing is thinned that nobody else has. */
async function checkMedia(store: Store, ledger: Ledger): Promise<void> {
  const all = new Map<string, Media>();
  for (let last: string | null = null;;) {
    const step: Media[] = await store.mediaAfter(last, PAGE);
    for (const one of step) all.set(one.hash, one);
    last = step.at(-1)?.hash ?? null;
    if (last === null) break;
  }
  for (const { hash, state, copies } of all.values()) {
    const mayGo = ledger.mayLosePictures || copies.length > 0 && ledger.copies.has(hash);
    must(state !== "thinned" || mayGo, () => `the only picture ${hash} was thinned`);
    const isHere = await store.blob(hash) !== null;
    must(isHere === (state === "here"), () => `picture ${hash} is ${state}, and here: ${isHere}`);
  }
  for (const hash of ledger.blobs) must(all.has(hash), () => `lost: picture ${hash}`);
  const totals = await store.mediaTotals();
  const counted = totalsOf([...all.values()]);
  const isSame = Object.entries(counted).every(([name, count]) =>
    Reflect.get(totals, name) === count
  );
  must(isSame, () => `media add up to ${JSON.stringify(counted)}, not ${JSON.stringify(totals)}`);
}

function totalsOf(media: readonly Media[]) {
  const here = media.filter(({ state }) => state === "here");
  const onlyHere = here.filter(({ copies }) => copies.length === 0);
  const bytesOf = (some: readonly Media[]) => some.reduce((sum, { size }) => sum + size, 0);
  return {
    here: here.length,
    hereBytes: bytesOf(here),
    onlyHere: onlyHere.length,
    onlyHereBytes: bytesOf(onlyHere),
    wanted: media.filter(({ state }) => state === "wanted").length,
    thinned: media.filter(({ state }) => state === "thinned").length,
  };
}

async function checkRest(store: Store, replica: Replica, ledger: Ledger): Promise<void> {
  const name = replica.nameOf(replica.id);
  must(ledger.names.allow(name), () => `it is called ${name}`);
  const peer = ledger.peer === null ? null : replica.headOf(ledger.peer);
  must(!peer || peer.seq >= ledger.received, () => `lost: a peer's entries from ${peer?.seq} on`);
  if (ledger.peer !== null && !ledger.peerIsIn.isEmpty) {
    const isIn = replica.knows(ledger.peer);
    must(ledger.peerIsIn.allow(isIn), () => `the peer's place in the crew fell back: ${isIn}`);
  }
  for (const [key, value] of ledger.settings) {
    const found = await store.setting(key);
    must(typeof found === "number" && found >= value, () => `setting ${key} fell back`);
  }
}

function isSame(a: Observation, b: Observation): boolean {
  return a.label === b.label && a.frames === b.frames && a.open === b.open &&
    a.first === b.first && a.last === b.last && a.source === b.source && a.thumb === b.thumb;
}

function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Broken(what());
}
