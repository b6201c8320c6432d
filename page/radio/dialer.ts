import type { RadioPlan } from "../../field/messages.ts";
import { NEIGHBOURS } from "../../field/sync/mesh.ts";
import { DialBook } from "./dial_book.ts";
import type { HubLine } from "./hub_line.ts";
import type { RadioLink } from "./radio_link.ts";
import type { RadioLinks } from "./radio_links.ts";

/** How a peer can be called: directly by WebRTC, or through the hub's relay. */
export const WAYS = ["webrtc", "relay"] as const;
export type Way = typeof WAYS[number];

/** So long a direct call, or the line it needs, may take before the relay is tried beside it. */
const DIRECT_WITHIN_MS = 3_000;
/** A direct link through which nothing has got for so long: the relay is tried beside it. */
const SHAKY_WITHIN_MS = 5_000;
/** How long a relayed link goes on before a direct one is tried again. */
const UPGRADE = { firstMs: 60_000, mostMs: 600_000 };

export interface DialerPorts {
  /** ms that only rise. */
  readonly now: () => number;
  /** 0..1, for the spread of retries. */
  readonly random: () => number;
  readonly lines: Readonly<Record<Way, HubLine>>;
  readonly links: RadioLinks;
}

type PlannedPeer = RadioPlan["peers"][number];

/** Whom to call when, and how: directly if at all possible, else through the relay, and then directly again. */
export class Dialer {
  readonly #ports: DialerPorts;
  readonly #books: Readonly<Record<Way, DialBook>>;
  readonly #upgrades: DialBook;
  /** Ids that are called once although it is for them to call: they do not know that we are there. */
  readonly #arrivals: Readonly<Record<Way, Set<string>>> = { webrtc: new Set(), relay: new Set() };
  /** Whom the last direct call did not reach. */
  readonly #unreached = new Set<string>();
  /** The hub's own id, when it is a peer: it has no WebRTC. */
  #hubPeerId: string | null = null;

  constructor(ports: DialerPorts) {
    this.#ports = ports;
    this.#books = { webrtc: new DialBook(ports.random), relay: new DialBook(ports.random) };
    this.#upgrades = new DialBook(ports.random, UPGRADE);
  }

  /** What carries a link with this peer. */
  viaOf(way: Way, peerId: string): "webrtc" | "relay" | "hub" {
    return way === "relay" && peerId === this.#hubPeerId ? "hub" : way;
  }

  hubIs(peerId: string | null): void {
    this.#hubPeerId = peerId;
  }

  dial(peers: readonly PlannedPeer[]): void {
    for (const peer of peers) {
      for (const way of WAYS) if (this.#isDue(way, peer)) this.#call(way, peer.peerId);
    }
  }

  opened(link: RadioLink): void {
    const { peerId } = link;
    for (const way of WAYS) this.#arrivals[way].delete(peerId);
    if (isRelayed(link)) return this.#relayOpened(peerId);
    this.#unreached.delete(peerId);
    this.#upgrades.reached(peerId);
    for (const other of this.#ports.links.with(peerId)) {
      if (isRelayed(other) && !other.isOpen) other.close(null);
    }
  }

  ended(link: RadioLink): void {
    const { peerId, lastedMs } = link;
    const nowMs = this.#ports.now();
    if (link.via === "pair") return;
    if (isRelayed(link)) return this.#books.relay.ended(peerId, nowMs, lastedMs);
    if (lastedMs === 0) this.#unreached.add(peerId);
    this.#books.webrtc.ended(peerId, nowMs, lastedMs);
    if (this.#isRelayOpen(peerId)) this.#upgrades.ended(peerId, nowMs, lastedMs);
  }

  /** A call of the peer's takes the place of ours: that ours ended is no failure. */
  gaveWay(way: Way, peerId: string): void {
    if (way === "webrtc") this.#unreached.delete(peerId);
    this.#books[way].reached(peerId);
  }

  /**
   * A line has opened: whom the plan calls is due. In a crew that is linked all to all so is everybody else,
   * once: who called us in vain waits long by now. In a larger one that would be no mesh any more.
   */
  lineOpened(way: Way, peers: readonly PlannedPeer[]): void {
    if (peers.length <= NEIGHBOURS) {
      for (const { peerId } of peers) this.#arrivals[way].add(peerId);
    }
    this.#books[way].hurry();
    if (way === "webrtc") this.#upgrades.hurry();
  }

  /** These, or all, are due. */
  hurry(peerIds?: readonly string[]): void {
    for (const way of WAYS) this.#books[way].hurry(peerIds);
  }

  /** Forgets whom the plan does not name any more. */
  keepOnly(peerIds: ReadonlySet<string>): void {
    for (const book of [...Object.values(this.#books), this.#upgrades]) book.keepOnly(peerIds);
    for (const ids of [...Object.values(this.#arrivals), this.#unreached]) {
      for (const peerId of [...ids]) if (!peerIds.has(peerId)) ids.delete(peerId);
    }
  }

  #relayOpened(peerId: string): void {
    // a direct call that is still on its way says by its end when to try again
    const isCalling = this.#ports.links.with(peerId).some((link) => !isRelayed(link));
    if (!isCalling) this.#upgrades.ended(peerId, this.#ports.now(), 0);
  }

  #isRelayOpen(peerId: string): boolean {
    return this.#ports.links.with(peerId).some((link) => link.isOpen && isRelayed(link));
  }

  #isDue(way: Way, { peerId, call }: PlannedPeer): boolean {
    const { links, lines, now } = this.#ports;
    // a hub that is a member keeps what others bring: it is always a neighbour, whatever the plan
    const isHub = peerId === this.#hubPeerId;
    if (!call && !isHub && !this.#arrivals[way].has(peerId)) return false;
    if (!lines[way].isOpen || links.isFull) return false;
    const all = links.with(peerId);
    if (all.some((link) => isRelayed(link) === (way === "relay"))) return false;
    if (all.some((link) => link.isOpen && !isRelayed(link) && link.shakyForMs < SHAKY_WITHIN_MS)) {
      return false;
    }
    const isUpgrade = way === "webrtc" && this.#isRelayOpen(peerId);
    const book = isUpgrade ? this.#upgrades : this.#books[way];
    if (!book.isDue(peerId, now())) return false;
    return way === "webrtc" ? !isHub : isHub || this.#isDirectInVain(peerId);
  }

  /** Is it time to do without WebRTC? */
  #isDirectInVain(peerId: string): boolean {
    const { links, lines: { webrtc: line }, now } = this.#ports;
    if (this.#unreached.has(peerId)) return true;
    if (!line.isOn || line.downForMs > DIRECT_WITHIN_MS) return true;
    return links.with(peerId).some((link) =>
      link.isOpen ? link.shakyForMs >= SHAKY_WITHIN_MS : now() - link.madeMs > DIRECT_WITHIN_MS
    );
  }

  #call(way: Way, peerId: string): void {
    const { links, lines } = this.#ports;
    const channel = lines[way].dial(peerId);
    if (!channel) return;
    this.#arrivals[way].delete(peerId);
    links.add(channel, this.viaOf(way, peerId));
  }
}

/** Through a hub, or to it. */
export function isRelayed({ via }: RadioLink): boolean {
  return via === "relay" || via === "hub";
}
