import { type Bytes, isHex } from "../bytes.ts";
import { isStamp } from "../clock.ts";
import { type Crew, crewOf, throughOf, visibleThrough } from "./crew.ts";
import { DERIVED, DerivedState, founderIn } from "./derived_state.ts";
import { parseEntry, type SignedEntry } from "./entry.ts";
import type { SaidOfWorld } from "./entry_content.ts";
import { BEGIN_BUILD, BUILD_SETTING, IndexBuild } from "./index_build.ts";
import type { StoredEdit } from "../notes.ts";
import type { DeviceId, Hex } from "../observation.ts";
import { restoreDerived } from "./restore_derived.ts";
import { grownWorlds } from "./kept_worlds.ts";
import type { Commit, Head, IndexedObservation, Store } from "../store/store.ts";

export interface ReplicaStatePorts {
  readonly self: DeviceId;
  readonly store: Store;
  readonly automerge: () => Promise<void>;
  /** Runs work while nothing else writes. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What changes with one commit. */
export interface StateChange {
  /** The state after it. */
  readonly derived: DerivedState;
  readonly entries?: readonly SignedEntry[];
  readonly heads?: readonly { readonly head: Head; readonly after: number }[];
  readonly observations?: readonly IndexedObservation[];
  readonly edits?: readonly StoredEdit[];
  readonly wanted?: readonly Hex[];
  /** In the order of the entries. */
  readonly worlds?: readonly SaidOfWorld[];
}

/** The setting that says whose crew this is: its founder's id. */
export const CREW_SETTING = "crew";
/** Counts the commits that change the state: two workers of one device must not each go on from one state. */
const GENERATION_SETTING = "generation";
const UNCONFIRMED_SETTING = "identity-unconfirmed";

/** What a replica holds in memory: it follows the disk, whatever happens. */
export class ReplicaState {
  heads: ReadonlyMap<DeviceId, Head> = new Map();
  derived: DerivedState;
  crew: Crew | null = null;
  isUnconfirmed = false;
  readonly index: IndexBuild;
  readonly #ports: ReplicaStatePorts;
  #generation: unknown;
  /** Where the feeds of removed members end for others, of whom more than that is here. */
  #ends: ReadonlyMap<DeviceId, Head> = new Map();

  constructor(ports: ReplicaStatePorts) {
    this.#ports = ports;
    this.derived = new DerivedState(ports.self, null);
    this.index = new IndexBuild({
      ...ports,
      heads: () => this.heads,
      crew: () => this.crew,
      reload: () => this.load(),
    });
  }

  /** Reads the disk again if another worker of this device has changed what is on it. */
  async catchUp(): Promise<void> {
    const now = await this.#ports.store.setting(GENERATION_SETTING);
    if (now !== this.#generation) await this.load();
  }

  /** Whether the index is whole on disk too; else what another worker is building is taken over. */
  async isIndexed(): Promise<boolean> {
    const isWhole = await this.#ports.store.indexIsWhole();
    if (!isWhole) await this.load();
    return isWhole;
  }

  /** Reads what is on disk: no history, and nothing that needs Automerge, where the snapshot is there. */
  async load(): Promise<void> {
    const { store } = this.#ports;
    // before all else: what changes while the rest is read makes the next commit fail
    this.#generation = await store.setting(GENERATION_SETTING);
    const [heads, crewId, unconfirmed, isWhole, build] = await Promise.all([
      store.heads(),
      store.setting(CREW_SETTING),
      store.setting(UNCONFIRMED_SETTING),
      store.indexIsWhole(),
      store.setting(BUILD_SETTING),
    ]);
    const founder = isHex(crewId, 32) ? crewId : await this.#founderInSnapshot();
    const derived = await restoreDerived(this.#ports, heads, founder);
    this.heads = new Map(heads.map((head) => [head.device, head]));
    this.isUnconfirmed = unconfirmed === true;
    this.derived = derived;
    this.crew = founder === null ? null : crewOf(founder, derived.crewRecords);
    this.#ends = await readEnds(store, this.heads, this.crew);
    this.index.load(isWhole, build);
  }

  /** The setting is not there: either there is no crew, or it was damaged. */
  async #founderInSnapshot(): Promise<DeviceId | null> {
    const { store } = this.#ports;
    const bytes = await store.snapshot(DERIVED);
    const founder = bytes && founderIn(bytes);
    // where the disk refuses now, the next start puts it right
    if (founder) await store.commit({ settings: { [CREW_SETTING]: founder } }).catch(() => {});
    return founder;
  }

  /** Up to which entry a device's feed is taken here and passed on; see `Replica.through`. */
  through(device: DeviceId): number {
    const isOwn = device === this.#ports.self && !this.crew?.removed.has(device);
    return isOwn ? Infinity : throughOf(this.crew, device);
  }

  /** Heads as far as others may know of them. */
  get offered(): Head[] {
    return [...this.heads.values()].flatMap((head) => {
      const through = this.through(head.device);
      if (through === 0) return [];
      return head.seq <= through ? head : this.#ends.get(head.device) ?? [];
    });
  }

  /**
   * Commits a change, and takes it over when it is on disk. Where the crew's change makes the index hold
   * what it should not, or lack what it should hold, it is emptied with the same commit and built anew.
   * Throws what the store throws, `SettingMoved` where another worker was faster; then the disk decides
   * where we are.
   */
  async save(change: StateChange, also: Commit = {}): Promise<void> {
    const { store, self } = this.#ports;
    const { derived } = change;
    const crew = derived.founder === null ? null : crewOf(derived.founder, derived.crewRecords);
    const isStale = [...this.heads.values()].some(({ device, seq }) =>
      Math.min(seq, visibleThrough(crew, self, device)) !==
        Math.min(seq, visibleThrough(this.crew, self, device))
    );
    const generation = (isStamp(this.#generation) ? this.#generation : 0) + 1;
    const worlds = await grownWorlds(store, this.derived, change.worlds ?? []);
    await this.commit({
      ...also,
      entries: change.entries?.map(({ device, seq, doc, bytes }) => ({ device, seq, doc, bytes })),
      heads: change.heads,
      observations: change.observations,
      edits: change.edits,
      wanted: change.wanted,
      snapshots: { ...also.snapshots, ...worlds, [DERIVED]: derived.encode() },
      ...(isStale ? BEGIN_BUILD : this.#isFirst ? { indexIsWhole: true } : {}),
      settings: {
        ...also.settings,
        ...(isStale ? BEGIN_BUILD.settings : {}),
        [GENERATION_SETTING]: generation,
      },
      ifSettings: { [GENERATION_SETTING]: this.#generation },
    });
    this.#generation = generation;
    const heads = change.heads?.map(({ head }) => [head.device, head] as const) ?? [];
    this.heads = new Map([...this.heads, ...heads]);
    [this.derived, this.crew] = [derived, crew];
    this.#ends = await readEnds(store, this.heads, crew);
    if (!isStale) return;
    this.index.begun();
    this.index.runAlone();
  }

  /** Commits what is no part of this state. */
  async commit(commit: Commit): Promise<void> {
    try {
      await this.#ports.store.commit(commit);
    } catch (failure) {
      // a disk that refuses to be written may refuse to be read: then HeadMoved will tell what is old here
      await this.load().catch(() => {});
      throw failure;
    }
  }

  async follow(founder: DeviceId, derived: DerivedState): Promise<void> {
    await this.save({ derived }, { settings: { [CREW_SETTING]: founder }, strict: true });
  }

  async confirm(): Promise<void> {
    await this.commit({ settings: { [UNCONFIRMED_SETTING]: false }, strict: true });
    this.isUnconfirmed = false;
  }

  /** Nothing has ever been written: an index with nothing in it is whole. */
  get #isFirst(): boolean {
    return this.heads.size === 0 && this.index.isWhole;
  }
}

/** Of removed members, of whom more is here than is passed on, the last entry that is. */
async function readEnds(
  store: Store,
  heads: ReadonlyMap<DeviceId, Head>,
  crew: Crew | null,
): Promise<ReadonlyMap<DeviceId, Head>> {
  const ends = new Map<DeviceId, Head>();
  for (const [device, { through }] of crew?.removed ?? []) {
    const isBeyond = (heads.get(device)?.seq ?? 0) > through;
    if (!isBeyond || through === 0) continue;
    const [stored] = await store.entriesAfter(device, through - 1, 1);
    const hash = stored?.seq === through ? await hashOf(stored.bytes) : null;
    if (hash) ends.set(device, { device, seq: through, hash });
  }
  return ends;
}

async function hashOf(bytes: Bytes): Promise<Bytes | null> {
  return (await parseEntry(bytes))?.hash ?? null;
}
