import { peerIdOf } from "../field/link/peer_id.ts";
import type { MediaTotals } from "../field/media.ts";
import type { CrewStatus, PeerStatus, Status, StorageStatus } from "../field/messages.ts";
import type { DeviceId } from "../field/observation.ts";
import type { Replica } from "../field/feed/replica.ts";
import type { Store } from "../field/store/store.ts";
import { aheadOfPeers } from "../field/sync/clock_offset.ts";
import type { Membership } from "../field/sync/membership.ts";
import { ENOUGH_NEIGHBOURS, type PeerLink, REMOVED, type SyncNode } from "../field/sync/node.ts";
import type { EngineHost } from "./engine_host.ts";
import type { IndexKeeper } from "./index_keeper.ts";
import type { LiveView } from "./live_view.ts";
import type { Recorder } from "./recorder.ts";
import { scope } from "./scope.ts";
import type { Watcher } from "./watcher.ts";

export interface StatusReportPorts {
  readonly boot: string;
  readonly version: string;
  readonly store: Store;
  readonly replica: Replica;
  readonly membership: Membership;
  readonly node: SyncNode;
  readonly live: LiveView;
  readonly recorder: Recorder;
  readonly watcher: Watcher;
  readonly engine: EngineHost;
  readonly index: IndexKeeper;
  readonly keepFrames: () => boolean;
  readonly unconfirmed: () => boolean;
  readonly nowMs: () => number;
}

/** What takes long to find out is found out this often at most. */
const ESTIMATE_EVERY_MS = 5000;

/** What the worker says of itself and its crew. */
export class StatusReport {
  readonly #ports: StatusReportPorts;
  readonly #unreachable = new Map<string, string>();
  #counts = new Map<string, Promise<number>>();
  readonly #estimate: Seldom<StorageEstimate>;
  readonly #media: Seldom<MediaTotals>;
  readonly #quarantined: Seldom<number>;

  constructor(ports: StatusReportPorts) {
    this.#ports = ports;
    const { store, nowMs } = ports;
    this.#estimate = new Seldom(nowMs, () => scope.navigator.storage.estimate());
    this.#media = new Seldom(nowMs, () => store.mediaTotals());
    this.#quarantined = new Seldom(nowMs, async () => (await store.quarantine()).length);
  }

  /** Pictures were removed. */
  mediaChanged(): void {
    this.#media.forget();
    this.#estimate.forget();
  }

  /** Observations were saved or arrived: counts are no longer what they were. */
  changed(): void {
    this.#counts = new Map();
  }

  /** The radio could not reach this peer, and why. */
  unreachable(peerId: string, why: string): void {
    this.#unreachable.set(peerId, why);
  }

  /** The radio begins anew: who could not be reached may be reached now. */
  allReachable(): void {
    this.#unreachable.clear();
  }

  async status(): Promise<Status> {
    const { boot, version, store } = this.#ports;
    const { id } = this.#ports.replica;
    const { ticket } = this.#ports.membership;
    const [saved, total, missingMedia, peers, storage, media, quarantined] = await Promise.all([
      this.#count(id),
      store.countObservations(),
      store.countWanted(),
      this.#peers(),
      this.storage(),
      this.#media.value(),
      this.#quarantined.value(),
    ]);
    return {
      device: { id, name: this.nameOf(id) },
      boot,
      version,
      source: this.#ports.watcher.current,
      saved,
      pending: this.#ports.recorder.pending,
      total,
      missingMedia,
      engine: this.#ports.engine.status,
      crew: this.#crew(),
      joining: ticket && { inviter: ticket.inviter, expires: ticket.expires },
      peers,
      storage,
      rebuilding: this.#ports.index.progress,
      clock: this.clock(),
      quarantined,
      thinnedMedia: media.thinned,
      unconfirmed: this.#ports.unconfirmed(),
      keepFrames: this.#ports.keepFrames(),
      incidents: this.#ports.node.incidents,
    };
  }

  /** By how much this device's clock is ahead of those of the crew; null when it has met nobody lately. */
  clock(): { readonly aheadMs: number; readonly peers: number } | null {
    const { replica, node, nowMs } = this.#ports;
    const members = replica.crew?.members.keys() ?? [];
    return aheadOfPeers(node.book.clocksOf(members), nowMs());
  }

  #crew(): CrewStatus | null {
    const { crew, id: self } = this.#ports.replica;
    const removal = crew?.removed.get(self);
    // it may do nothing any more
    const role = removal ? "viewer" : crew?.members.get(self)?.role;
    if (!crew || !role) return null;
    const { book, connected } = this.#ports.node;
    // by the crew's own word, or only by a peer's
    const removedBy = removal?.by ?? [...crew.members.keys()]
      .find((device) => book.of(device).reason === REMOVED && !connected.has(device));
    return {
      id: crew.founder,
      role,
      members: crew.members.size,
      ...(removedBy === undefined ? {} : { removedBy }),
    };
  }

  async #peers(): Promise<PeerStatus[]> {
    const crew = this.#ports.replica.crew;
    if (!crew) return [];
    const links = new Map(this.#ports.node.peers().map((link) => [link.device, link]));
    const others = [...crew.members].filter(([device]) => device !== this.#ports.replica.id);
    return await Promise.all(others.map(async ([device, { role }]) => {
      const page = this.#ports.node.book.of(device);
      const have = await this.#countHeld(page.heads);
      const all = await this.#countHeld(null);
      const reason = this.#reasonFor(device, await peerIdOf(device));
      const link = links.get(device);
      const standing = link ? undefined : this.#ports.node.standing(device);
      const sees = this.#ports.live.of(device);
      return {
        device,
        name: this.nameOf(device),
        role,
        connected: link !== undefined,
        have,
        missing: all - have,
        lastAt: standing && standing.heardAt > (page.lastAt ?? 0) ? standing.heardAt : page.lastAt,
        ...(page.clock
          ? { clock: { aheadMs: page.clock.aheadMs, withinMs: page.clock.withinMs } }
          : {}),
        ...(sees === undefined ? {} : { sees }),
        ...(link
          ? linkStatus(link)
          : standing
          ? { throughOthers: true, ...(standing.media ? { media: standing.media } : {}) }
          : reason === undefined
          ? {}
          : { reason }),
      };
    }));
  }

  #reasonFor(device: DeviceId, peerId: string): string | undefined {
    const quarantined = this.#ports.replica.headOf(device)?.quarantined;
    if (quarantined !== undefined) return `Nothing more is taken from it: it ${quarantined}.`;
    const { reason } = this.#ports.node.book.of(device);
    // that another has neighbours enough keeps nothing from reaching it
    return (reason === ENOUGH_NEIGHBOURS ? undefined : reason) ?? this.#unreachable.get(peerId);
  }

  /** Observations of the crew's feeds here that a holder of `heads` has too; all of them for null. */
  async #countHeld(heads: ReadonlyMap<DeviceId, number> | null): Promise<number> {
    const counts = await Promise.all(
      this.#ports.replica.heads.map(({ device, seq }) =>
        this.#count(device, heads === null ? seq : Math.min(seq, heads.get(device) ?? 0))
      ),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Counts are asked for many times between two changes. */
  #count(device: DeviceId, throughSeq?: number): Promise<number> {
    const key = `${device} ${throughSeq}`;
    const known = this.#counts.get(key) ??
      this.#ports.store.countObservations(device, throughSeq);
    this.#counts.set(key, known);
    known.catch(() => this.#counts.delete(key));
    return known;
  }

  async storage(): Promise<StorageStatus> {
    const [estimate, persistent] = await Promise.all([
      this.#estimate.value(),
      scope.navigator.storage.persisted(),
    ]);
    const failure = this.#ports.recorder.failure;
    return {
      usedBytes: estimate.usage ?? 0,
      quotaBytes: estimate.quota ?? 0,
      persistent,
      ...(failure ? { failure } : {}),
    };
  }

  /** Its own name, or one that tells it from others. */
  nameOf(device: DeviceId): string {
    return this.#ports.replica.nameOf(device) ?? `Device ${device.slice(0, 4)}`;
  }
}

function linkStatus({ via, rttMs, loss, media, waiting }: PeerLink): Partial<PeerStatus> {
  return { via, rttMs, loss, waiting, ...(media ? { media } : {}) };
}

/** A value that is asked for more often than it is worth finding out. */
class Seldom<T> {
  readonly #nowMs: () => number;
  readonly #find: () => Promise<T>;
  #known: { readonly at: number; readonly value: Promise<T> } | null = null;

  constructor(nowMs: () => number, find: () => Promise<T>) {
    this.#nowMs = nowMs;
    this.#find = find;
  }

  value(): Promise<T> {
    const age = this.#nowMs() - (this.#known?.at ?? -Infinity);
    if (this.#known && age >= 0 && age <= ESTIMATE_EVERY_MS) return this.#known.value;
    const known = { at: this.#nowMs(), value: this.#find() };
    this.#known = known;
    known.value.catch(() => this.#known === known && this.forget());
    return known.value;
  }

  forget(): void {
    this.#known = null;
  }
}
