import type {
  Channel,
  OpenSignal,
  Signal,
  SignalEvents,
  SignalFailure,
  SignalIdentity,
} from "../../field/link/signal.ts";
import type { Timing } from "../timing.ts";

/** A network without a hub swallows the attempt: nothing is ever refused there. */
const OPENS_WITHIN_MS = 10_000;
/**
 * A try is one small request on a local network, and whoever starts a hub should not wait for the crew. A hub
 * that is restarted loses everyone in the same instant: they must not come back in one, so chance has all
 * of the range.
 */
const RETRY_LEAST_MS = 500;
const RETRY_MOST_MS = 5_500;

export interface HubLinePorts {
  readonly timing: Timing;
  /** 0..1, for the spread of retries. */
  readonly random: () => number;
  readonly openSignal: OpenSignal;
  readonly onOpen: () => void;
  /** The hub is a peer itself, of this id; null: it is none. */
  readonly onHub: (peerId: string | null) => void;
  readonly onIncoming: (channel: Channel) => void;
  readonly onPeerAbsent: (peerId: string) => void;
  /** It is tried again, except when `unsupported`. */
  readonly onFailure: (failure: SignalFailure) => void;
}

/** Keeps one line to the hub, to its signalling or its relay: neither reconnects by itself, nor gives up. */
export class HubLine {
  readonly #ports: HubLinePorts;
  #identity: SignalIdentity | undefined;
  #signal: Signal | undefined;
  #state: "off" | "opening" | "open" | "waiting" = "off";
  #downMs = -Infinity;
  #cancelTimer: (() => void) | undefined;
  /** Rises with each signal: words of a former one are not heard. */
  #generation = 0;

  constructor(ports: HubLinePorts) {
    this.#ports = ports;
  }

  get isOn(): boolean {
    return this.#identity !== undefined;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** For how long it has been wanted and not open, in ms. */
  get downForMs(): number {
    return this.isOpen ? 0 : this.#ports.timing.now() - this.#downMs;
  }

  /** Is the line kept under just this id and token? */
  isFor({ peerId, token }: SignalIdentity): boolean {
    return this.#identity?.peerId === peerId && this.#identity.token === token;
  }

  start(identity: SignalIdentity): void {
    this.stop();
    this.#identity = identity;
    this.#downMs = this.#ports.timing.now();
    this.#try();
  }

  /** Closes line and channels. */
  stop(): void {
    this.#identity = undefined;
    this.#setState("off");
    this.#drop()?.destroy();
  }

  /** Tries at once if it is waiting to. */
  hurry(): void {
    if (this.#state === "waiting") this.#try();
  }

  /** The line looks open but nothing gets through: begins it anew. Channels live on. */
  renew(): void {
    if (this.#state === "open") this.#signal?.disconnect();
  }

  dial(peerId: string): Channel | null {
    return this.isOpen ? this.#signal?.dial(peerId) ?? null : null;
  }

  #try(): void {
    if (!this.#identity) return;
    this.#setState("opening");
    this.#cancelTimer = this.#ports.timing.after(OPENS_WITHIN_MS, () => this.#giveUp());
    if (this.#signal) this.#signal.reconnect();
    else this.#signal = this.#ports.openSignal(this.#identity, this.#events());
  }

  #giveUp(): void {
    const cause = `no answer within ${OPENS_WITHIN_MS / 1_000} s`;
    this.#ports.onFailure({ kind: "hub-unreachable", cause });
    this.#signal?.disconnect();
  }

  #events(): SignalEvents {
    const generation = ++this.#generation;
    const ifCurrent = <A extends unknown[]>(act: (...args: A) => void) => (...args: A) => {
      if (generation === this.#generation) act(...args);
    };
    return {
      opened: ifCurrent(() => {
        this.#setState("open");
        this.#ports.onOpen();
      }),
      hubIs: ifCurrent(this.#ports.onHub),
      incoming: ifCurrent(this.#ports.onIncoming),
      disconnected: ifCurrent(() => this.#wait()),
      destroyed: ifCurrent(() => {
        this.#drop();
        this.#wait();
      }),
      peerAbsent: ifCurrent(this.#ports.onPeerAbsent),
      failed: ifCurrent((failure) => this.#fail(failure)),
    };
  }

  #fail(failure: SignalFailure): void {
    // no retry makes a browser learn WebRTC
    if (failure.kind === "unsupported") this.stop();
    this.#ports.onFailure(failure);
  }

  #wait(): void {
    const { timing, random } = this.#ports;
    const waitMs = RETRY_LEAST_MS + random() * (RETRY_MOST_MS - RETRY_LEAST_MS);
    if (this.isOpen) this.#downMs = timing.now();
    this.#setState("waiting");
    this.#cancelTimer = timing.after(waitMs, () => this.#try());
  }

  #drop(): Signal | undefined {
    const signal = this.#signal;
    this.#signal = undefined;
    this.#generation++;
    return signal;
  }

  #setState(state: "off" | "opening" | "open" | "waiting"): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#state = state;
  }
}
