import { type Bytes, equalBytes, plainBytes } from "../bytes.ts";
import { type Crew, crewOf, mayWrite, visibleThrough } from "./crew.ts";
import type { DerivedState } from "./derived_state.ts";
import { parseDocName } from "./doc_name.ts";
import { parseChange } from "./documents.ts";
import { NO_ENTRY, parseEntry, type SignedEntry, verifyEntry } from "./entry.ts";
import { contentOf, mediaOf, type SaidOfWorld } from "./entry_content.ts";
import type { StoredEdit } from "../notes.ts";
import type { DeviceId, Hex } from "../observation.ts";
import type { Head, IndexedObservation, Store, StoredEntry } from "../store/store.ts";
import type { Suspect } from "./suspects.ts";

/** What became of entries from a peer. */
export interface Received {
  /** Entries now on disk that were not before, by device. */
  readonly added: ReadonlyMap<DeviceId, number>;
  /** Entries that were here already. */
  readonly known: number;
  /** The highest number among them, by device. */
  readonly knownThrough: ReadonlyMap<DeviceId, number>;
  /** Devices of whom there was an entry. */
  readonly seen: ReadonlySet<DeviceId>;
  /** They rest on something that has not arrived yet: ask again when more is here. */
  readonly held: number;
  readonly refused: readonly { readonly device: DeviceId | null; readonly why: Refusal }[];
  readonly crewChanged: boolean;
}

export type Refusal =
  | "malformed"
  | "bad-signature"
  | "not-a-member"
  | "not-allowed"
  | "wrong-actor"
  | "quarantined"
  | "removed"
  | "forked";

/** These happen among honest devices, or follow from what is in quarantine already. */
const NOT_WORTH_KEEPING: ReadonlySet<Refusal> = new Set(["not-a-member", "quarantined"]);

/** What an intake starts from: the state on disk. */
export interface IntakeBase {
  readonly store: Store;
  readonly self: DeviceId;
  readonly heads: ReadonlyMap<DeviceId, Head>;
  readonly derived: DerivedState;
  readonly crew: Crew | null;
  /** Takes in the feeds of devices outside the crew too. */
  readonly outsiders: boolean;
  /** Devices of whom it is known that they fork within these very entries, and at which: nothing of them is taken from there on. */
  readonly forked: ReadonlyMap<DeviceId, number>;
}

/** Entries as they travel, with what could be read of each. */
export interface WireEntry {
  readonly bytes: Bytes;
  readonly entry: SignedEntry | null;
}

export async function parseWire(wire: readonly Uint8Array[]): Promise<WireEntry[]> {
  return await Promise.all(
    wire.map(async (bytes) => ({ bytes: plainBytes(bytes), entry: await parseEntry(bytes) })),
  );
}

const STEP_BYTES = 1 << 18;
/** In one entry; devices write one. */
const MOST_BATCHES = 16;

/** Entries being taken in: what the state would be after them, until the store has them. */
export class Intake {
  readonly entries: SignedEntry[] = [];
  /** Genuine entries that the disk has lost, or damaged. */
  readonly mended: SignedEntry[] = [];
  readonly suspects: Suspect[] = [];
  /** What the entries say of the world, in their order. */
  readonly worlds: SaidOfWorld[] = [];
  readonly derived: DerivedState;
  crew: Crew | null;
  crewChanged = false;
  readonly #base: IntakeBase;
  readonly #taken = new Map<string, SignedEntry>();
  readonly #heads = new Map<DeviceId, Head>();
  readonly #observations: IndexedObservation[] = [];
  readonly #edits: { readonly edit: StoredEdit; readonly seq: number }[] = [];
  readonly #refused: { device: DeviceId | null; why: Refusal }[] = [];
  readonly #seen = new Set<DeviceId>();
  readonly #forks = new Map<DeviceId, number>();
  /** A part of a feed as it is on disk: entries that are here already come in runs. */
  #onDisk: ReadonlyMap<number, StoredEntry> = new Map();
  #onDiskOf: DeviceId | null = null;
  /** They may take the place of what cannot be read here any more. */
  readonly #spare: SignedEntry[] = [];
  #held = 0;
  #known = 0;
  readonly #knownThrough = new Map<DeviceId, number>();

  constructor(base: IntakeBase) {
    this.#base = base;
    this.derived = base.derived.copy();
    this.crew = base.crew;
  }

  /** Takes the next entry, or says why not. */
  async look({ bytes, entry }: WireEntry): Promise<void> {
    if (!entry) return this.#refuse(null, null, "malformed", bytes);
    const { device, seq } = entry;
    this.#seen.add(device);
    const refuse = (why: Refusal) => this.#refuse(device, seq, why, bytes);
    if (seq >= (this.#base.forked.get(device) ?? Infinity)) return refuse("forked");
    const head = this.#head(device);
    if (head?.quarantined !== undefined) return refuse("quarantined");
    if (!this.#isOurs(device) && !this.#base.outsiders) return refuse("not-a-member");
    if (seq <= (head?.seq ?? 0)) return await this.#lookAgain(entry);
    const end = this.#base.outsiders
      ? Infinity
      : visibleThrough(this.crew, this.#base.self, device);
    if (seq > end) {
      return refuse(await verifyEntry(entry) ? "removed" : "bad-signature");
    }
    if (seq > (head?.seq ?? 0) + 1) {
      this.#held++;
      return;
    }
    const fault = await this.#faultIn(entry, head);
    if (fault) return refuse(fault);
  }

  /**
   * When all have been looked at: what the chain of a feed names, and cannot be read on disk, is put there
   * again. The last ones first: each is known by the one behind it.
   */
  async end(): Promise<void> {
    for (const entry of this.#spare.toSorted((a, b) => b.seq - a.seq)) {
      const named = await this.#hashNamedOf(entry);
      if (!named) continue;
      if (equalBytes(named, entry.hash)) this.mended.push(entry);
      else {
        this.#accuse(entry.device, entry.seq);
        this.#refuse(entry.device, entry.seq, "forked", entry.bytes);
      }
    }
  }

  /** Which devices forked, and at which entry: two have its number, or what follows is another's. */
  get forks(): ReadonlyMap<DeviceId, number> {
    return this.#forks;
  }

  get heads(): { head: Head; after: number }[] {
    return [...this.#heads.values()].map((head) => ({
      head,
      after: this.#base.heads.get(head.device)?.seq ?? 0,
    }));
  }

  /** What belongs into the index: not what a device wrote beyond its removal, of which this very batch may tell. */
  get indexed(): { observations: IndexedObservation[]; edits: StoredEdit[]; wanted: Hex[] } {
    const isShown = (device: DeviceId, seq: number) =>
      seq <= visibleThrough(this.crew, this.#base.self, device);
    const observations = this.#observations.filter(({ observation: { device }, seq }) =>
      isShown(device, seq)
    );
    return {
      observations,
      edits: this.#edits.flatMap(({ edit, seq }) => isShown(edit.by, seq) ? edit : []),
      wanted: observations.flatMap(({ observation }) => mediaOf(observation)),
    };
  }

  get result(): Received {
    const added = new Map<DeviceId, number>();
    for (const { device } of this.entries) added.set(device, (added.get(device) ?? 0) + 1);
    return {
      added,
      known: this.#known,
      knownThrough: this.#knownThrough,
      seen: this.#seen,
      held: this.#held,
      refused: this.#refused,
      crewChanged: this.crewChanged,
    };
  }

  #head(device: DeviceId): Head | undefined {
    return this.#heads.get(device) ?? this.#base.heads.get(device);
  }

  #isOurs(device: DeviceId): boolean {
    const { crew } = this;
    return device === this.#base.self || crew !== null &&
        (crew.members.has(device) || crew.removed.has(device));
  }

  /** Takes an entry that would continue its feed; else says what is wrong with it. */
  async #faultIn(entry: SignedEntry, head: Head | undefined): Promise<Refusal | null> {
    if (!await verifyEntry(entry)) return "bad-signature";
    if (!equalBytes(entry.prev, head?.hash ?? NO_ENTRY)) {
      this.#accuse(entry.device, entry.seq - 1);
      return "forked";
    }
    // what was taken as another role allowed, or is this user's own, was on the disk that a bundle is of
    const crew = this.#base.outsiders ? null : this.crew;
    if (!mayWrite(entry.device, entry.doc, crew)) return "not-allowed";
    const change = parseChange(entry.change);
    if (!change || holdsTooMuch(entry.doc, change.records)) return "malformed";
    if (change.actor !== entry.device) return "wrong-actor";
    this.#take(entry, change.records);
    return null;
  }

  #take(entry: SignedEntry, records: Parameters<typeof contentOf>[1]): void {
    const { device, seq, hash } = entry;
    const content = contentOf(entry, records);
    this.entries.push(entry);
    this.#taken.set(`${device} ${seq}`, entry);
    this.#heads.set(device, { device, seq, hash });
    this.derived.take(entry, content);
    this.#observations.push(...content.observations);
    if (content.world) this.worlds.push(content.world);
    this.#edits.push(...content.edits.map((edit) => ({ edit, seq })));
    if (this.crew && content.crew?.founder === this.crew.founder) {
      this.crew = crewOf(this.crew.founder, this.derived.crewRecords);
      this.crewChanged = true;
    }
  }

  /** An entry with a number that is taken already: the same, or a fork. */
  async #lookAgain(entry: SignedEntry): Promise<void> {
    const { device, seq, bytes } = entry;
    const here = this.#taken.get(`${device} ${seq}`)?.bytes ?? await this.#bytesOnDisk(device, seq);
    if (here && equalBytes(here, bytes)) {
      this.#known++;
      this.#knownThrough.set(device, Math.max(seq, this.#knownThrough.get(device) ?? 0));
      return;
    }
    if (!await verifyEntry(entry)) return this.#refuse(device, seq, "bad-signature", bytes);
    const other = await soundEntry(here, device, seq);
    if (!other) this.#spare.push(entry); // this disk's fault, not the device's
    // a second signature over one content is no second entry
    if (!other || equalBytes(other.hash, entry.hash)) {
      this.#known++;
      return;
    }
    this.#accuse(device, seq);
    this.#refuse(device, seq, "forked", bytes);
  }

  /** What the feed here names in an entry's place; null where the entry behind it cannot be read either. */
  async #hashNamedOf({ device, seq }: SignedEntry): Promise<Bytes | null> {
    const head = this.#base.heads.get(device);
    if (head?.seq === seq) return head.hash;
    const mended = this.mended.find((one) => one.device === device && one.seq === seq + 1);
    if (mended) return mended.prev;
    const next = await this.#bytesOnDisk(device, seq + 1);
    return (await soundEntry(next, device, seq + 1))?.prev ?? null;
  }

  /** Keeps the other half of a fork, where it will not come to be on disk. */
  #accuse(device: DeviceId, seq: number): void {
    this.#forks.set(device, Math.min(seq, this.#forks.get(device) ?? Infinity));
    const other = this.#taken.get(`${device} ${seq}`);
    if (other) this.suspects.push({ device, seq, why: "forked", bytes: other.bytes });
  }

  #refuse(device: DeviceId | null, seq: number | null, why: Refusal, bytes: Bytes): void {
    // a fork is told once, not for each entry that went with it
    const isTold = why === "forked" && this.#refused.some((one) => one.device === device);
    if (!isTold) this.#refused.push({ device, why });
    if (isTold || NOT_WORTH_KEEPING.has(why) || device && this.#base.forked.has(device)) return;
    this.suspects.push({ device, seq, why, bytes });
  }

  async #bytesOnDisk(device: DeviceId, seq: number): Promise<Bytes | undefined> {
    if (this.#onDiskOf !== device || !this.#onDisk.has(seq)) {
      const step = await this.#base.store.entriesAfter(device, seq - 1, STEP_BYTES);
      this.#onDisk = new Map(step.map((stored) => [stored.seq, stored]));
      this.#onDiskOf = device;
    }
    return this.#onDisk.get(seq)?.bytes;
  }
}

/** An entry of full batches that say the same of all their rows would be 150,000 observations. */
function holdsTooMuch(doc: string, records: readonly unknown[]): boolean {
  return parseDocName(doc).kind === "obs" && records.length > MOST_BATCHES;
}

/** The entry, if these bytes are a genuine one of this device with this number. */
async function soundEntry(
  bytes: Bytes | undefined,
  device: DeviceId,
  seq: number,
): Promise<SignedEntry | null> {
  const entry = bytes ? await parseEntry(bytes) : null;
  const isSound = entry?.device === device && entry.seq === seq && await verifyEntry(entry);
  return isSound ? entry : null;
}
