import type { Stamp } from "../clock.ts";
import { clearEdits, type EditTable, isSameEdit, putEdit } from "./edit_table.ts";
import { type Notes, notesOf, type StoredEdit } from "../notes.ts";
import type { ObservationPages } from "./observation_pages.ts";
import { type NotedRow, parseObservationId } from "./observation_row.ts";
import type { DeviceId, NotedObservation } from "../observation.ts";
import type { PageDirectory } from "./page_directory.ts";
import type { Commit, IndexedObservation } from "./store.ts";
import type { WriteDraft } from "./write_draft.ts";
import { groupBy } from "../group_by.ts";

/** Where observations and what is said of them are kept. */
export interface IndexTables {
  readonly pages: ObservationPages;
  readonly edits: EditTable;
}

/** An observation that a commit speaks of, or that its edits do. */
interface Subject {
  readonly id: string;
  readonly begin: Stamp;
  readonly said?: IndexedObservation;
}

type EditsOf = ReadonlyMap<string, readonly StoredEdit[]>;

/** Adds to a write what a commit says of observations, and of the index itself. */
export async function draftIndex(
  draft: WriteDraft,
  commit: Commit,
  tables: IndexTables,
): Promise<void> {
  const last = await tables.pages.last();
  if (!changesIndex(commit, last)) return;
  const clear = commit.clearIndex ?? false;
  const directory: PageDirectory = clear ? { ...last, pages: new Map() } : last;
  if (clear) clearEdits(draft);
  const edits = await draftEdits(draft, commit.edits ?? [], clear ? null : tables.edits);
  const rows: NotedRow[] = [];
  const subjects = subjectsOf(commit.observations ?? [], [...edits.keys()], directory);
  for (const [device, some] of subjects) {
    const old = await tables.pages.rowsOf(directory, device, [...some.keys()]);
    const isNew = [...some.values()].filter(({ id, begin }) => !old.has(begin) && !edits.has(id));
    const early = clear ? new Map() : await earlyEdits(isNew, tables.edits);
    for (const subject of some.values()) {
      const row = rowOf(subject, old.get(subject.begin), edits.get(subject.id), early);
      if (row) rows.push(row);
    }
  }
  const isUnknown = !last.root.isOurs && leavesOut(commit);
  const isWhole = commit.indexIsWhole ?? (isUnknown ? false : undefined);
  await tables.pages.draft(draft, rows, { clear, ...(isWhole === undefined ? {} : { isWhole }) });
}

/** The first commit to a feed too: it says that the index was whole before it. */
function changesIndex(commit: Commit, { root }: PageDirectory): boolean {
  const lists = [commit.observations, commit.edits];
  return lists.some((list) => list && list.length > 0) || commit.clearIndex === true ||
    commit.indexIsWhole !== undefined || root.sealed === null && (commit.heads ?? []).length > 0;
}

/** True when a feed comes to be here without all of its entries, so that nobody said what they say of observations. */
function leavesOut({ heads = [], entries = [] }: Commit): boolean {
  return heads.some(({ head: { device, seq } }) =>
    entries.filter((entry) => entry.device === device).length < seq
  );
}

/** Puts the edits that are new. All edits, old and new, of the observations that they speak of. */
async function draftEdits(
  draft: WriteDraft,
  edits: readonly StoredEdit[],
  table: EditTable | null,
): Promise<EditsOf> {
  const groups = groupBy(edits, ({ observation }) => observation);
  const all = await Promise.all([...groups].map(async ([observation, some]) => {
    const known = table ? await table.of(observation) : [];
    for (const edit of some) {
      if (known.some((one) => isSameEdit(one, edit))) continue;
      known.push(edit);
      putEdit(draft, edit);
    }
    return [observation, known] as const;
  }));
  return new Map(all);
}

/** What was said of observations before they came here: of few, if any, so one read does for all. */
async function earlyEdits(isNew: readonly Subject[], table: EditTable): Promise<EditsOf> {
  if (isNew.length === 0) return new Map();
  const ids = isNew.map(({ id }) => id).sort();
  return await table.between(ids[0], ids[ids.length - 1]);
}

/** By device, each once; of an observation that is told twice the last word counts. */
function subjectsOf(
  observations: readonly IndexedObservation[],
  edited: readonly string[],
  { pages }: PageDirectory,
): ReadonlyMap<DeviceId, ReadonlyMap<Stamp, Subject>> {
  const devices = new Map<DeviceId, Map<Stamp, Subject>>();
  const subjects = (device: DeviceId) => {
    const known = devices.get(device);
    if (known) return known;
    const some = new Map<Stamp, Subject>();
    devices.set(device, some);
    return some;
  };
  for (const said of observations) {
    const { id, device } = said.observation;
    const parts = parseObservationId(id);
    if (!parts || !device.startsWith(parts.devicePrefix)) {
      throw new Error(`Cannot keep observation ${id}: it is not an id of device ${device}`);
    }
    subjects(device).set(parts.begin, { id, begin: parts.begin, said });
  }
  for (const id of edited) {
    const parts = parseObservationId(id);
    if (!parts) throw new Error(`Cannot keep an edit of ${id}: it is not an observation's id`);
    for (const device of pages.keys()) {
      const isKnown = !device.startsWith(parts.devicePrefix) || subjects(device).has(parts.begin);
      if (!isKnown) subjects(device).set(parts.begin, { id, begin: parts.begin });
    }
  }
  return devices;
}

/** Null when the observation is not here. */
function rowOf(
  { id, begin, said }: Subject,
  old: NotedRow | undefined,
  edits: readonly StoredEdit[] | undefined,
  early: EditsOf,
): NotedRow | null {
  const observation = said?.observation ?? old?.noted;
  const seq = said?.seq ?? old?.seq;
  if (!observation || seq === undefined) return null;
  const known = edits ?? early.get(id);
  const notes = known ? notesOf(known) : old?.noted.notes;
  return { begin, seq, noted: withNotes(observation, notes) };
}

function withNotes(observation: NotedObservation, notes: Notes | null | undefined) {
  if (!notes && !observation.notes) return observation;
  const { notes: _, ...plain } = observation;
  return notes ? { ...plain, notes } : plain;
}
