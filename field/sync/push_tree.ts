/**
 * Over which links fresh entries and messages are pushed: for each origin a tree of its own. What comes first
 * goes over all links; over all but one of those that bring it, a device says that it wants no more of that origin
 * pushed, and what there is is only told (Leitão, Pereira, Rodrigues: Epidemic Broadcast Trees, 2007). Each says so of
 * what comes to it, and never to the one that it hears the origin from: no link falls silent at both ends because of
 * what some other origin said over it, however many speak at once. An origin that is new takes the links that
 * another's tree has left, so that its first word does not go over all again.
 */
import type { DeviceId, Hex } from "../observation.ts";
import type { Outbox } from "./outbox.ts";

/** Of origins that a peer names, more than a crew has are not kept. */
const MOST_NAMED = 1024;
/** Trees still form while links were declined so lately: what is new does not begin with them. */
const FORMED_MS = 1_000;
/** What came over a link that was to be silent was asked for, if that was so long ago. */
const ASKED_MS = 2_000;

/** A link, as a part of each origin's tree or not. */
export class PushLink {
  /** By origin: is the peer pushed it? By its word, or as it was when the first of it was there. */
  readonly pushed = new Map<Hex, boolean>();
  /** Origins that the peer was told not to push. */
  readonly declined = new Set<Hex>();
  /** The peer knows no origins (an older version), and wants nothing pushed. */
  isMute = false;
  /** Its peer is the same as before on this channel, in another life. */
  isAgain = false;
  /** When messages were last asked for over it. */
  askedAt = -Infinity;
  /** Up to which message it was told what there is. */
  told = 0;
}

export interface TreeSession {
  readonly push: PushLink;
  readonly outbox: Pick<Outbox, "want">;
  readonly peer: DeviceId | null;
}

export interface PushTreePorts {
  readonly self: DeviceId;
  /** Over which something may be pushed. */
  readonly open: () => readonly TreeSession[];
  readonly nowMs: () => number;
}

/** Where an origin is heard from. */
interface Feed {
  /** The one link that is never declined. */
  feeder: PushLink;
  /** Over which the latest of it came first. */
  bringer: PushLink;
}

/** An origin on the wire: how its key begins. */
export function originName(device: DeviceId): Hex {
  return device.slice(0, 16);
}

export class PushTree {
  readonly #ports: PushTreePorts;
  readonly #feeds = new Map<Hex, Feed>();
  /** The origin whose tree the others begin with: of those that have one the first by name, so that all choose the same. */
  #usual: Hex | null = null;
  #declinedMs = -Infinity;

  constructor(ports: PushTreePorts) {
    this.#ports = ports;
  }

  /** Is what this origin says pushed over this link? If not, it is told there. */
  isPushed({ push, peer }: TreeSession, origin: DeviceId): boolean {
    if (push.isMute || peer === origin) return false;
    const name = originName(origin);
    const settled = push.pushed.get(name);
    if (settled !== undefined) return settled;
    const usual = this.#usualTree();
    const isForming = Math.abs(this.#ports.nowMs() - this.#declinedMs) < FORMED_MS;
    const isPushed = isForming || usual === null || push.pushed.get(usual) !== false;
    keep(push.pushed, name, isPushed);
    return isPushed;
  }

  /** Is that origin's news to come over another link, so that what this one tells need not be asked for? */
  isAwaited({ push, peer }: TreeSession, origin: DeviceId): boolean {
    if (peer === origin) return false;
    const feed = this.#feedOf(originName(origin)) ?? this.#feedOf(this.#usualTree() ?? "");
    return feed !== null && feed.feeder !== push;
  }

  /** Something new of the origin was pushed over this link. */
  brought(session: TreeSession, origin: DeviceId): void {
    if (origin === this.#ports.self) return;
    const name = originName(origin);
    const feed = this.#feedOf(name);
    const wasAsked = Math.abs(this.#ports.nowMs() - session.push.askedAt) < ASKED_MS;
    const isDeclined = session.push.declined.has(name);
    if (!feed || isDeclined && wasAsked) this.#feedFrom(session, name);
    else if (!isDeclined) feed.bringer = session.push;
  }

  /** What was known of the origin was pushed over this link: of two that bring it one is enough. */
  repeated(session: TreeSession, origin: DeviceId): void {
    const { push } = session;
    const name = originName(origin);
    // under way before the peer heard so
    if (origin === this.#ports.self || push.declined.has(name)) return;
    const feed = this.#feedOf(name);
    if (!feed) return this.#feedFrom(session, name);
    // nobody brings it sooner than the origin itself, or is in less need of others
    const source = this.#ports.open().find((one) => one.peer === origin)?.push;
    const { feeder, bringer } = feed;
    feed.feeder = [push, bringer].find((link) => link === source) ?? feeder;
    const other = [push, feeder, bringer].find((link) => link !== feed.feeder);
    if (other) this.#decline(other, name);
  }

  /** The peer is asked for what this origin said: from now on it pushes that. */
  asked({ push }: TreeSession, origin: DeviceId): void {
    push.declined.delete(originName(origin));
  }

  /** It was asked, and has given some. */
  gave({ push }: TreeSession, origin: DeviceId): void {
    if (origin === this.#ports.self || push.declined.has(originName(origin))) return;
    this.#feeds.set(originName(origin), { feeder: push, bringer: push });
  }

  /** The peer has said so, or asked for it. If this device hears the origin from it, both hear it no more. */
  wants({ push }: TreeSession, name: Hex, isWanted: boolean): void {
    keep(push.pushed, name, isWanted);
    if (!isWanted) return this.#hasTree(name);
    if (this.#feeds.get(name)?.feeder !== push) return;
    this.#wakeFor(name, this.#ports.open().filter((one) => one.push !== push));
  }

  /** Links may be gone: what came over them is wanted from every other. True when there was any. */
  wake(): boolean {
    let isWoken = false;
    const open = this.#ports.open();
    const live = new Set(open.map(({ push }) => push));
    for (const [name, { feeder, bringer }] of this.#feeds) {
      if (live.has(feeder) && live.has(bringer)) continue;
      isWoken = true;
      this.#wakeFor(name, open);
    }
    return isWoken;
  }

  #wakeFor(name: Hex, sessions: readonly TreeSession[]): void {
    this.#feeds.delete(name);
    for (const { push, outbox } of sessions) {
      push.declined.delete(name);
      outbox.want(name, true);
    }
  }

  #feedFrom({ push, outbox }: TreeSession, name: Hex): void {
    this.#feeds.set(name, { feeder: push, bringer: push });
    if (push.declined.delete(name)) outbox.want(name, true);
  }

  #decline(push: PushLink, name: Hex): void {
    if (push.declined.has(name)) return;
    push.declined.add(name);
    this.#hasTree(name);
    for (const one of this.#ports.open()) if (one.push === push) one.outbox.want(name, false);
  }

  /** Null when the link it came over is gone. */
  #feedOf(name: Hex): Feed | null {
    const feed = this.#feeds.get(name);
    return feed && this.#ports.open().some(({ push }) => push === feed.feeder) ? feed : null;
  }

  #hasTree(name: Hex): void {
    this.#declinedMs = this.#ports.nowMs();
    if (this.#usual === null || name < this.#usual) this.#usual = name;
  }

  #usualTree(): Hex | null {
    const links = this.#ports.open().map(({ push }) => push);
    if (this.#usual === null || links.some((link) => isPruned(link, this.#usual))) {
      return this.#usual;
    }
    const pruned = links.flatMap(({ pushed, declined }) => [
      ...declined,
      ...[...pushed].flatMap(([name, isPushed]) => isPushed ? [] : name),
    ]);
    return this.#usual = pruned.sort().at(0) ?? null;
  }
}

function isPruned({ pushed, declined }: PushLink, name: Hex | null): boolean {
  return name !== null && (pushed.get(name) === false || declined.has(name));
}

function keep(pushed: Map<Hex, boolean>, name: Hex, isPushed: boolean): void {
  if (pushed.size < MOST_NAMED || pushed.has(name)) pushed.set(name, isPushed);
}
