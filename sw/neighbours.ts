import type { Failure } from "../field/errors.ts";
import { peerIdOf } from "../field/link/peer_id.ts";
import type { DeviceId } from "../field/observation.ts";
import type { Replica } from "../field/feed/replica.ts";
import type { LinkKind } from "../field/sync/lanes.ts";
import type { Membership } from "../field/sync/membership.ts";
import { Mesh } from "../field/sync/mesh.ts";
import type { PeerLink, SyncNode } from "../field/sync/node.ts";

export interface NeighboursPorts {
  readonly node: Pick<SyncNode, "peers" | "connected" | "book">;
  readonly replica: Pick<Replica, "id" | "crew">;
  readonly membership: Pick<Membership, "ticket">;
  readonly nowMs: () => number;
  /** 0 up to 1, without 1. */
  readonly random: () => number;
  /** Others are to be called now: the radio wants a new plan. */
  readonly onPlan: () => void;
  /** This neighbour gives way to another. */
  readonly onLeave: (device: DeviceId) => void;
}

/** The mesh, with what it must know of this device's links. */
export class Neighbours {
  readonly mesh: Mesh;
  readonly #ports: NeighboursPorts;
  /** Devices whose link is, or was last, one with a hub. */
  readonly #hubs = new Set<DeviceId>();
  /** As measured last, while there was a link. */
  readonly #quality = new Map<DeviceId, Pick<PeerLink, "rttMs" | "loss">>();
  #planned = "";

  constructor(ports: NeighboursPorts) {
    const { node, replica, membership, nowMs, random } = ports;
    this.#ports = ports;
    this.mesh = new Mesh({
      self: replica.id,
      random,
      nowMs,
      members: () => [...replica.crew?.members.keys() ?? []],
      connected: () => node.connected,
      quality: (device) => this.#quality.get(device),
      lastMetAt: (device) => node.book.of(device).lastAt,
      inviter: () => membership.ticket?.inviter,
      isHub: (device) => this.#hubs.has(device),
    });
  }

  /** May a member's session open on a link of this kind? */
  mayAccept(device: DeviceId, via: LinkKind): boolean {
    this.#note(device, via);
    return this.mesh.mayAccept(device);
  }

  /** The radio did not reach it: another is to be called, unless the hub is away, and nobody can be. */
  async unreached(peerId: string, { code }: Failure): Promise<void> {
    if (code === "hub-unreachable") return this.mesh.nobodyReached();
    for (const device of this.mesh.toCall()) {
      if (await peerIdOf(device) === peerId) this.mesh.failed(device);
    }
    this.tick();
  }

  /** Time has passed, or a link opened or ended. Call about once a second. */
  tick(): void {
    const links = this.#ports.node.peers();
    for (const { device, via, rttMs, loss } of links) {
      this.#note(device, via);
      this.#quality.set(device, { rttMs, loss });
    }
    const leaving = this.mesh.toLeave();
    if (leaving !== null) this.#ports.onLeave(leaving);
    const plan = [...this.mesh.toCall()].sort().join();
    if (plan === this.#planned) return;
    this.#planned = plan;
    this.#ports.onPlan();
  }

  #note(device: DeviceId, via: LinkKind): void {
    if (via === "hub") this.#hubs.add(device);
    else this.#hubs.delete(device);
  }
}
