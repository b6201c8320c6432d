import type { StoredEdit } from "../../field/notes.ts";
import type { DeviceId, Hex, Observation } from "../../field/observation.ts";

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
  peer: DeviceId | null = null;
  /** Pictures of which a peer may be known to have a copy. */
  readonly copies = new Set<Hex>();
  /** The user has said that pictures may go that no other device has. */
  mayLosePictures = false;
  /** What the device called itself, one name after the other. */
  readonly names = new Promises<string | undefined>(undefined);
  /** Whether the peer belongs to the crew, one word after the other. */
  readonly peerIsIn = new Promises<boolean>(true);

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

/** A value that is asked for again and again: which ones may hold, as far as the user was told. */
export class Promises<T> {
  #possible: readonly T[];
  #underWay = 0;
  #asked = 0;

  constructor(first: T) {
    this.#possible = [first];
  }

  /** Asks for `value`; what is asked for at once may come in any order. */
  async ask(value: T, work: () => Promise<void>, isAlive: () => boolean): Promise<void> {
    if (!isAlive()) return await work();
    this.#possible = [...this.#possible, value];
    const isAlone = this.#underWay++ === 0;
    const asked = ++this.#asked;
    try {
      await work();
      if (isAlive() && isAlone && asked === this.#asked) this.#possible = [value];
    } finally {
      this.#underWay--;
    }
  }

  /** May this be what is on disk? */
  allow(value: T): boolean {
    return this.#possible.includes(value);
  }

  get isEmpty(): boolean {
    return this.#asked === 0;
  }
}
