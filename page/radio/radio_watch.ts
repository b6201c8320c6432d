import { type Failure, toFailure } from "../../field/errors.ts";
import type { RadioPlan } from "../../field/messages.ts";
import { DialBook } from "./dial_book.ts";
import { HubLine } from "./hub_line.ts";
import { RadioLink } from "./radio_link.ts";
import type { Channel, OpenSignal, SignalFailure } from "./signal.ts";
import type { Timing } from "../timing.ts";
import type { Notices, WorkerConnection } from "../worker_connection.ts";

/** How often the radio looks whether somebody is to be called. */
const TICK_MS = 1_000;
/** While somebody is missing, the worker is asked this often whether that is still so. */
const ASK_EVERY_MS = 10_000;
/** A browser manages 20 to 35 connections; the sync node wants about 4. */
export const LINKS_MOST = 16;
/** Of these, at most so many with ids that are in no plan: newcomers with an invite, or nobody's friends. */
export const STRANGERS_MOST = 8;

export interface RadioWatchPorts {
  readonly timing: Timing;
  /** 0..1, for the spread of retries. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly worker: Pick<WorkerConnection, "call" | "on" | "onRestart" | "hold">;
  readonly openSignal: OpenSignal;
  readonly onFailure: (failure: Failure, trying: string) => void;
}

/** The radio while it is this page's turn. */
export class RadioWatch {
  readonly #ports: RadioWatchPorts;
  readonly #line: HubLine;
  readonly #dials: DialBook;
  readonly #links = new Map<string, RadioLink>();
  /** Ids that are called once although it is for them to call: they do not know that we are back. */
  readonly #arrivals = new Set<string>();
  /** What the worker was last told of each peer, so that it hears it once. */
  readonly #toldOfPeers = new Map<string, string>();
  #over: AbortController | undefined;
  #plan: RadioPlan | undefined;
  #asking = false;
  #askAgain = false;
  #askedMs = -Infinity;
  #hubFailure: Failure | undefined;
  #peerFailure: Failure | undefined;
  #isUnsupported = false;
  #releaseWorker: (() => void) | undefined;

  constructor(ports: RadioWatchPorts) {
    this.#ports = ports;
    this.#dials = new DialBook(ports.random);
    this.#line = new HubLine({
      timing: ports.timing,
      random: ports.random,
      openSignal: ports.openSignal,
      onOpen: () => this.#lineOpened(),
      onIncoming: (channel) => this.#accept(channel),
      onPeerAbsent: (peerId) => this.#absent(peerId),
      onFailure: (failure) => this.#lineFailed(failure),
    });
  }

  get trouble(): Failure | null {
    if (!this.#isSomebodyMissing()) return null;
    return this.#hubFailure ?? this.#peerFailure ?? null;
  }

  begin(): void {
    if (this.#over) return;
    const over = new AbortController();
    this.#over = over;
    const { worker } = this.#ports;
    const ends = [
      worker.on("link-send", (notice) => this.#links.get(notice.link)?.send(notice.bytes)),
      worker.on("link-drop", (notice) => this.#dropped(notice)),
      worker.on("radio", () => this.#ask()),
      worker.on("changed", (notice) => this.#changed(notice)),
      worker.onRestart(() => this.#workerRestarted()),
    ];
    over.signal.addEventListener("abort", () => ends.forEach((end) => end()));
    this.#ask();
    this.#tick(over.signal);
  }

  end(): void {
    if (!this.#over) return;
    this.#over.abort();
    this.#over = undefined;
    this.#plan = undefined;
    this.#quiet();
  }

  hurry(): void {
    if (!this.#over) return;
    this.#dials.hurry();
    this.#line.hurry();
    this.#dial();
    this.#ask();
  }

  #tick(over: AbortSignal): void {
    this.#ports.timing.after(TICK_MS, () => {
      if (over.aborted) return;
      this.#dial();
      const sinceMs = this.#ports.timing.now() - this.#askedMs;
      if (this.#isSomebodyMissing() && sinceMs >= ASK_EVERY_MS) this.#ask();
      this.#tick(over);
    });
  }

  /** Asks the worker for its plan; while it is being asked, once more afterwards. */
  #ask(): void {
    this.#askAgain = this.#asking;
    const over = this.#over;
    if (this.#asking || !over) return;
    this.#asking = true;
    this.#askedMs = this.#ports.timing.now();
    this.#ports.worker.call("radio", {}, { signal: over.signal }).then(
      (plan) => this.#follow(plan),
      (error) => over.signal.aborted || this.#tellUnplanned(error),
    ).finally(() => {
      this.#asking = false;
      if (this.#askAgain) this.#ask();
    }).catch(reportError);
  }

  #tellUnplanned(error: unknown): void {
    const failure = toFailure(error);
    // a lost worker is asked again at the next turn, and whatever else misses it tells the user
    if (failure.code !== "worker-lost") this.#ports.onFailure(failure, "Planning the radio");
  }

  #follow(plan: RadioPlan): void {
    if (!this.#over) return;
    const isNews = JSON.stringify(plan) !== JSON.stringify(this.#plan);
    this.#plan = plan;
    if (!plan.wanted) return this.#quiet();
    if (!this.#isUnsupported && !this.#line.isFor(plan)) {
      this.#quiet();
      this.#line.start(plan);
    }
    this.#dials.keepOnly(new Set(plan.peers.map((peer) => peer.peerId)));
    if (isNews) this.#dials.hurry();
    this.#dial();
    if (this.#hubFailure) this.#tellOfMissing(this.#hubFailure);
  }

  /** No links, no line. */
  #quiet(): void {
    for (const link of [...this.#links.values()]) link.close(null);
    this.#line.stop();
    this.#toldOfPeers.clear();
    this.#hubFailure = undefined;
  }

  #dial(): void {
    const nowMs = this.#ports.timing.now();
    for (const { peerId, call } of this.#plan?.wanted ? this.#plan.peers : []) {
      if (!call && !this.#arrivals.has(peerId) || this.#linksWith(peerId).length > 0) continue;
      if (!this.#dials.isDue(peerId, nowMs) || this.#links.size >= LINKS_MOST) continue;
      const channel = this.#line.dial(peerId);
      if (!channel) continue;
      this.#arrivals.delete(peerId);
      this.#addLink(channel);
    }
  }

  #accept(channel: Channel): void {
    const calling = this.#linksWith(channel.peerId).filter((link) => !link.isOpen);
    // both have called at once: the call of the one whose part it is stays
    if (calling.length > 0 && this.#isOursToCall(channel.peerId)) return channel.close();
    for (const link of calling) link.close(null);
    // they come only while a plan is wanted: otherwise the line is down
    if (this.#hasRoomFor(channel.peerId)) this.#addLink(channel);
    else channel.close();
  }

  #isOursToCall(peerId: string): boolean {
    return this.#plan?.peers.some((peer) => peer.peerId === peerId && peer.call) ?? false;
  }

  #hasRoomFor(peerId: string): boolean {
    if (this.#links.size >= LINKS_MOST) return false;
    const known = new Set(this.#plan?.peers.map((peer) => peer.peerId));
    const strangers = [...this.#links.values()].filter((link) => !known.has(link.peerId));
    return known.has(peerId) || strangers.length < STRANGERS_MOST;
  }

  #addLink(channel: Channel): void {
    const { timing, worker, newId } = this.#ports;
    const link = new RadioLink(newId(), channel, {
      timing,
      calls: worker,
      onOpen: (opened) => this.#linkOpened(opened),
      // perhaps the line to the hub is dead and does not know it
      onUnheard: () => this.#line.renew(),
      onEnd: (ended, why) => this.#linkEnded(ended, why),
    });
    this.#links.set(link.id, link);
  }

  #linkOpened(link: RadioLink): void {
    this.#toldOfPeers.delete(link.peerId);
    this.#peerFailure = undefined;
    // it would not have called had its end of the former link been alive
    for (const former of this.#linksWith(link.peerId)) {
      if (former !== link) former.close(null);
    }
    this.#releaseWorker ??= this.#ports.worker.hold();
  }

  #linkEnded(link: RadioLink, why: Failure | null): void {
    this.#links.delete(link.id);
    this.#dials.ended(link.peerId, this.#ports.timing.now(), link.lastedMs);
    if (![...this.#links.values()].some((one) => one.isOpen)) {
      this.#releaseWorker?.();
      this.#releaseWorker = undefined;
    }
    if (why) this.#tellOfPeer(link.peerId, why);
  }

  #dropped({ link: id, reason }: Notices["link-drop"]): void {
    const link = this.#links.get(id);
    if (!link) return;
    console.debug(`The worker dropped the link with ${link.peerId}: ${reason.message}`, reason);
    link.close(null);
  }

  #absent(peerId: string): void {
    const failure: Failure = {
      code: "peer-refused",
      message:
        "Not reachable: Fieldmesh is not open on that device, or it is not in this network. It is called again.",
    };
    for (const link of this.#linksWith(peerId)) {
      if (!link.isOpen) link.close(failure);
    }
  }

  #lineOpened(): void {
    this.#hubFailure = undefined;
    for (const [peerId, code] of this.#toldOfPeers) {
      if (code === "hub-unreachable") this.#toldOfPeers.delete(peerId);
    }
    for (const { peerId } of this.#plan?.peers ?? []) this.#arrivals.add(peerId);
    this.#dials.hurry();
    this.#dial();
  }

  #lineFailed({ kind, cause }: SignalFailure): void {
    // a former page's socket lingers at the hub for a while: the next try settles it
    if (kind === "id-taken") return;
    this.#isUnsupported = kind === "unsupported";
    this.#hubFailure = this.#isUnsupported ? unsupported(cause) : hubUnreachable(cause);
    if (this.#isUnsupported) this.#ports.onFailure(this.#hubFailure, "Starting the radio");
    this.#tellOfMissing(this.#hubFailure);
  }

  #tellOfMissing(failure: Failure): void {
    for (const { peerId } of this.#plan?.peers ?? []) {
      if (!this.#isLinked(peerId)) this.#tellOfPeer(peerId, failure);
    }
  }

  #tellOfPeer(peerId: string, failure: Failure): void {
    // why a stranger did not get through is of no interest to anybody
    if (!this.#plan?.peers.some((peer) => peer.peerId === peerId)) return;
    if (failure !== this.#hubFailure) this.#peerFailure = failure;
    if (!this.#over || this.#toldOfPeers.get(peerId) === failure.code) return;
    this.#toldOfPeers.set(peerId, failure.code);
    this.#ports.worker.call("link-failed", { peerId, failure }).catch((error) => {
      this.#toldOfPeers.delete(peerId);
      console.debug("Cannot tell the worker why a peer is not reachable", error);
    });
  }

  #changed({ what }: Notices["changed"]): void {
    if (what.includes("crew")) this.#ask();
  }

  #workerRestarted(): void {
    this.#toldOfPeers.clear();
    for (const link of this.#links.values()) link.announceAgain();
    this.#ask();
  }

  #isSomebodyMissing(): boolean {
    if (!this.#plan) return true;
    return this.#plan.wanted && this.#plan.peers.some((peer) => !this.#isLinked(peer.peerId));
  }

  #isLinked(peerId: string): boolean {
    return this.#linksWith(peerId).some((link) => link.isOpen);
  }

  #linksWith(peerId: string): RadioLink[] {
    return [...this.#links.values()].filter((link) => link.peerId === peerId);
  }
}

function hubUnreachable(cause: string): Failure {
  return {
    code: "hub-unreachable",
    message:
      "The hub cannot be reached, so devices cannot find each other. Links that are open go on. Check that the hub runs and that this device is in its network.",
    cause,
  };
}

function unsupported(cause: string): Failure {
  return {
    code: "hub-unreachable",
    message:
      "This browser cannot link devices with each other: it lacks WebRTC. Use a current Chrome, Safari or Firefox.",
    cause,
  };
}
