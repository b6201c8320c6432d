/**
 * A device's copy of what its crew knows: its own feed, which it alone writes, and the others', which it
 * checks. Everything goes through one line of turns, and memory follows the disk: a head moves, and
 * a promise resolves, only after the store has committed.
 */
import { type Bytes, equalBytes, isHex } from "./bytes.ts";
import { auditFeed } from "./audit.ts";
import { encodeCbor } from "./cbor.ts";
import { HybridClock } from "./clock.ts";
import { type Crew, encodeMember, mayWrite, readCrew } from "./crew.ts";
import {
  crewDoc,
  deviceDoc,
  type Document,
  observationsDoc,
  openDocument,
  parseChange,
  parseDocName,
  putRecord,
} from "./documents.ts";
import { NO_ENTRY, parseEntry, type SignedEntry, signEntry, verifyEntry } from "./entry.ts";
import { Intake, nameIn, type Received, type Refusal } from "./intake.ts";
import type { Signer } from "./keys.ts";
import type { Role, VerifyResult } from "./messages.ts";
import { decodeBatch, encodeBatch, MOST_IN_BATCH } from "./observation_batch.ts";
import type { DeviceId, Observation } from "./observation.ts";
import {
  type Commit,
  type Head,
  HeadMoved,
  type Store,
  type StoredBlob,
  type StoredEntry,
} from "./store.ts";

export interface ReplicaPorts {
  readonly store: Store;
  readonly signer: Signer;
  /** ms since the epoch. */
  readonly nowMs: () => number;
  /** Resolves once Automerge can be used: its 3.6 MB of Wasm are loaded only when they are needed. */
  readonly automerge: () => Promise<void>;
}

/** Changes in one document before the next one begins: what must be replayed to write on. */
const CHANGES_PER_DOC = 256;
const CREW_SETTING = "crew";
const FORKED = "signed two entries with one number";

type Verdict = { readonly kind: "take"; readonly entry: SignedEntry } | {
  readonly kind: "known" | "hold";
} | { readonly kind: "refuse"; readonly why: Refusal; readonly device: DeviceId | null };

export class Replica {
  readonly id: DeviceId;
  readonly clock: HybridClock;
  readonly #ports: ReplicaPorts;
  #heads: Map<DeviceId, Head>;
  #crewId: DeviceId | null;
  #crewDocument: Document | null = null;
  #crew: Crew | null = null;
  #names = new Map<DeviceId, string>();
  #own: { n: number; changes: number; document: Document } | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(ports: ReplicaPorts, heads: Head[], crewId: DeviceId | null) {
    this.#ports = ports;
    this.id = ports.signer.id;
    this.clock = new HybridClock(ports.nowMs);
    this.#heads = new Map(heads.map((head) => [head.device, head]));
    this.#crewId = crewId;
  }

  /** Opens what is on disk. */
  static async open(ports: ReplicaPorts): Promise<Replica> {
    const [heads, crewId] = await Promise.all([
      ports.store.heads(),
      ports.store.setting(CREW_SETTING),
    ]);
    const replica = new Replica(ports, heads, isHex(crewId, 32) ? crewId : null);
    await replica.#restore();
    return replica;
  }

  get crew(): Crew | null {
    return this.#crew;
  }

  /** The device's own name for itself, as far as it is known here. */
  nameOf(device: DeviceId): string | undefined {
    return this.#names.get(device);
  }

  /** Heads of this device and, in a crew, of its members: what a peer may know of. */
  get heads(): readonly Head[] {
    return [...this.#heads.values()].filter(({ device }) => this.knows(device));
  }

  headOf(device: DeviceId): Head | undefined {
    return this.#heads.get(device);
  }

  /** Is this device one of us? */
  knows(device: DeviceId): boolean {
    return device === this.id || (this.#crew?.members.has(device) ?? false);
  }

  /**
   * Saves observations of this device, with their thumbnails: one entry, one transaction. Resolves when
   * they are on disk. Throws what the store throws; then nothing was written.
   */
  record(observations: readonly Observation[], blobs: readonly StoredBlob[]): Promise<void> {
    if (observations.length > MOST_IN_BATCH) {
      throw new Error(`Cannot record ${observations.length} observations at once`);
    }
    return this.#inOwnTurn(async () => {
      const own = this.#own ?? await this.#openOwn();
      const doc = observationsDoc(this.id, own.n);
      const batch = encodeBatch(observations);
      const put = putRecord(own.document, String(own.changes), batch, this.#ports.nowMs());
      this.#own = null; // until the disk has it, this document is ahead of the truth
      // indexed as peers will read it: the same numbers, in the batch's steps, everywhere
      const asRead = decodeBatch(batch, this.id);
      if (!asRead) throw new Error("Cannot record: an observation does not fit its format");
      await this.#append(doc, put.change, (seq) => ({
        blobs,
        observations: asRead.map((observation) => ({ observation, seq })),
      }));
      this.#own = own.changes + 1 < CHANGES_PER_DOC
        ? { n: own.n, changes: own.changes + 1, document: put.document }
        : { n: own.n + 1, changes: 0, document: openDocument(this.id, []) };
    });
  }

  /** Founds a crew with this device as its admin, unless it is in one. Returns the crew's id. */
  found(): Promise<DeviceId> {
    return this.#inTurn(async () => {
      if (this.#crewId) return this.#crewId;
      await this.#commitCrewId(this.id);
      return this.id;
    });
  }

  /** Follows the crew of `founder`: from now on its word on members counts here. */
  follow(founder: DeviceId): Promise<void> {
    return this.#inTurn(() => this.#commitCrewId(founder));
  }

  /** Writes a member into the crew document. Only an admin's word is taken by the others. */
  admit(device: DeviceId, role: Role): Promise<void> {
    return this.#inOwnTurn(async () => {
      const founder = this.#crewId;
      if (!founder) throw new Error("Cannot admit a device: there is no crew yet");
      const document = this.#crewDocument ?? await this.#openCrew(founder);
      const member = encodeMember({ role, at: this.clock.next() });
      const put = putRecord(document, device, member, this.#ports.nowMs());
      this.#crewDocument = null;
      await this.#append(crewDoc(founder), put.change, () => ({}));
      this.#crewDocument = put.document;
      this.#crew = readCrew(founder, put.document);
    });
  }

  /** Names this device. */
  rename(name: string): Promise<void> {
    return this.#inOwnTurn(async () => {
      if (name === this.#names.get(this.id)) return;
      await this.#ports.automerge();
      const doc = deviceDoc(this.id);
      const document = openDocument(this.id, await this.#changesOf(doc));
      const put = putRecord(document, "name", encodeCbor(name), this.#ports.nowMs());
      await this.#append(doc, put.change, () => ({}));
      this.#names.set(this.id, name);
    });
  }

  /** Entries of `device` after `seq`, as they travel: at most `mostBytes`, but at least one if there is one. */
  async entriesAfter(device: DeviceId, seq: number, mostBytes: number): Promise<Bytes[]> {
    const entries = await this.#ports.store.entriesAfter(device, seq, mostBytes);
    return entries.map(({ bytes }) => bytes);
  }

  /** Checks entries of outside origin and saves those that hold: one transaction for all. */
  receive(wire: readonly Uint8Array[]): Promise<Received> {
    return this.#inTurn(async () => {
      await this.#ports.automerge();
      const entries = await Promise.all(wire.map(parseEntry));
      const forked = new Set<DeviceId>();
      for (;;) {
        const intake = await this.#takeIn(entries, forked);
        // what rests on a device that turns out to have forked was taken in too early: once more without it
        const caught = intake.refused.filter(({ why }) => why === "forked").map((one) =>
          one.device
        );
        if (caught.every((device) => device === null || forked.has(device))) {
          await this.#save(intake, forked);
          return intake.result();
        }
        for (const device of caught) if (device !== null) forked.add(device);
      }
    });
  }

  /** Reads every entry from disk again and checks signatures and chains. */
  async verify(): Promise<VerifyResult> {
    const heads = [...this.#heads.values()];
    const audits = [];
    for (const head of heads) audits.push(await auditFeed(this.#ports.store, head));
    return {
      devices: heads.length,
      entries: audits.reduce((sum, { entries }) => sum + entries, 0),
      faults: audits.flatMap(({ faults }) => faults),
    };
  }

  async #takeIn(
    entries: readonly (SignedEntry | null)[],
    forked: ReadonlySet<DeviceId>,
  ): Promise<Intake> {
    const intake = new Intake(this.#heads, this.#crew, this.#crewDocument);
    for (const entry of entries) {
      if (entry) intake.seen.add(entry.device);
      const verdict: Verdict = entry && forked.has(entry.device)
        ? { kind: "refuse", why: "forked", device: entry.device }
        : await this.#judge(entry, intake);
      if (verdict.kind === "take") intake.take(verdict.entry);
      else if (verdict.kind === "hold") intake.held++;
      else if (verdict.kind === "refuse") intake.refuse(verdict.device, verdict.why);
    }
    return intake;
  }

  async #judge(entry: SignedEntry | null, intake: Intake): Promise<Verdict> {
    if (!entry) return { kind: "refuse", why: "malformed", device: null };
    const { device } = entry;
    const refuse = (why: Refusal): Verdict => ({ kind: "refuse", why, device });
    const head = intake.head(device);
    if (head?.quarantined !== undefined) return refuse("quarantined");
    if (device !== this.id && !intake.crew?.members.has(device)) return refuse("not-a-member");
    if (entry.seq > (head?.seq ?? 0) + 1) return { kind: "hold" };
    if (!await verifyEntry(entry)) return refuse("bad-signature");
    if (entry.seq <= (head?.seq ?? 0)) {
      return await this.#isKnown(entry, intake) ? { kind: "known" } : refuse("forked");
    }
    if (!equalBytes(entry.prev, head?.hash ?? NO_ENTRY)) return refuse("forked");
    if (!mayWrite(device, entry.doc, intake.crew)) return refuse("not-allowed");
    const change = parseChange(entry.change);
    if (!change) return refuse("malformed");
    if (change.actor !== device) return refuse("wrong-actor");
    return intake.read(entry, change.records) ? { kind: "take", entry } : { kind: "hold" };
  }

  async #isKnown(entry: SignedEntry, intake: Intake): Promise<boolean> {
    const taken = intake.taken(entry.device, entry.seq);
    if (taken) return equalBytes(taken.hash, entry.hash);
    const { store } = this.#ports;
    const [stored] = await store.entriesAfter(entry.device, entry.seq - 1, 1);
    const known = stored && await parseEntry(stored.bytes);
    return known !== undefined && known !== null && equalBytes(known.hash, entry.hash);
  }

  async #save(intake: Intake, forked: ReadonlySet<DeviceId>): Promise<void> {
    const quarantined = [...forked].map((device) => {
      const head = this.#heads.get(device) ?? { device, seq: 0, hash: NO_ENTRY };
      return { head: { ...head, quarantined: FORKED }, after: head.seq };
    });
    const heads = [...intake.heads(), ...quarantined];
    if (heads.length === 0) return;
    await this.#commit({
      entries: intake.entries.map(storedEntry),
      heads,
      observations: intake.observations,
      wanted: intake.wanted,
    });
    for (const { head } of heads) this.#heads.set(head.device, head);
    for (const { at } of intake.entries) this.clock.observe(at);
    for (const [device, name] of intake.names) this.#names.set(device, name);
    if (intake.crewChanged) [this.#crew, this.#crewDocument] = [intake.crew, intake.crewDocument];
    // our own entries came back to us (this disk had lost them): what we write on is not current
    if (intake.entries.some(({ device }) => device === this.id)) this.#own = null;
  }

  async #commit(commit: Commit): Promise<void> {
    try {
      await this.#ports.store.commit(commit);
    } catch (failure) {
      await this.#reread(); // whatever happened, the disk decides where we are
      throw failure;
    }
  }

  /** Signs one change of ours and commits it with what belongs to it. */
  async #append(
    doc: string,
    change: Bytes,
    also: (seq: number) => Omit<Commit, "entries" | "heads">,
  ): Promise<void> {
    const last = this.#heads.get(this.id);
    const seq = (last?.seq ?? 0) + 1;
    const entry = await signEntry({
      device: this.id,
      seq,
      prev: last?.hash ?? NO_ENTRY,
      at: this.clock.next(),
      doc,
      change,
    }, this.#ports.signer);
    const head: Head = { ...last, device: this.id, seq, hash: entry.hash };
    await this.#commit({
      ...also(seq),
      entries: [storedEntry(entry)],
      heads: [{ head, after: seq - 1 }],
    });
    this.#heads.set(this.id, head);
  }

  async #reread(): Promise<void> {
    this.#own = null;
    const heads = await this.#ports.store.heads();
    this.#heads = new Map(heads.map((head) => [head.device, head]));
    if (this.#crewId) await this.#restoreCrew(this.#crewId);
  }

  async #restore(): Promise<void> {
    const own = await this.#ports.store.entriesAfter(
      this.id,
      (this.#heads.get(this.id)?.seq ?? 0) - 1,
      1,
    );
    const last = own[0] && await parseEntry(own[0].bytes);
    if (last) this.clock.resume(last.at);
    const named = await this.#ports.store.docs("device/");
    if (this.#crewId || named.length > 0) await this.#ports.automerge();
    for (const doc of named) await this.#restoreName(doc);
    if (this.#crewId) await this.#restoreCrew(this.#crewId);
  }

  async #restoreName(doc: string): Promise<void> {
    const name = parseDocName(doc);
    if (name.kind !== "device") return;
    for (const change of await this.#changesOf(doc)) {
      const text = nameIn(parseChange(change)?.records ?? []);
      if (text !== undefined) this.#names.set(name.device, text);
    }
  }

  async #restoreCrew(founder: DeviceId): Promise<void> {
    this.#crewDocument = await this.#openCrew(founder);
    this.#crew = readCrew(founder, this.#crewDocument);
  }

  async #openCrew(founder: DeviceId): Promise<Document> {
    await this.#ports.automerge();
    return openDocument(this.id, await this.#changesOf(crewDoc(founder)));
  }

  async #openOwn(): Promise<{ n: number; changes: number; document: Document }> {
    await this.#ports.automerge();
    const numbers = (await this.#ports.store.docs(`obs/${this.id}/`)).map((doc) => {
      const name = parseDocName(doc);
      return name.kind === "obs" ? name.n : 0;
    });
    const n = Math.max(0, ...numbers);
    const changes = await this.#changesOf(observationsDoc(this.id, n));
    return changes.length < CHANGES_PER_DOC
      ? { n, changes: changes.length, document: openDocument(this.id, changes) }
      : { n: n + 1, changes: 0, document: openDocument(this.id, []) };
  }

  async #changesOf(doc: string): Promise<Bytes[]> {
    const stored = await this.#ports.store.entriesOf(doc);
    const entries = await Promise.all(stored.map(({ bytes }) => parseEntry(bytes)));
    return entries.flatMap((entry) => entry ? [entry.change] : []);
  }

  async #commitCrewId(founder: DeviceId): Promise<void> {
    await this.#ports.store.commit({ settings: { [CREW_SETTING]: founder }, strict: true });
    this.#crewId = founder;
    await this.#restoreCrew(founder);
  }

  /** A turn that writes to the own feed. Another worker of this device may have been faster: once more then. */
  #inOwnTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(() =>
      work().catch((failure) => {
        if (!(failure instanceof HeadMoved)) throw failure;
        return work();
      })
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {}); // the caller has the failure; the line goes on
    return result;
  }
}

function storedEntry({ device, seq, doc, bytes }: SignedEntry): StoredEntry {
  return { device, seq, doc, bytes };
}
