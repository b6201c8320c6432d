import { type Failure, toFailure } from "../../field/errors.ts";
import type { RadioPlan } from "../../field/messages.ts";
import { isOurCallKept } from "../../field/link/crossed_calls.ts";
import type { Channel, OpenSignal, SignalFailure } from "../../field/link/signal.ts";
import { Dialer, isRelayed, type Way, WAYS } from "./dialer.ts";
import { hubUnreachable, unsupported } from "./hub_failures.ts";
import { HubLine } from "./hub_line.ts";
import type { RadioLink } from "./radio_link.ts";
import type { RadioLinks } from "./radio_links.ts";
import type { Timing } from "../timing.ts";
import type { Notices, WorkerConnection } from "../worker_connection.ts";

/** How often the radio looks whether somebody is to be called. */
const TICK_MS = 1_000;
/** While somebody is missing, the worker is asked this often whether that is still so. */
const ASK_EVERY_MS = 10_000;

export interface RadioWatchPorts {
  readonly timing: Timing;
  /** 0..1, for the spread of retries. */
  readonly random: () => number;
  readonly worker: Pick<WorkerConnection, "call" | "on" | "onRestart">;
  /** WebRTC, found by the hub's signalling. */
  readonly openSignal: OpenSignal;
  /** The hub's relay, for those whom WebRTC does not reach. */
  readonly openRelay: OpenSignal;
  readonly onFailure: (failure: Failure, trying: string) => void;
}

/** The radio while it is this page's turn: follows the worker's plan over two lines to the hub. */
export class RadioWatch {
  readonly #ports: RadioWatchPorts;
  readonly #links: RadioLinks;
  readonly #lines: Readonly<Record<Way, HubLine>>;
  readonly #dialer: Dialer;
  /** What the worker was last told of each peer, so that it hears it once. */
  readonly #toldOfPeers = new Map<string, string>();
  /** Why a line is not open. */
  readonly #lineFailures = new Map<Way, Failure>();
  #over: AbortController | undefined;
  #plan: RadioPlan | undefined;
  #asking = false;
  #askAgain = false;
  #askedMs = -Infinity;
  #peerFailure: Failure | undefined;
  #lacksWebRtc = false;

  constructor(ports: RadioWatchPorts, links: RadioLinks) {
    this.#ports = ports;
    this.#links = links;
    this.#lines = {
      webrtc: this.#newLine("webrtc", ports.openSignal),
      relay: this.#newLine("relay", ports.openRelay),
    };
    this.#dialer = new Dialer({
      now: () => ports.timing.now(),
      random: ports.random,
      lines: this.#lines,
      links,
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
      worker.on("radio", () => this.#ask()),
      worker.on("changed", (notice) => this.#changed(notice)),
      worker.onRestart(() => this.#workerRestarted()),
    ];
    over.signal.addEventListener("abort", () => ends.forEach((end) => end()));
    this.#links.setListener({
      opened: (link) => this.#linkOpened(link),
      // perhaps the line to the hub is dead and does not know it
      unheard: (link) => this.#lines[isRelayed(link) ? "relay" : "webrtc"].renew(),
      ended: (link, why) => this.#linkEnded(link, why),
    });
    this.#ask();
    this.#tick(over.signal);
  }

  end(): void {
    if (!this.#over) return;
    this.#over.abort();
    this.#over = undefined;
    this.#plan = undefined;
    this.#quiet();
    this.#links.setListener(undefined);
  }

  hurry(): void {
    if (!this.#over) return;
    this.#dialer.hurry();
    for (const way of WAYS) this.#lines[way].hurry();
    this.#dial();
    this.#ask();
  }

  #newLine(way: Way, openSignal: OpenSignal): HubLine {
    return new HubLine({
      timing: this.#ports.timing,
      random: this.#ports.random,
      openSignal,
      onOpen: () => this.#lineOpened(way),
      onHub: (peerId) => way === "relay" && this.#dialer.hubIs(peerId),
      onIncoming: (channel) => this.#accept(way, channel),
      onPeerAbsent: (peerId) => this.#absent(way, peerId),
      onFailure: (failure) => this.#lineFailed(way, failure),
    });
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
    const before = calledBy(this.#plan);
    const newlyCalled = calledBy(plan).filter((peerId) => !before.includes(peerId));
    this.#plan = plan;
    if (!plan.wanted) return this.#quiet();
    if (!this.#lines.relay.isFor(plan)) {
      this.#quiet();
      this.#lines.relay.start(plan);
      if (!this.#lacksWebRtc) this.#lines.webrtc.start(plan);
    }
    this.#dialer.keepOnly(new Set(plan.peers.map((peer) => peer.peerId)));
    this.#dialer.hurry(newlyCalled);
    for (const peerId of newlyCalled) this.#toldOfPeers.delete(peerId);
    this.#dial();
    if (this.#hubFailure) this.#tellOfMissing(this.#hubFailure);
  }

  /** No links, no lines. Those that need no hub stay. */
  #quiet(): void {
    for (const link of this.#links.all) if (link.via !== "pair") link.close(null);
    for (const way of WAYS) this.#lines[way].stop();
    this.#toldOfPeers.clear();
    this.#lineFailures.clear();
  }

  #dial(): void {
    if (this.#plan?.wanted) this.#dialer.dial(this.#plan.peers);
  }

  #accept(way: Way, channel: Channel): void {
    const { peerId } = channel;
    const via = this.#dialer.viaOf(way, peerId);
    const calling = this.#links.with(peerId).filter((link) => !link.isOpen && link.via === via);
    if (calling.some((link) => this.#isKept(link))) return channel.close();
    for (const link of calling) link.close(null);
    if (calling.length > 0) this.#dialer.gaveWay(way, peerId);
    // they come only while a plan is wanted: otherwise the line is down
    const known = new Set(this.#plan?.peers.map((peer) => peer.peerId));
    if (this.#links.hasRoomFor(peerId, known)) this.#links.add(channel, via);
    else channel.close();
  }

  /** Both have called at once: is it our call that stays? */
  #isKept({ peerId: peer, madeMs }: RadioLink): boolean {
    const own = this.#plan?.peerId ?? "";
    return isOurCallKept({ own, peer, ageMs: this.#ports.timing.now() - madeMs });
  }

  #linkOpened(link: RadioLink): void {
    this.#toldOfPeers.delete(link.peerId);
    this.#peerFailure = undefined;
    this.#dialer.opened(link);
  }

  #linkEnded(link: RadioLink, why: Failure | null): void {
    this.#dialer.ended(link);
    // while the relay can still be tried, a direct call that failed is not the last word
    const isLastWord = isRelayed(link) || !this.#lines.relay.isOpen;
    if (why && isLastWord && !this.#links.isLinked(link.peerId)) this.#tellOfPeer(link.peerId, why);
  }

  #absent(way: Way, peerId: string): void {
    const failure: Failure = {
      code: "peer-refused",
      message:
        "Not reachable: Fieldmesh is not open on that device, or it is not in this network. It is called again.",
    };
    for (const link of this.#links.with(peerId)) {
      if (!link.isOpen && isRelayed(link) === (way === "relay")) link.close(failure);
    }
  }

  #lineOpened(way: Way): void {
    this.#lineFailures.delete(way);
    for (const [peerId, code] of this.#toldOfPeers) {
      if (code === "hub-unreachable") this.#toldOfPeers.delete(peerId);
    }
    this.#dialer.lineOpened(way, this.#plan?.peers ?? []);
    this.#dial();
  }

  #lineFailed(way: Way, { kind, cause }: SignalFailure): void {
    // a former page's socket lingers at the hub for a while: the next try settles it
    if (kind === "id-taken") return;
    this.#lacksWebRtc ||= kind === "unsupported";
    this.#lineFailures.set(
      way,
      kind === "unsupported" ? unsupported(cause) : hubUnreachable(cause),
    );
    if (this.#hubFailure) this.#tellOfMissing(this.#hubFailure);
  }

  /** Why no peer can be reached through the hub; undefined while one of the lines to it is open, or may be soon. */
  get #hubFailure(): Failure | undefined {
    const isDown = WAYS.every((way) => !this.#lines[way].isOpen && this.#lineFailures.has(way));
    return isDown ? this.#lineFailures.get("webrtc") : undefined;
  }

  #tellOfMissing(failure: Failure): void {
    for (const { peerId } of this.#plan?.peers ?? []) {
      if (!this.#links.isLinked(peerId)) this.#tellOfPeer(peerId, failure);
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
    this.#ask();
  }

  #isSomebodyMissing(): boolean {
    if (!this.#plan) return true;
    return this.#plan.wanted &&
      this.#plan.peers.some((peer) => !this.#links.isLinked(peer.peerId));
  }
}

/** Ids of those whom it is for us to call. */
function calledBy(plan: RadioPlan | undefined): readonly string[] {
  return plan?.peers.flatMap(({ peerId, call }) => call ? peerId : []) ?? [];
}
