import { storedContent } from "../../../field/feed/entry_content.ts";
import type { StoredEdit } from "../../../field/notes.ts";
import type { DeviceId, Observation } from "../../../field/observation.ts";
import type { Store, StoredEntry } from "../../../field/store/store.ts";

/** What a device's own feed says, read from the disk of that device. */
export interface Told {
  readonly entries: readonly StoredEntry[];
  readonly observations: ReadonlyMap<string, { readonly seq: number; readonly one: Observation }>;
  readonly edits: readonly { readonly seq: number; readonly edit: StoredEdit }[];
  /** The last name that it gave itself. */
  readonly name?: string;
}

const ALL = Number.MAX_SAFE_INTEGER;

/** Up to entry `through`. */
export async function toldBy(store: Store, device: DeviceId, through = Infinity): Promise<Told> {
  const entries = (await store.entriesAfter(device, 0, ALL)).filter(({ seq }) => seq <= through);
  const observations = new Map<string, { seq: number; one: Observation }>();
  const edits: { seq: number; edit: StoredEdit }[] = [];
  let name: string | undefined;
  for (const entry of entries) {
    const content = await storedContent(entry);
    for (const { observation, seq } of content?.observations ?? []) {
      observations.set(observation.id, { seq, one: observation });
    }
    for (const edit of content?.edits ?? []) edits.push({ seq: entry.seq, edit });
    name = content?.name ?? name;
  }
  return { entries, observations, edits, ...(name === undefined ? {} : { name }) };
}

/** The notes that hold, by the rule as `field/notes.ts` states it, written once more: `<field>: <value>`, sorted. */
export function holdingNotes(edits: readonly StoredEdit[]): ReadonlyMap<string, string> {
  const last = new Map<string, StoredEdit>();
  for (const edit of edits) {
    const key = `${edit.observation} ${edit.field}`;
    const other = last.get(key);
    const [a, b] = [rank(edit), other ? rank(other) : [-1, "", -1] as const];
    const isLater = a[0] !== b[0] ? a[0] > b[0] : a[1] !== b[1] ? a[1] > b[1] : a[2] > b[2];
    if (isLater) last.set(key, edit);
  }
  const byObservation = new Map<string, string[]>();
  for (const { observation, field, value } of last.values()) {
    const said = byObservation.get(observation) ?? [];
    byObservation.set(observation, [...said, `${field}: ${JSON.stringify(value)}`]);
  }
  return new Map([...byObservation].map(([id, said]) => [id, said.sort().join("\n")]));
}

function rank({ counter, by, at }: StoredEdit): readonly [number, string, number] {
  return [counter, by, at];
}
