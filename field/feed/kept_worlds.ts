/**
 * What each device says of a cell's world, joined from its entries into one snapshot a device and cell, so that a
 * start needs neither Automerge nor history: canonical CBOR `[1, seq, [[key, record], …]]`, where `seq` is the
 * last entry of that world that is in it. A snapshot counts only while its `seq` is that of the last entry that
 * there is, or is shown (`DerivedState.worlds`): else it is joined anew from the documents.
 */
import type { Bytes } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { isStamp, stampMs } from "../clock.ts";
import type { DerivedState, WorldPlace } from "./derived_state.ts";
import { worldKind } from "./doc_name.ts";
import type { DocRecord } from "./documents.ts";
import { type SaidOfWorld, storedContent } from "./entry_content.ts";
import type { Store } from "../store/store.ts";
import { MOST_WORLD_BYTES, TRUSTED_AHEAD_MS } from "../world/world_parse.ts";
import { parseWorldRecord, worldRecords } from "../world/world_records.ts";
import { type AgentWorld, EMPTY_AGENT, joinAgents } from "../world/world_state.ts";
import { groupBy } from "../group_by.ts";

interface WorldPorts {
  readonly store: Store;
  readonly automerge: () => Promise<void>;
}

interface KeptWorld {
  readonly seq: number;
  readonly said: AgentWorld;
}

type Snapshots = Record<string, Bytes | null>;

const FORMAT = 1;
const NOTHING: KeptWorld = { seq: 0, said: EMPTY_AGENT };

/** The snapshots as they are after these entries, shown or not; `before`: the state before them. */
export async function grownWorlds(
  store: Store,
  before: DerivedState,
  worlds: readonly SaidOfWorld[],
): Promise<Snapshots> {
  const snapshots: Snapshots = {};
  for (const [name, all] of groupBy(worlds, nameOf)) {
    const last = before.worlds.find((place) => nameOf(place) === name)?.seq ?? 0;
    const kept = last === 0 ? NOTHING : parseKept(await store.snapshot(name));
    // one that does not stand where the feed does is joined anew when it is read
    if (kept?.seq !== last) continue;
    const said = all.map((one) => one.said).reduce(joinAgents, kept.said);
    snapshots[name] = encodeKept({ seq: all[all.length - 1].seq, said });
  }
  return snapshots;
}

/** For a commit that has all of them joined anew. */
export function noWorlds(places: readonly Pick<WorldPlace, "cell" | "device">[]): Snapshots {
  return Object.fromEntries(places.map((place) => [nameOf(place), null]));
}

/** What a device says up to one of its entries. */
export async function readWorld(ports: WorldPorts, place: WorldPlace): Promise<AgentWorld> {
  const { store } = ports;
  const kept = parseKept(await store.snapshot(nameOf(place)));
  if (kept?.seq === place.seq) return kept.said;
  await ports.automerge();
  const said = await joined(store, place);
  const snapshots = { [nameOf(place)]: encodeKept({ seq: place.seq, said }) };
  // where the disk refuses now, the next read tries again
  await store.commit({ snapshots }).catch(() => {});
  return said;
}

/** Without what is stamped more than five minutes later: by a wrong clock. */
export function upTo(said: AgentWorld, nowMs: number): AgentWorld {
  const isTrusted = (entry: { readonly stamp: number }) =>
    stampMs(entry.stamp) <= nowMs + TRUSTED_AHEAD_MS;
  const only = <K, V extends { readonly stamp: number }>(entries: ReadonlyMap<K, V>) =>
    new Map([...entries].filter(([, entry]) => isTrusted(entry)));
  const { tracks, removals, confirmations, tiles } = said;
  return {
    ...{ tracks: only(tracks), removals: only(removals), confirmations: only(confirmations) },
    tiles,
  };
}

/** Each group fits an entry: all records together, or each by itself. */
export function inEntries(records: readonly DocRecord[]): readonly (readonly DocRecord[])[] {
  const bytes = records.reduce((sum, { value }) => sum + value.length, 0);
  if (records.length === 0) return [];
  return bytes <= MOST_WORLD_BYTES ? [records] : records.map((one) => [one]);
}

async function joined(store: Store, { cell, device, seq }: WorldPlace): Promise<AgentWorld> {
  let said = EMPTY_AGENT;
  for (const doc of await store.docs(`${worldKind(cell)}/${device}/`)) {
    const stored = (await store.entriesOf(doc)).filter((one) => one.seq <= seq);
    const contents = await Promise.all(stored.map(storedContent));
    said = contents.flatMap((content) => content?.world?.said ?? []).reduce(joinAgents, said);
  }
  return said;
}

function encodeKept({ seq, said }: KeptWorld): Bytes {
  return encodeCbor([FORMAT, seq, worldRecords(said).map(({ key, value }) => [key, value])]);
}

/** Null when it is none. Of the disk, so nothing in it is from too far ahead: see {@link upTo}. */
function parseKept(snapshot: Bytes | null): KeptWorld | null {
  const value = snapshot && decodeCbor(snapshot)?.value;
  if (!Array.isArray(value) || value.length !== 3 || value[0] !== FORMAT) return null;
  const [, seq, records] = value as unknown[];
  if (!isStamp(seq) || !Array.isArray(records)) return null;
  const parts = records.map(parsePart);
  if (!parts.every((part) => part !== null)) return null;
  return { seq, said: parts.reduce(joinAgents, EMPTY_AGENT) };
}

function parsePart(record: unknown): AgentWorld | null {
  if (!Array.isArray(record) || record.length !== 2) return null;
  const [key, value] = record as unknown[];
  if (typeof key !== "string" || !(value instanceof Uint8Array)) return null;
  return parseWorldRecord({ key, value: Uint8Array.from(value) }, Infinity);
}

function nameOf({ cell, device }: Pick<WorldPlace, "cell" | "device">): string {
  return `${worldKind(cell)}/${device}`;
}
