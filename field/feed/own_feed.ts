import type { Bytes } from "../bytes.ts";
import type { DerivedState, DocPlace } from "./derived_state.ts";
import { numberedDoc, type NumberedKind } from "./doc_name.ts";
import { type DocRecord, type Document, openDocument, putRecords } from "./documents.ts";
import { NO_ENTRY, parseEntry, type SignedEntry, signEntry } from "./entry.ts";
import { contentOf, type EntryContent } from "./entry_content.ts";
import type { HybridClock } from "../clock.ts";
import type { Signer } from "../keys.ts";
import type { DeviceId } from "../observation.ts";
import type { StateChange } from "./replica_state.ts";
import type { Head, Store } from "../store/store.ts";

export interface OwnFeedPorts {
  readonly self: DeviceId;
  readonly store: Store;
  /** ms since the epoch. */
  readonly nowMs: () => number;
  readonly automerge: () => Promise<void>;
}

/**
 * Changes in one document before the next one begins. The first write after a start replays half of them
 * on average: 64 took 3 ms to open, 256 took 11 to 25 (2-core EPYC).
 */
export const CHANGES_PER_DOC = 64;

/** A change of ours, not yet signed. */
export interface OwnChange {
  readonly doc: string;
  readonly change: Bytes;
  readonly records: readonly DocRecord[];
}

/** What our changes are signed with and after. */
export interface SigningPlace {
  readonly head: Head | undefined;
  readonly derived: DerivedState;
  readonly clock: HybridClock;
  readonly signer: Signer;
}

/** Signs changes as the next entries of our feed, and says what they change with them. */
export async function signChanges(
  changes: readonly OwnChange[],
  from: SigningPlace,
): Promise<StateChange> {
  const { clock, signer } = from;
  const derived = from.derived.copy();
  const entries: SignedEntry[] = [];
  const contents: EntryContent[] = [];
  let head: Head = from.head ?? { device: signer.id, seq: 0, hash: NO_ENTRY };
  for (const { doc, change, records } of changes) {
    const { device, seq, hash: prev } = head;
    const entry = await signEntry(
      { device, seq: seq + 1, prev, at: clock.next(), doc, change },
      signer,
    );
    // indexed as peers will read it: the same numbers, in the record's steps, everywhere
    const content = contentOf(entry, records);
    derived.take(entry, content);
    entries.push(entry);
    contents.push(content);
    head = { ...head, seq: entry.seq, hash: entry.hash };
  }
  return {
    ...{ derived, entries },
    heads: [{ head, after: from.head?.seq ?? 0 }],
    observations: contents.flatMap((content) => content.observations),
    edits: contents.flatMap((content) => content.edits),
    worlds: contents.flatMap(({ world }) => world ?? []),
  };
}

interface OpenDocument {
  readonly n: number;
  /** In it; another worker of this device may have written more since. */
  readonly changes: number;
  readonly document: Document;
}

/** The documents that this device writes. Opened at the first write: a start needs none of them. */
export class OwnFeed {
  readonly #ports: OwnFeedPorts;
  #open = new Map<NumberedKind, OpenDocument>();

  constructor(ports: OwnFeedPorts) {
    this.#ports = ports;
  }

  /**
   * Begins changes that will be written together. Until {@link keep} is called, when the disk has them,
   * nothing of them counts: another draft begins from the disk.
   */
  async draft(state: DerivedState): Promise<FeedDraft> {
    await this.#ports.automerge();
    const draft = new FeedDraft(this.#ports, state, this.#open);
    this.#open = new Map();
    return draft;
  }

  keep(draft: FeedDraft): void {
    this.#open = draft.open;
  }

  /** The disk has other entries of ours than the open documents. */
  forget(): void {
    this.#open = new Map();
  }
}

export class FeedDraft {
  readonly open: Map<NumberedKind, OpenDocument>;
  readonly #ports: OwnFeedPorts;
  readonly #state: DerivedState;
  readonly #places = new Map<NumberedKind, DocPlace>();

  constructor(
    ports: OwnFeedPorts,
    state: DerivedState,
    open: ReadonlyMap<NumberedKind, OpenDocument>,
  ) {
    this.#ports = ports;
    this.#state = state;
    this.open = new Map(open);
  }

  /** Adds a change to the last document of a kind, or to a new one. `recordsAt` is given the change's place in it. */
  async put(
    kind: NumberedKind,
    recordsAt: (place: number) => readonly DocRecord[],
  ): Promise<OwnChange> {
    const { n, changes } = this.#nextPlace(kind);
    const doc = numberedDoc(kind, this.#ports.self, n);
    const open = this.open.get(kind);
    const isCurrent = open?.n === n && open.changes === changes;
    const document = isCurrent ? open.document : await this.#openDoc(doc, changes);
    const records = recordsAt(changes);
    const put = putRecords(document, records, this.#ports.nowMs());
    this.open.set(kind, { n, changes: changes + 1, document: put.document });
    this.#places.set(kind, { n, changes: changes + 1 });
    return { doc, change: put.change, records };
  }

  /** Adds a change to a document that has only one: small, and rarely written. */
  async putIn(doc: string, records: readonly DocRecord[]): Promise<OwnChange> {
    const document = await this.#openDoc(doc, Infinity);
    return { doc, change: putRecords(document, records, this.#ports.nowMs()).change, records };
  }

  #nextPlace(kind: NumberedKind): DocPlace {
    const { n, changes } = this.#places.get(kind) ?? this.#state.placeOf(kind);
    return changes < CHANGES_PER_DOC ? { n, changes } : { n: n + 1, changes: 0 };
  }

  async #openDoc(doc: string, changes: number): Promise<Document> {
    const { self, store } = this.#ports;
    if (changes === 0) return openDocument(self, []);
    const stored = await store.entriesOf(doc);
    const entries = await Promise.all(stored.map(({ bytes }) => parseEntry(bytes)));
    return openDocument(self, entries.flatMap((entry) => entry ? [entry.change] : []));
  }
}
