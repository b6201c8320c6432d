import { type Bytes, equalBytes } from "../bytes.ts";
import { stampMs } from "../clock.ts";
import { type Crew, mayWrite } from "../feed/crew.ts";
import { parseDocName } from "../feed/doc_name.ts";
import { parseChange } from "../feed/documents.ts";
import { contentOf, type EntryContent } from "../feed/entry_content.ts";
import { NO_ENTRY, type SignedEntry } from "../feed/entry.ts";
import type { DeviceId } from "../observation.ts";
import { entriesAre } from "./fault_list.ts";
import { contradict } from "./fork_proof.ts";

/** Different documents of one kind are judged alike, so these are few; a file that names more is at fault in the first ones. */
const MOST_DOCS = 100;

/** Checks the entries of one device as a bundle has them. Automerge must be ready. */
export class FeedAudit {
  readonly device: DeviceId;
  readonly #fault: (what: string) => void;
  /** How far the bundle says that the feed goes. */
  announced: { readonly seq: number; readonly hash: Bytes } | null = null;
  entries = 0;
  /** When its first and its last entry were written, ms since the epoch by its own clock. */
  from: number | null = null;
  to: number | null = null;
  /** Number and hash of the last in the chain; the hash is null behind a gap. */
  #last: { readonly seq: number; readonly hash: Bytes | null } = { seq: 0, hash: NO_ENTRY };
  readonly #hashes = new Map<number, Bytes>();
  /** What it wrote to, and the first entry that did. */
  readonly #docs = new Map<string, { readonly doc: string; readonly seq: number }>();

  constructor(device: DeviceId, fault: (what: string) => void) {
    this.device = device;
    this.#fault = fault;
  }

  /** Number of the last entry that is there. */
  get through(): number {
    return this.#last.seq;
  }

  /** The next entry of the file; what it says, null when it does not verify. */
  add(entry: SignedEntry, isSigned: boolean): EntryContent | null {
    if (!isSigned) return this.#bad(entry, "has a signature that does not hold");
    const other = this.#hashes.get(entry.seq);
    if (other) return this.#again(entry, other);
    this.entries++;
    this.#hashes.set(entry.seq, entry.hash);
    this.#chain(entry);
    const at = stampMs(entry.at);
    this.from = Math.min(this.from ?? at, at);
    this.to = Math.max(this.to ?? at, at);
    return this.#read(entry);
  }

  /** Signed entries that are in the bundle as the proof that their device forked. */
  addContrary(proof: readonly SignedEntry[]): void {
    const [one, other] = proof;
    const same = this.#hashes.get(one.seq);
    const { seq, hash } = this.#last;
    const isFork = other && contradict(one, other) ||
      same && contradict({ seq: one.seq, hash: same }, one) ||
      hash && contradict({ seq, hash }, one);
    if (isFork) this.#fork((other ?? one).seq);
    else this.#fault("the proof that it forked proves nothing.");
  }

  /** All entries have come. */
  finish(crew: Crew | null): void {
    if (this.announced) this.#finishChain(this.announced);
    for (const { doc, seq } of this.#docs.values()) {
      if (mayWrite(this.device, doc, crew)) continue;
      this.#fault(`entry ${seq} writes to ${doc}, which its device may not.`);
    }
  }

  #chain(entry: SignedEntry): void {
    const { seq, hash } = this.#last;
    if (entry.seq <= seq) {
      this.#fault(`entry ${entry.seq} comes behind entry ${seq}.`);
      return;
    }
    if (entry.seq > seq + 1) {
      this.#fault(`${entriesAre(seq + 1, entry.seq - 1)} missing or damaged.`);
    } else if (hash && !equalBytes(entry.prev, hash)) {
      this.#fault(`entry ${entry.seq} does not continue the chain.`);
    }
    this.#last = { seq: entry.seq, hash: entry.hash };
  }

  #read(entry: SignedEntry): EntryContent | null {
    const change = parseChange(entry.change);
    if (!change) return this.#bad(entry, "holds a change that cannot be read");
    if (change.actor !== this.device) return this.#bad(entry, "speaks for another device");
    const name = parseDocName(entry.doc);
    const isOwn = "device" in name && name.device === this.device;
    const kind = isOwn ? name.kind : entry.doc;
    if (!this.#docs.has(kind) && this.#docs.size < MOST_DOCS) {
      this.#docs.set(kind, { doc: entry.doc, seq: entry.seq });
    }
    return contentOf(entry, change.records);
  }

  #again(entry: SignedEntry, other: Bytes): null {
    if (equalBytes(other, entry.hash)) this.#fault(`entry ${entry.seq} is there twice.`);
    else this.#fork(entry.seq);
    return null;
  }

  #fork(seq: number): void {
    this.#fault(`it signed two different entries with number ${seq}: nobody takes more from it.`);
  }

  #bad(entry: SignedEntry, what: string): null {
    this.#fault(`entry ${entry.seq} ${what}.`);
    return null;
  }

  #finishChain({ seq, hash }: { readonly seq: number; readonly hash: Bytes }): void {
    const last = this.#last;
    if (last.seq < seq) {
      this.#fault(`${entriesAre(last.seq + 1, seq)} missing or damaged.`);
    } else if (last.seq > seq) {
      this.#fault(`its feed should end with entry ${seq}, and goes on.`);
    } else if (last.hash && !equalBytes(last.hash, hash)) {
      this.#fault(`entry ${seq} is not the one with which its feed should end.`);
    }
  }
}
