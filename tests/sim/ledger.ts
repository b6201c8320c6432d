import type { StoredEdit } from "../../field/notes.ts";
import type { Hex, Observation } from "../../field/observation.ts";

/** What a device has told its user is saved, and so must find again whatever happens. */
export class Ledger {
  /** Of each observation, how many frames its newest acknowledged record had, and all records that were ever made of it. */
  readonly observations = new Map<string, { frames: number; readonly records: Observation[] }>();
  readonly edits: Pick<StoredEdit, "observation" | "field" | "value">[] = [];
  readonly blobs = new Set<Hex>();
  /** Settings only ever rise here. */
  readonly settings = new Map<string, number>();
  /** Of a peer's feed, the entries that were taken in. */
  received = 0;

  /** A record was made; nothing has been promised yet. */
  made(observation: Observation): void {
    const known = this.observations.get(observation.id) ?? { frames: 0, records: [] };
    known.records.push(observation);
    this.observations.set(observation.id, known);
  }

  /** The user was told that these are saved. */
  saved(observations: readonly Observation[]): void {
    for (const { id, frames } of observations) {
      const known = this.observations.get(id);
      if (known) known.frames = Math.max(known.frames, frames);
    }
  }

  get count(): number {
    const observations = [...this.observations.values()].filter(({ frames }) => frames > 0);
    return observations.length + this.edits.length + this.received;
  }
}
