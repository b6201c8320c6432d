import type { DeviceId } from "../field/observation.ts";
import type { Replica } from "../field/feed/replica.ts";
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
  /** This link gives way to another. */
  readonly onLeave: (link: string) => void;
}

/** The mesh, with what it must know of this device's links. */
export class Neighbours {
  readonly mesh: Mesh;
  readonly #ports: NeighboursPorts;
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
    });
  }

  /** Time has passed, or a link opened or ended. Call about once a second while there are links. */
  tick(): void {
    const links = this.#ports.node.peers();
    for (const { device, rttMs, loss } of links) this.#quality.set(device, { rttMs, loss });
    const leaving = this.mesh.toLeave();
    const link = links.find(({ device }) => device === leaving);
    if (link) this.#ports.onLeave(link.link);
    const plan = [...this.mesh.toCall()].sort().join();
    if (plan === this.#planned) return;
    this.#planned = plan;
    this.#ports.onPlan();
  }
}
