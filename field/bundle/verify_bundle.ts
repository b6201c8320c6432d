import type { Bytes } from "../bytes.ts";
import { type Crew, crewOf, type CrewRecord } from "../feed/crew.ts";
import { type EntryContent, mediaOf } from "../feed/entry_content.ts";
import { parseEntry, type SignedEntry, verifyEntry } from "../feed/entry.ts";
import type { Role } from "../messages.ts";
import type { DeviceId, Hex, Observation } from "../observation.ts";
import type { StoredBlob } from "../store/store.ts";
import { BundleScan } from "./bundle_scan.ts";
import { count, deviceWords, FaultList } from "./fault_list.ts";
import { FeedAudit } from "./feed_audit.ts";

/** What is in a bundle, and what does not hold. */
export interface BundleVerdict {
  /** True when nothing is at fault: every byte is accounted for, every signature and chain holds. */
  readonly ok: boolean;
  readonly bytes: number;
  /** The founder's device id; null: nobody's crew, or it cannot be told. */
  readonly crew: DeviceId | null;
  /** In the order of the bundle. */
  readonly devices: readonly DeviceVerdict[];
  readonly entries: number;
  readonly observations: number;
  readonly notes: number;
  readonly media: number;
  readonly mediaBytes: number;
  /** Media that observations speak of and that are not in the bundle. */
  readonly missingMedia: number;
  /** First sight of the oldest observation and last of the newest, ms since the epoch; null when there is none. */
  readonly from: number | null;
  readonly to: number | null;
  /** In the user's words, at most 100; with how many more there are. */
  readonly faults: readonly string[];
  readonly moreFaults: number;
  /** Worth knowing, and no fault. */
  readonly remarks: readonly string[];
}

export interface DeviceVerdict {
  readonly device: DeviceId;
  readonly name: string | null;
  /** Null: not in the crew. */
  readonly role: Role | "removed" | null;
  readonly entries: number;
  readonly observations: number;
  readonly notes: number;
  /** When its first and last entry were written, ms since the epoch by its clock. */
  readonly from: number | null;
  readonly to: number | null;
}

/** Signatures that are checked side by side. */
const BATCH = 64;
/** A crew has a few; a file that names more would only fill the memory. */
const MOST_DEVICES = 10_000;

interface Counted {
  readonly audit: FeedAudit;
  name: string | null;
  observations: number;
  notes: number;
}

/** Checks a bundle from its parts. Automerge must be ready; nothing in a bundle makes it throw. */
export async function verifyBundle(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<BundleVerdict> {
  const verifier = new BundleVerifier();
  for await (const part of parts) await verifier.push(part);
  return await verifier.end();
}

/**
 * Checks a bundle part by part, without a store: every record's checksum, every entry's signature,
 * chain and author, roles by the crew's own records in the bundle, media by their hashes. Holds the ids
 * of the observations, and no entry or medium longer than it takes to check it.
 */
export class BundleVerifier {
  readonly #scan: BundleScan;
  readonly #faults = new FaultList();
  readonly #devices = new Map<DeviceId, Counted>();
  #waiting: SignedEntry[] = [];
  #crewRecords: { readonly founder: DeviceId; readonly record: CrewRecord }[] = [];
  readonly #observations = new Set<string>();
  readonly #spokenOf = new Set<Hex>();
  readonly #here = new Set<Hex>();
  #founder: DeviceId | null = null;
  #mediaBytes = 0;
  #span: { from: number; to: number } | null = null;

  constructor() {
    this.#scan = new BundleScan({
      header: (founder) => void (this.#founder = founder),
      feed: (device, end) => {
        const counted = this.#counted(device);
        if (counted) counted.audit.announced = end;
      },
      entry: (bytes) => this.#takeEntry(bytes),
      contrary: (entries) => this.#takeContrary(entries),
      medium: (blob) => this.#takeMedium(blob),
      fault: (line) => this.#faults.add(line),
    });
  }

  push(bytes: Uint8Array): Promise<void> {
    return this.#scan.push(bytes);
  }

  /** The bundle has ended. Call it once. */
  async end(): Promise<BundleVerdict> {
    const faults = await this.#scan.end();
    await this.#check();
    const crew = this.#crew();
    for (const { audit } of this.#devices.values()) audit.finish(crew);
    for (const fault of faults) this.#faults.add(fault);
    return {
      ok: this.#faults.lines.faults.length === 0,
      bytes: this.#scan.bytes,
      crew: this.#founder,
      devices: [...this.#devices].map(([device, counted]) => verdictOf(device, counted, crew)),
      ...this.#totals(),
      ...this.#faults.lines,
      remarks: [...this.#remarks(crew)],
    };
  }

  async #takeEntry(bytes: Bytes): Promise<void> {
    const entry = await parseEntry(bytes);
    if (!entry) return this.#faults.add("An entry cannot be read.");
    this.#waiting.push(entry);
    if (this.#waiting.length >= BATCH) await this.#check();
  }

  async #check(): Promise<void> {
    const entries = this.#waiting;
    this.#waiting = [];
    const signed = await Promise.all(entries.map(verifyEntry));
    entries.forEach((entry, i) => {
      const counted = this.#counted(entry.device);
      const content = counted?.audit.add(entry, signed[i]);
      if (counted && content) this.#count(content, counted);
    });
  }

  #count(content: EntryContent, counted: Counted): void {
    for (const { observation } of content.observations) {
      this.#countObservation(observation, counted);
    }
    counted.notes += content.edits.length;
    counted.name = content.name ?? counted.name;
    const { crew } = content;
    for (const record of crew?.records ?? []) {
      if (crew) this.#crewRecords.push({ founder: crew.founder, record });
    }
  }

  #countObservation(observation: Observation, counted: Counted): void {
    const { id, first, last } = observation;
    if (!this.#observations.has(id)) counted.observations++;
    this.#observations.add(id);
    for (const hash of mediaOf(observation)) this.#spokenOf.add(hash);
    const { from, to } = this.#span ?? { from: first, to: last };
    this.#span = { from: Math.min(from, first), to: Math.max(to, last) };
  }

  async #takeContrary(bytes: readonly Bytes[]): Promise<void> {
    await this.#check();
    const proof: SignedEntry[] = [];
    for (const one of bytes) {
      const entry = await parseEntry(one);
      if (entry && await verifyEntry(entry)) proof.push(entry);
    }
    const { device } = proof[0] ?? {};
    if (device === undefined || proof.length < bytes.length) {
      return this.#faults.add("The proof of a fork does not verify.");
    }
    this.#counted(device)?.audit.addContrary(proof.filter((entry) => entry.device === device));
  }

  #takeMedium({ hash, bytes }: StoredBlob): void {
    if (!this.#here.has(hash)) this.#mediaBytes += bytes.length;
    this.#here.add(hash);
  }

  #counted(device: DeviceId): Counted | null {
    const known = this.#devices.get(device);
    if (known) return known;
    if (this.#devices.size >= MOST_DEVICES) {
      this.#faults.add(`${deviceWords(device)}: it is one device too many, and was not checked.`);
      return null;
    }
    const counted: Counted = {
      audit: new FeedAudit(device, (what) => {
        this.#faults.add(`${deviceWords(device, counted.name ?? undefined)}: ${what}`);
      }),
      name: null,
      observations: 0,
      notes: 0,
    };
    this.#devices.set(device, counted);
    return counted;
  }

  #crew(): Crew | null {
    const founder = this.#founder;
    if (founder === null) return null;
    const records = this.#crewRecords.filter((one) => one.founder === founder);
    return crewOf(founder, records.map(({ record }) => record));
  }

  #totals() {
    const sum = (of: (counted: Counted) => number) =>
      [...this.#devices.values()].reduce((total, counted) => total + of(counted), 0);
    return {
      entries: sum(({ audit }) => audit.entries),
      observations: this.#observations.size,
      notes: sum(({ notes }) => notes),
      media: this.#here.size,
      mediaBytes: this.#mediaBytes,
      missingMedia: this.#spokenOf.difference(this.#here).size,
      from: this.#span?.from ?? null,
      to: this.#span?.to ?? null,
    };
  }

  *#remarks(crew: Crew | null): Generator<string> {
    if (this.#scan.isNewer) {
      yield "A newer Fieldmesh wrote this bundle: what this one does not know was not checked.";
    }
    for (const [device, { audit, name }] of this.#devices) {
      const who = deviceWords(device, name ?? undefined);
      const through = crew?.removed.get(device)?.through ?? Infinity;
      if (audit.through > through) {
        const many = count(audit.through - through, "entry", "entries");
        yield `${who} wrote ${many} after it was removed from the crew: nobody takes them.`;
      } else if (crew && !crew.members.has(device) && !crew.removed.has(device)) {
        yield `${who} is not in the crew.`;
      }
    }
  }
}

function verdictOf(device: DeviceId, counted: Counted, crew: Crew | null): DeviceVerdict {
  const { audit, name, observations, notes } = counted;
  const role = crew?.members.get(device)?.role ?? (crew?.removed.has(device) ? "removed" : null);
  const { entries, from, to } = audit;
  return { device, name, role, entries, observations, notes, from, to };
}
