import { crewDocs, numberedDoc, type NumberedKind, parseDocName, worldKind } from "./doc_name.ts";
import { DERIVED, DerivedState, parseDerived, type WorldPlace } from "./derived_state.ts";
import { type EntryContent, storedContent } from "./entry_content.ts";
import type { DeviceId } from "../observation.ts";
import type { Head, Store, StoredEntry } from "../store/store.ts";

export interface RestorePorts {
  readonly store: Store;
  readonly self: DeviceId;
  readonly automerge: () => Promise<void>;
}

const STEP_BYTES = 1 << 18;

/**
 * The derived state as of `heads`: from its snapshot, and the entries since. Where there is no snapshot,
 * or it is damaged or of another crew or disk, from the entries alone.
 */
export async function restoreDerived(
  ports: RestorePorts,
  heads: readonly Head[],
  founder: DeviceId | null,
): Promise<DerivedState> {
  const bytes = await ports.store.snapshot(DERIVED);
  const kept = bytes && parseDerived(bytes, ports.self, founder);
  const seqs = new Map(heads.map(({ device, seq }) => [device, seq]));
  const isAhead = kept && [...kept.covers].some(([device, seq]) => seq > (seqs.get(device) ?? 0));
  if (!kept || isAhead) return await restoreSnapshot(ports, heads, founder);
  for (const head of heads) await catchUp(ports, kept, head);
  return kept;
}

async function restoreSnapshot(
  ports: RestorePorts,
  heads: readonly Head[],
  founder: DeviceId | null,
): Promise<DerivedState> {
  const state = await rebuildDerived(ports, heads, founder);
  if (heads.length === 0) return state;
  // where the disk refuses now, the next start tries again
  await ports.store.commit({ snapshots: { [DERIVED]: state.encode() } }).catch(() => {});
  return state;
}

/** The derived state from nothing but the entries. */
export async function rebuildDerived(
  ports: RestorePorts,
  heads: readonly Head[],
  founder: DeviceId | null,
): Promise<DerivedState> {
  const { store, self } = ports;
  const state = new DerivedState(self, founder);
  const docs = [
    ...await store.docs("device/"),
    ...founder === null ? [] : await store.docs(crewDocs(founder)),
  ];
  for (const doc of docs) {
    for (const stored of await store.entriesOf(doc)) await take(ports, state, stored);
  }
  const cells = await findWorlds(store, state);
  const kinds: NumberedKind[] = ["obs", "notes", ...cells.map(worldKind)];
  for (const kind of kinds) await findPlace(store, state, kind);
  for (const { device, seq } of heads) state.covers.set(device, seq);
  return state;
}

/** Takes in what came after the snapshot: another worker of this device wrote it meanwhile. */
async function catchUp(ports: RestorePorts, state: DerivedState, head: Head): Promise<void> {
  for (;;) {
    const after = state.covers.get(head.device) ?? 0;
    if (after >= head.seq) return;
    const step = await ports.store.entriesAfter(head.device, after, STEP_BYTES);
    for (const stored of step) if (stored.seq <= head.seq) await take(ports, state, stored);
    if (step.length === 0) state.covers.set(head.device, head.seq); // lost on disk: verify() tells
  }
}

async function take(ports: RestorePorts, state: DerivedState, stored: StoredEntry): Promise<void> {
  let content: EntryContent | null = null;
  if (state.reads(stored.doc)) {
    await ports.automerge();
    content = await storedContent(stored);
  }
  state.take(stored, content);
}

/** Where each device's worlds stand. Returns the cells of this device. */
async function findWorlds(store: Store, state: DerivedState): Promise<readonly string[]> {
  const places = new Map<string, WorldPlace>();
  for (const doc of await store.docs("world/")) {
    const name = parseDocName(doc);
    const seqs = (await store.entriesOf(doc)).map(({ seq }) => seq);
    if (name.kind !== "world" || seqs.length === 0) continue;
    const { cell, device } = name;
    const before = places.get(`${cell}/${device}`)?.seq ?? 0;
    const seq = seqs.reduce((a, b) => Math.max(a, b), before);
    places.set(`${cell}/${device}`, { cell, device, seq });
  }
  for (const place of places.values()) state.wroteWorld(place);
  return [...places.values()].flatMap(({ cell, device }) => device === state.self ? cell : []);
}

async function findPlace(store: Store, state: DerivedState, kind: NumberedKind): Promise<void> {
  const docs = await store.docs(`${kind}/${state.self}/`);
  const numbers = docs.map(parseDocName).flatMap((name) => "n" in name ? name.n : []);
  if (numbers.length === 0) return;
  const n = numbers.reduce((a, b) => Math.max(a, b));
  const changes = (await store.entriesOf(numberedDoc(kind, state.self, n))).length;
  state.places.set(kind, { n, changes });
}
