import type { Bytes } from "../bytes.ts";
import { decodeCbor } from "../cbor.ts";
import { stampMs } from "../clock.ts";
import { type CrewRecord, parseCrewRecord } from "./crew.ts";
import { parseDocName } from "./doc_name.ts";
import { type DocRecord, parseChange } from "./documents.ts";
import { parseEntry, type SignedEntry } from "./entry.ts";
import { parseNoteRecord } from "./note_record.ts";
import { parseRulesRecord, type RulesRecord } from "./rules_record.ts";
import { parseWorldRecord } from "../world/world_records.ts";
import { type AgentWorld, EMPTY_AGENT, joinAgents } from "../world/world_state.ts";
import type { StoredEdit } from "../notes.ts";
import { decodeBatch } from "../batch/observation_batch.ts";
import type { DeviceId, Hex, Observation } from "../observation.ts";
import type { IndexedObservation, StoredEntry } from "../store/store.ts";

/** What an entry adds to what is known. What cannot be read, or not by this version, adds nothing. */
export interface EntryContent {
  readonly observations: readonly IndexedObservation[];
  readonly edits: readonly StoredEdit[];
  /** The device's name for itself. */
  readonly name?: string;
  /** About the crew of `founder`. */
  readonly crew?: {
    readonly founder: DeviceId;
    readonly records: readonly CrewRecord[];
    readonly rules: readonly RulesRecord[];
  };
  /** Also when it says nothing of it that can be read. */
  readonly world?: SaidOfWorld;
}

/** What an entry of a device says of a cell's world. */
export interface SaidOfWorld {
  readonly cell: string;
  readonly device: DeviceId;
  readonly seq: number;
  readonly said: AgentWorld;
}

const MOST_NAME_LENGTH = 40;
const NOTHING: EntryContent = { observations: [], edits: [] };

export function contentOf(entry: SignedEntry, records: readonly DocRecord[]): EntryContent {
  const name = parseDocName(entry.doc);
  const { device, seq } = entry;
  switch (name.kind) {
    case "obs":
      return { ...NOTHING, observations: observationsIn(records, device, seq) };
    case "notes":
      return { ...NOTHING, edits: editsIn(records, entry) };
    case "crew":
      return { ...NOTHING, crew: { founder: name.founder, ...crewIn(records, device, seq) } };
    case "world":
      return { ...NOTHING, world: { cell: name.cell, device, seq, said: worldIn(records, entry) } };
    case "device": {
      const text = nameIn(records);
      return text === undefined ? NOTHING : { ...NOTHING, name: text };
    }
    case "unknown":
      return NOTHING;
  }
}

/** What an entry on disk says; null when it cannot be read any more. Automerge must be ready. */
export async function storedContent(stored: StoredEntry): Promise<EntryContent | null> {
  const entry = await parseEntry(stored.bytes);
  const change = entry && parseChange(entry.change);
  return entry && change && contentOf(entry, change.records);
}

/** The pictures that observations speak of. */
export function mediaOf({ thumb, frame }: Observation): Hex[] {
  return [thumb, frame].filter((hash) => hash !== undefined);
}

function observationsIn(
  records: readonly DocRecord[],
  device: DeviceId,
  seq: number,
): IndexedObservation[] {
  return records.flatMap(({ value }) => decodeBatch(value, device) ?? [])
    .map((observation) => ({ observation, seq }));
}

function editsIn(records: readonly DocRecord[], { device, at }: SignedEntry): StoredEdit[] {
  return records.flatMap(({ key, value }) => parseNoteRecord(key, value) ?? [])
    .map((edit) => ({ ...edit, by: device, at }));
}

function crewIn(records: readonly DocRecord[], by: DeviceId, seq: number) {
  const from = { by, seq };
  return {
    records: records.flatMap(({ key, value }) => parseCrewRecord(key, value, from) ?? []),
    rules: records.flatMap(({ key, value }) => parseRulesRecord(key, value, from) ?? []),
  };
}

/** By the entry's own stamp, not by this device's clock: so all devices read the same of it. */
function worldIn(records: readonly DocRecord[], { at }: SignedEntry): AgentWorld {
  return records.flatMap((record) => parseWorldRecord(record, stampMs(at)) ?? [])
    .reduce(joinAgents, EMPTY_AGENT);
}

function nameIn(records: readonly { key: string; value: Bytes }[]): string | undefined {
  const record = records.findLast(({ key }) => key === "name");
  const value = record && decodeCbor(record.value)?.value;
  return typeof value === "string" ? value.slice(0, MOST_NAME_LENGTH) : undefined;
}
