/**
 * A device's copy of what its crew knows: its own feed, which it alone writes, and the others', which it
 * checks. Everything goes through one line of turns, and memory follows the disk: a head moves, and
 * a promise resolves, only after the store has committed.
 */
import { auditFeed } from "./audit.ts";
import { type Bytes, isHex } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import { HybridClock } from "../clock.ts";
import {
  type Crew,
  type CrewRecord,
  encodeCrewRecord,
  mayChange,
  MOST_CREW_COUNTER,
  visibleThrough,
} from "./crew.ts";
import { crewDoc, deviceDoc, worldKind } from "./doc_name.ts";
import { encodeRules } from "../decide/parse_rules.ts";
import { NO_RULES, type RuleSet } from "../decide/rule.ts";
import { inEntries, noWorlds, readWorld, upTo } from "./kept_worlds.ts";
import {
  type CrewRules,
  holdingRules,
  MOST_RULES_COUNTER,
  parseRulesRecord,
  rulesRecord,
} from "./rules_record.ts";
import { isCell } from "../world/cell.ts";
import type { LatLon } from "../world/plan_frame.ts";
import { parseWorldRecord, worldRecords } from "../world/world_records.ts";
import {
  type AgentWorld,
  EMPTY_AGENT,
  EMPTY_WORLD,
  joinAgents,
  mergeAgent,
  type WorldState,
} from "../world/world_state.ts";
import { NO_ENTRY, parseEntry, type SignedEntry } from "./entry.ts";
import { BEGIN_BUILD, type IndexState } from "./index_build.ts";
import { Intake, parseWire, type Received, type WireEntry } from "./intake.ts";
import { readRules, RULES_SNAPSHOT } from "./kept_rules.ts";
import type { Signer } from "../keys.ts";
import type { Role, VerifyResult } from "../messages.ts";
import { MOST_COUNTER, noteRecord } from "./note_record.ts";
import { type Edit, parseEdit } from "../notes.ts";
import type { DeviceId, Observation } from "../observation.ts";
import { type FeedDraft, type OwnChange, OwnFeed, signChanges } from "./own_feed.ts";
import { batchesOf } from "./record_batches.ts";
import { notAdminError, notRulerError, pinnedError, unconfirmedError } from "./replica_errors.ts";
import { ReplicaState, type StateChange } from "./replica_state.ts";
import { rebuildDerived } from "./restore_derived.ts";
import { type Head, HeadMoved, SettingMoved, type Store, type StoredBlob } from "../store/store.ts";
import { type Suspect, Suspects } from "./suspects.ts";

export type { IndexState } from "./index_build.ts";

export interface ReplicaPorts {
  readonly store: Store;
  readonly signer: Signer;
  /** ms since the epoch. */
  readonly nowMs: () => number;
  /** Resolves once Automerge can be used: its 3.6 MB of Wasm are loaded only when they are needed. */
  readonly automerge: () => Promise<void>;
}

const MOST_TRIES = 5;
const FORKED = "signed two entries with one number";
/** The setting that lists devices outside the crew whose feeds the user took in from a bundle. */
const RESTORED_SETTING = "restored";

export class Replica {
  readonly id: DeviceId;
  readonly clock: HybridClock;
  readonly #ports: ReplicaPorts;
  readonly #state: ReplicaState;
  readonly #own: OwnFeed;
  readonly #suspects: Suspects;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(ports: ReplicaPorts) {
    const { store, signer: { id }, nowMs, automerge } = ports;
    this.#ports = ports;
    this.id = id;
    this.clock = new HybridClock(nowMs);
    this.#state = new ReplicaState({
      ...{ self: id, store, automerge },
      inTurn: (work) => this.#inTurn(work),
    });
    this.#own = new OwnFeed({ self: id, store, nowMs, automerge });
    this.#suspects = new Suspects(store);
  }

  /**
   * Opens what is on disk. It does not wait for the index: where {@link indexState} is not whole then, its
   * owner calls {@link rebuildIndex}.
   */
  static async open(ports: ReplicaPorts): Promise<Replica> {
    const replica = new Replica(ports);
    await replica.#state.load();
    const last = replica.headOf(replica.id)?.seq ?? 0;
    const [stored] = await ports.store.entriesAfter(replica.id, last - 1, 1);
    const entry = stored && await parseEntry(stored.bytes);
    if (entry) replica.clock.resume(entry.at);
    return replica;
  }

  get crew(): Crew | null {
    return this.#state.crew;
  }

  /** The device's own name for itself, as far as it is known here. */
  nameOf(device: DeviceId): string | undefined {
    const through = visibleThrough(this.crew, this.id, device);
    return this.#state.derived.nameOf(device, through);
  }

  /** Heads of this device and, in a crew, of its members, and of removed ones up to their removal: what a peer may know of. */
  get heads(): readonly Head[] {
    return this.#state.offered;
  }

  /** The last entry of a feed that is on disk here, whoever may know of it. */
  headOf(device: DeviceId): Head | undefined {
    return this.#state.heads.get(device);
  }

  /** The hash of an entry that is on disk; null where it is not, or cannot be read. */
  async hashAt(device: DeviceId, seq: number): Promise<Bytes | null> {
    const [stored] = await this.#ports.store.entriesAfter(device, seq - 1, 1);
    return stored?.seq === seq ? (await parseEntry(stored.bytes))?.hash ?? null : null;
  }

  /** Is this device one of us? */
  knows(device: DeviceId): boolean {
    return device === this.id || (this.crew?.members.has(device) ?? false);
  }

  /** The last entry of this device's feed that is passed on and taken here: Infinity for members, `through` for removed ones, 0 for strangers. */
  through(device: DeviceId): number {
    return this.#state.through(device);
  }

  /**
   * True while this identity was restored from a backup and another copy of it may be ahead: in a crew,
   * nothing is written then, since it could fork the feed.
   */
  get unconfirmed(): boolean {
    return this.#state.isUnconfirmed && this.crew !== null;
  }

  /** No other copy of this identity is ahead: a crew member's feeds, or the user, say so. */
  confirmIdentity(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state.isUnconfirmed) await this.#state.confirm();
    });
  }

  // ---------------------------------------------------------------- the own feed

  /**
   * Saves up to 4096 observations of this device, with their pictures: as many entries as they need, one
   * transaction. Resolves when they are on disk. Throws what the store throws (then nothing was
   * written), `entry-invalid` for one that fits no entry, and `identity-unconfirmed`, as all that
   * write the own feed, while {@link unconfirmed}.
   */
  async record(
    observations: readonly Observation[],
    blobs: readonly StoredBlob[],
  ): Promise<void> {
    const batches = batchesOf(observations);
    await this.#writing(async (draft) => {
      const changes = await inOrder(
        batches,
        (value) => draft.put("obs", (place) => [{ key: String(place), value }]),
      );
      const also = { blobs, at: this.#ports.nowMs() };
      if (changes.length === 0) return await this.#state.commit({ ...also, strict: true });
      const change = await this.#sign(...changes);
      if (change.observations?.length !== observations.length) {
        throw new Error("Cannot record: an observation does not fit its format");
      }
      await this.#state.save(change, also);
    });
  }

  /** Saves what this device's user says of observations: one entry. Of two edits of one field the later holds. */
  async note(edits: readonly Edit[]): Promise<void> {
    const bad = edits.find(({ observation, field, value }) =>
      !parseEdit(observation, field, value)
    );
    if (bad) throw new Error(`Cannot note ${bad.field} of ${bad.observation}: not an edit`);
    if (edits.length === 0) return;
    const last = new Map(edits.map((edit) => [`${edit.observation} ${edit.field}`, edit]));
    let isWritten = false;
    while (!isWritten) {
      // an edit counts above those before it, so they must be in the index
      if (!this.indexState.whole) await this.rebuildIndex();
      await this.#writing(async (draft) => {
        // building it anew began before this turn came, here or in another worker
        if (!this.indexState.whole || !await this.#state.isIndexed()) return;
        const counted = await Promise.all([...last.values()].map((edit) => this.#counted(edit)));
        const records = counted.map(noteRecord);
        await this.#state.save(await this.#sign(await draft.put("notes", () => records)));
        isWritten = true;
      });
    }
  }

  /**
   * Saves what this device says of a cell of the world, as far as it is new: each part that changed is one record.
   * Together with all that it said before, so a device that forgot something takes nothing back. Throws for what
   * is no cell, or no world that others would read.
   */
  keepWorld(cell: string, own: AgentWorld): Promise<void> {
    if (!isCell(cell)) throw new Error(`Cannot keep a world of "${cell}": not a cell's id`);
    return this.#writing(async (draft) => {
      const kept = (await this.#worldIn(cell, this.id)) ?? EMPTY_AGENT;
      const records = worldRecords(joinAgents(kept, own), kept);
      const bad = records.find((one) => !parseWorldRecord(one, this.#ports.nowMs()));
      if (bad) throw new Error(`Cannot keep ${bad.key} of ${cell}: others would not read them`);
      const changes = await inOrder(
        inEntries(records),
        (group) => draft.put(worldKind(cell), () => group),
      );
      if (changes.length > 0) await this.#state.save(await this.#sign(...changes));
    });
  }

  /**
   * What all say of a cell, by device: as far as they are shown, and not stamped more than five minutes after now.
   * From snapshots; where one does not stand where its feed does, from the entries.
   */
  world(cell: string): Promise<WorldState> {
    return this.#inTurn(async () => {
      const devices = this.#state.derived.worlds.flatMap((one) =>
        one.cell === cell ? one.device : []
      );
      const all = await inOrder(devices.sort(), async (device) => {
        const said = await this.#worldIn(cell, device);
        const isOwn = device === this.id;
        return [device, said && !isOwn ? upTo(said, this.#ports.nowMs()) : said] as const;
      });
      return all.reduce<WorldState>(
        (state, [device, said]) => said ? mergeAgent(state, device, said) : state,
        EMPTY_WORLD,
      );
    });
  }

  /** The crew's rules; none where there are none, or none that can be read any more. */
  async rules(): Promise<RuleSet> {
    return (await this.crewRules()).set;
  }

  /** With the origin that they are kept with, to 1e-7 of a degree. */
  crewRules(): Promise<CrewRules> {
    return this.#inTurn(() => this.#rules());
  }

  /**
   * Gives the crew these rules and this origin, in place of those before: one record of this admin's crew document.
   * Throws `not-admin` where this device's word would not hold, and for what is not as `parseRules` gives it, or no
   * place on earth.
   */
  keepRules(set: RuleSet, origin: LatLon | null = null): Promise<void> {
    return this.#writing(async (draft) => {
      const { crew, id } = this;
      if (crew?.members.get(id)?.role !== "admin") throw notRulerError();
      const counter = this.#state.derived.rules.reduce(
        (most, one) => Math.max(most, one.counter),
        0,
      );
      const place = {
        ...{ by: id, seq: (this.headOf(id)?.seq ?? 0) + 1, at: this.clock.next() },
        counter: Math.min(counter + 1, MOST_RULES_COUNTER),
      };
      const record = rulesRecord({ ...place, bytes: encodeRules(set), origin });
      if (!parseRulesRecord(record.key, record.value, place)) {
        throw new Error("Cannot keep rules: they are not as parseRules gives them");
      }
      await this.#state.save(
        await this.#sign(await draft.putIn(crewDoc(crew.founder, id), [record])),
      );
    });
  }

  /** Names this device. */
  rename(name: string): Promise<void> {
    return this.#writing(async (draft) => {
      if (name === this.nameOf(this.id)) return;
      const record = { key: "name", value: encodeCbor(name) };
      await this.#state.save(await this.#sign(await draft.putIn(deviceDoc(this.id), [record])));
    });
  }

  /** Founds a crew with this device as its admin, unless it is in one. Returns the crew's id. */
  found(): Promise<DeviceId> {
    return this.#inTurn(() =>
      againIfMoved(async () => {
        if (!this.crew) await this.#follow(this.id);
        return this.crew?.founder ?? this.id;
      })
    );
  }

  /** Follows the crew of `founder`: from now on the word of its admins on members counts here. */
  follow(founder: DeviceId): Promise<void> {
    return this.#inTurn(() => againIfMoved(() => this.#follow(founder)));
  }

  /** Takes a device into the crew, also one that was removed; an admin stays one until it is removed. Throws `not-admin` where this device's word would not hold. */
  admit(device: DeviceId, role: Role): Promise<void> {
    return this.#writing(async (draft) => {
      if (this.crew?.members.get(device)?.role === role) return;
      await this.#writeCrew(draft, device, { kind: "member", role });
    });
  }

  /**
   * Removes a member from the crew: what it writes beyond what is here now is taken, passed on and shown by
   * nobody. Throws `not-admin` where this device's word would not hold: admins are removed by the founder.
   */
  remove(device: DeviceId): Promise<void> {
    return this.#writing(async (draft) => {
      if (this.crew?.removed.has(device)) return;
      const through = this.headOf(device)?.seq ?? 0;
      await this.#writeCrew(draft, device, { kind: "removed", through });
    });
  }

  // ---------------------------------------------------------------- others' feeds

  /**
   * Entries of `device` after `seq`, as they travel and as far as they are passed on: at most `mostBytes`, but
   * at least one if there is one. Of a device that forked then also what proves it, so that nobody takes one
   * side of the fork for the whole: once they have come that far, for what was before the fork is the crew's.
   * So is what a removed device wrote up to its removal, and with it what is wrong with that.
   */
  async entriesAfter(device: DeviceId, seq: number, mostBytes: number): Promise<Bytes[]> {
    const entries = await this.#ports.store.entriesAfter(device, seq, mostBytes);
    const through = this.through(device);
    const given = entries.flatMap((entry) => entry.seq <= through ? entry.bytes : []);
    const head = this.headOf(device);
    if (head?.quarantined === undefined) return given;
    const proofs = (await this.#suspects.proofsOf(device)).filter((one) => one.seq <= through);
    const first = proofs[0]?.seq ?? 0;
    // the other side of a fork has its first entry's number, or that before it
    const isDue = seq >= first - 2 || head.seq < first;
    return isDue ? [...given, ...proofs.map(({ bytes }) => bytes)] : given;
  }

  /** Checks entries of outside origin and saves those that hold: one transaction for all. */
  receive(wire: readonly Uint8Array[]): Promise<Received> {
    return this.#inTurn(() => againIfMoved(() => this.#receive(wire, false)));
  }

  /**
   * As {@link receive}, of a bundle that the user chose: feeds of devices outside the crew are taken too,
   * where signatures and chains hold. They can be read here, and are not given to peers.
   */
  restore(wire: readonly Uint8Array[]): Promise<Received> {
    return this.#inTurn(() => againIfMoved(() => this.#receive(wire, true)));
  }

  // ---------------------------------------------------------------- the whole

  /** How far the list of observations, and what people say of them, is built from the entries. */
  get indexState(): IndexState {
    return this.#state.index.state;
  }

  /**
   * Builds the index and the snapshots anew from the entries, in steps between which other turns go; where a
   * build was broken off or is under way, goes on with that. Resolves when it is whole.
   */
  async rebuildIndex(onProgress?: (done: number, total: number) => void): Promise<void> {
    await this.#inTurn(async () => {
      await againIfMoved(async () => {
        if (this.#state.index.isWhole) await this.#beginBuild();
      });
    });
    await this.#state.index.run(onProgress);
  }

  /** Reads every entry from disk again and checks signatures and chains. */
  async verify(): Promise<VerifyResult> {
    const heads = [...this.#state.heads.values()];
    const audits = await inOrder(heads, (head) => auditFeed(this.#ports.store, head));
    return {
      devices: heads.length,
      entries: audits.reduce((sum, { entries }) => sum + entries, 0),
      faults: audits.flatMap(({ faults }) => faults),
    };
  }

  async #beginBuild(): Promise<void> {
    const heads = [...this.#state.heads.values()];
    const derived = await rebuildDerived(this.#derivedPorts, heads, this.crew?.founder ?? null);
    const snapshots = noWorlds([...this.#state.derived.worlds, ...derived.worlds]);
    await this.#state.save({ derived }, {
      ...BEGIN_BUILD,
      snapshots: { ...snapshots, [RULES_SNAPSHOT]: null },
    });
    this.#state.index.begun();
  }

  /** Puts back what the disk had lost of feeds, and reads anew what they say. */
  async #mend(entries: readonly SignedEntry[]): Promise<void> {
    await this.#state.commit({
      entries: entries.map(({ device, seq, doc, bytes }) => ({ device, seq, doc, bytes })),
    });
    this.#own.forget();
    await this.#beginBuild();
    this.#state.index.runAlone();
  }

  #worldIn(cell: string, device: DeviceId): Promise<AgentWorld | null> {
    const place = this.#state.derived.worlds.find((one) =>
      one.cell === cell && one.device === device
    );
    const seq = Math.min(place?.seq ?? 0, visibleThrough(this.crew, this.id, device));
    if (seq === 0) return Promise.resolve(null);
    return readWorld(this.#ports, { cell, device, seq });
  }

  async #rules(): Promise<CrewRules> {
    const { founder, crewRecords, rules } = this.#state.derived;
    const place = founder === null ? null : holdingRules(founder, crewRecords, rules);
    const held = place && await readRules(this.#ports, place);
    return held ?? { set: NO_RULES, origin: null };
  }

  get #derivedPorts() {
    return { store: this.#ports.store, self: this.id, automerge: this.#ports.automerge };
  }

  async #follow(founder: DeviceId): Promise<void> {
    const heads = [...this.#state.heads.values()];
    await this.#state.follow(founder, await rebuildDerived(this.#derivedPorts, heads, founder));
  }

  async #counted(edit: Edit): Promise<Edit & { counter: number }> {
    const before = await this.#ports.store.edits(edit.observation);
    const counter = before.filter(({ field }) => field === edit.field)
      .reduce((most, one) => Math.max(most, one.counter), 0) + 1;
    if (counter > MOST_COUNTER) throw pinnedError(edit);
    return { ...edit, counter };
  }

  async #writeCrew(draft: FeedDraft, device: DeviceId, says: CrewRecord["says"]): Promise<void> {
    const { crew, id } = this;
    if (!crew) throw new Error("Cannot change the crew: there is none yet");
    const isAdmin = says.kind === "member" && crew.members.get(device)?.role === "admin";
    if (isAdmin || !mayChange(crew, id, device)) throw notAdminError(crew, id, device);
    const counter = this.#state.derived.crewRecords.filter((one) => one.device === device)
      .reduce((most, one) => Math.max(most, one.counter), 0) + 1;
    // someone has counted to the end: of what counts the same the founder's word holds
    const isAtEnd = counter > MOST_CREW_COUNTER;
    if (isAtEnd && id !== crew.founder) throw notAdminError(crew, id, device);
    const value = encodeCrewRecord({
      ...{ device, by: id, seq: (this.headOf(id)?.seq ?? 0) + 1, at: this.clock.next(), says },
      counter: Math.min(counter, MOST_CREW_COUNTER),
    });
    const change = await draft.putIn(crewDoc(crew.founder, id), [{ key: device, value }]);
    await this.#state.save(await this.#sign(change));
  }

  #sign(...changes: readonly OwnChange[]): Promise<StateChange> {
    const { heads, derived } = this.#state;
    const { signer } = this.#ports;
    return signChanges(changes, { head: heads.get(this.id), derived, clock: this.clock, signer });
  }

  async #receive(wire: readonly Uint8Array[], outsiders: boolean): Promise<Received> {
    await this.#ports.automerge();
    const entries = await parseWire(wire);
    const forked = new Map<DeviceId, number>();
    const evidence: Suspect[] = [];
    for (;;) {
      const intake = await this.#takeIn(entries, outsiders, forked);
      const caught = [...intake.forks].filter(([device]) => !forked.has(device));
      if (caught.length === 0) {
        await this.#save(intake, forked, [...evidence, ...intake.suspects]);
        return intake.result;
      }
      // what rests on the word of a device that turns out to have forked was taken in too early: once more without it
      for (const [device, seq] of caught) forked.set(device, seq);
      evidence.push(...intake.suspects.filter(({ why }) => why === "forked"));
    }
  }

  async #takeIn(
    entries: readonly WireEntry[],
    outsiders: boolean,
    forked: ReadonlyMap<DeviceId, number>,
  ): Promise<Intake> {
    const { heads, derived, crew } = this.#state;
    const { store } = this.#ports;
    const intake = new Intake({ store, self: this.id, heads, derived, crew, outsiders, forked });
    for (const entry of entries) await intake.look(entry);
    await intake.end();
    return intake;
  }

  async #save(
    intake: Intake,
    forked: ReadonlyMap<DeviceId, number>,
    suspects: readonly Suspect[],
  ): Promise<void> {
    const grown = intake.heads.filter(({ head }) => !forked.has(head.device));
    const heads = [
      ...grown,
      ...[...forked.keys()].map((device) => this.#quarantined(device, intake)),
    ];
    const at = this.#ports.nowMs();
    const quarantine = await this.#suspects.worthKeeping(suspects, at);
    const { derived, entries, indexed, worlds } = intake;
    const settings = await this.#restoredWith(intake);
    if (heads.length > 0) {
      await this.#state.save(
        { derived, entries, heads, worlds, ...indexed },
        { quarantine, settings },
      );
    } else if (quarantine.length > 0) await this.#state.commit({ quarantine });
    this.#suspects.kept();
    if (intake.mended.length > 0) await this.#mend(intake.mended);
    for (const entry of entries) {
      if (entry.device === this.id) this.clock.resume(entry.at);
      else this.clock.observe(entry.at);
    }
    // our own entries came back to us (this disk had lost them): what we write on is not current
    if (entries.some(({ device }) => device === this.id)) this.#own.forget();
  }

  /** What was before the fork stays, and so comes to be here. */
  #quarantined(device: DeviceId, intake: Intake): { head: Head; after: number } {
    const before = this.headOf(device) ?? { device, seq: 0, hash: NO_ENTRY };
    const head = intake.heads.find((one) => one.head.device === device)?.head ?? before;
    return { head: { ...head, quarantined: FORKED }, after: before.seq };
  }

  /** The list of restored devices, when there are more now. */
  async #restoredWith({ entries, crew }: Intake): Promise<Record<string, unknown>> {
    const outside = entries.flatMap(({ device }) =>
      device === this.id || crew?.members.has(device) || crew?.removed.has(device) ? [] : device
    );
    if (outside.length === 0) return {};
    const before = await this.#ports.store.setting(RESTORED_SETTING);
    const known = Array.isArray(before) ? before.filter((one) => isHex(one, 32)) : [];
    return { [RESTORED_SETTING]: [...new Set([...known, ...outside])] };
  }

  /**
   * A turn that writes to the own feed. Another worker of this device may have been faster: then again, from
   * what is on disk.
   */
  #writing(work: (draft: FeedDraft) => Promise<void>): Promise<void> {
    const once = async () => {
      // what is so already is not written: it must be so on disk
      await this.#state.catchUp();
      if (this.unconfirmed) throw unconfirmedError();
      const draft = await this.#own.draft(this.#state.derived);
      await work(draft);
      this.#own.keep(draft);
    };
    return this.#inTurn(() => againIfMoved(once));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {}); // the caller has the failure; the line goes on
    return result;
  }
}

/** Another worker of this device may be faster a few times, while it ends; not for ever. */
async function againIfMoved<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await work();
    } catch (failure) {
      const isMoved = failure instanceof HeadMoved || failure instanceof SettingMoved;
      if (!isMoved || tries === MOST_TRIES) throw failure;
    }
  }
}

async function inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
