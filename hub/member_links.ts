import type { Bytes } from "../field/bytes.ts";
import { isOurCallKept } from "../field/link/crossed_calls.ts";
import type { Channel } from "../field/link/signal.ts";
import type { SyncNode } from "../field/sync/node.ts";
import { MemberCalls, type PlannedPeer } from "./member_calls.ts";
import { type LineFailure, MemberLine, type RelayAddress } from "./member_line.ts";
import { MemberLink } from "./member_link.ts";

export interface MemberLinksPorts {
  readonly node: Pick<SyncNode, "open" | "receive" | "close">;
  /** Has this peer proved to be there, on whichever link? */
  readonly isConnected: (peerId: string) => boolean;
  readonly nowMs: () => number;
  /** 0..1, for the spread of retries. */
  readonly chance: () => number;
  readonly newId: () => string;
  readonly onLineOpen: (line: MemberLine) => void;
  readonly onLineFailure: (line: MemberLine, failure: LineFailure) => void;
  /** A link ended for a reason that is worth a developer's while. */
  readonly onLinkFailure: (peerId: string, why: string) => void;
}

/** A crew is smaller by far. */
export const LINKS_MOST = 128;
/** Of these, at most so many with ids that are in no plan: newcomers, or nobody's friends. */
export const STRANGERS_MOST = 16;
/** An old one, its successor, and one by another relay. */
const LINKS_OF_ONE_MOST = 3;
/** Longest wait from call to open channel. */
const OPENS_WITHIN_MS = 15_000;
/** So long a call of a peer's may need to prove who it is before it is called by itself. */
const PROVES_WITHIN_MS = 5_000;

/**
 * Links the hub, at each relay that it uses, with those that the plan names. Ids at a relay are claims:
 * which of two links of one peer stays is for the node to say, which checks who is there. Its sense of
 * time is {@link tick}.
 */
export class MemberLinks {
  readonly #ports: MemberLinksPorts;
  readonly #lines = new Map<MemberLine, MemberCalls>();
  readonly #links = new Map<string, MemberLink>();
  #plan: readonly PlannedPeer[] = [];

  constructor(ports: MemberLinksPorts) {
    this.#ports = ports;
  }

  /** Uses this relay from the next tick on. `token` guards the id there. */
  use(relay: RelayAddress, identity: { readonly peerId: string; readonly token: string }): void {
    const { nowMs, chance, onLineOpen, onLineFailure } = this.#ports;
    const calls = new MemberCalls(chance);
    const line = new MemberLine(relay, {
      ...{ identity, nowMs, chance },
      onOpen: () => {
        calls.begin(this.#plan);
        onLineOpen(line);
      },
      onIncoming: (_, channel) => this.#accept(line, channel),
      onAbsent: (_, peerId) => this.#absent(line, peerId),
      onDown: () => this.#closeAll((link) => link.line === line),
      onFailure: onLineFailure,
    });
    this.#lines.set(line, calls);
  }

  /** Whom to link with, first to last. Links with others stay until the node drops them. */
  follow(plan: readonly PlannedPeer[]): void {
    for (const calls of this.#lines.values()) calls.follow(plan, this.#plan);
    this.#plan = plan;
  }

  /** Once a second. */
  tick(): void {
    const nowMs = this.#ports.nowMs();
    for (const line of this.#lines.keys()) line.tick();
    this.#closeAll(({ isOpen, startedMs }) => !isOpen && nowMs - startedMs > OPENS_WITHIN_MS);
    for (const peer of this.#plan) this.#callIfDue(peer, nowMs);
  }

  send(link: string, frame: Bytes): void {
    this.#links.get(link)?.send(frame);
  }

  /** The node wants to be rid of it. */
  drop(link: string): void {
    this.#links.get(link)?.close(null);
  }

  /** No lines, no links; for good. */
  stop(): void {
    this.#plan = [];
    this.#closeAll(() => true);
    for (const line of this.#lines.keys()) line.stop();
    this.#lines.clear();
  }

  #callIfDue(peer: PlannedPeer, nowMs: number): void {
    const { peerId } = peer;
    if (this.#ports.isConnected(peerId) || this.#links.size >= LINKS_MOST) return;
    const links = this.#linksWith(peerId);
    if (links.some(({ isOurCall }) => isOurCall)) return;
    // a peer is at one relay: the one at which it was not missed comes first
    const likeliest = [...this.#lines].sort(([, a], [, b]) =>
      a.failures(peerId) - b.failures(peerId)
    );
    for (const [line, calls] of likeliest) {
      const isBusy = links.some((link) =>
        link.line === line && nowMs - link.startedMs < PROVES_WITHIN_MS
      );
      const channel = isBusy || !calls.isDue(peer, nowMs) ? null : line.dial(peerId);
      if (!channel) continue;
      calls.called(peerId);
      return this.#add(line, channel, true);
    }
  }

  #accept(line: MemberLine, channel: Channel): void {
    const { peerId } = channel;
    const calling = this.#linksWith(peerId).filter((link) =>
      link.isOurCall && !link.isOpen && link.line === line
    );
    if (calling.some((link) => this.#isKept(link))) return channel.close();
    for (const link of calling) link.close(null);
    if (calling.length > 0) this.#lines.get(line)?.gaveWay(peerId);
    if (this.#hasRoomFor(peerId)) this.#add(line, channel, false);
    else channel.close();
  }

  /** Both have called at once: is it the hub's call that stays? */
  #isKept({ line, peerId: peer, startedMs }: MemberLink): boolean {
    return isOurCallKept({ own: line.peerId, peer, ageMs: this.#ports.nowMs() - startedMs });
  }

  #hasRoomFor(peerId: string): boolean {
    if (this.#links.size >= LINKS_MOST) return false;
    if (this.#planned(peerId)) return this.#linksWith(peerId).length < LINKS_OF_ONE_MOST;
    const strangers = [...this.#links.values()].filter((link) => !this.#planned(link.peerId));
    return strangers.length < STRANGERS_MOST;
  }

  #add(line: MemberLine, channel: Channel, isOurCall: boolean): void {
    const { node, newId, nowMs } = this.#ports;
    const link = new MemberLink({ id: newId(), line, isOurCall, startedMs: nowMs() }, channel, {
      onOpen: (opened, binding) => node.open(opened.id, binding, line.viaOf(opened.peerId)),
      onFrame: (from, bytes) => node.receive(from.id, bytes),
      onEnd: (ended, why) => this.#ended(ended, why),
    });
    this.#links.set(link.id, link);
  }

  #ended({ id, peerId, line, startedMs }: MemberLink, why: string | null): void {
    if (!this.#links.delete(id)) return;
    this.#ports.node.close(id);
    const nowMs = this.#ports.nowMs();
    const planned = this.#planned(peerId);
    // of strangers nothing is remembered: they are never called
    if (planned) this.#lines.get(line)?.ended(planned, nowMs, nowMs - startedMs);
    if (why) this.#ports.onLinkFailure(peerId, why);
  }

  #absent(line: MemberLine, peerId: string): void {
    this.#closeAll((link) => link.line === line && link.peerId === peerId && !link.isOpen);
  }

  #closeAll(which: (link: MemberLink) => boolean): void {
    for (const link of [...this.#links.values()]) if (which(link)) link.close(null);
  }

  #planned(peerId: string): PlannedPeer | undefined {
    return this.#plan.find((peer) => peer.peerId === peerId);
  }

  #linksWith(peerId: string): MemberLink[] {
    return [...this.#links.values()].filter((link) => link.peerId === peerId);
  }
}
