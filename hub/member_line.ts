import type {
  Channel,
  OpenSignal,
  Signal,
  SignalEvents,
  SignalIdentity,
} from "../field/link/signal.ts";
import type { LinkKind } from "../field/sync/lanes.ts";
import { RetryWait } from "./member_retry.ts";

/** A relay at which the hub can be reached, and reach others. */
export interface RelayAddress {
  /** For people: "this hub", or its origin. */
  readonly name: string;
  /** This hub's own: whoever is there is linked with the hub itself. */
  readonly isOwn: boolean;
  readonly open: OpenSignal;
}

export interface MemberLinePorts {
  readonly identity: SignalIdentity;
  readonly nowMs: () => number;
  /** 0..1, for the spread of retries. */
  readonly chance: () => number;
  readonly onOpen: (line: MemberLine) => void;
  readonly onIncoming: (line: MemberLine, channel: Channel) => void;
  readonly onAbsent: (line: MemberLine, peerId: string) => void;
  /** It is down, and all its channels with it; it is tried again. */
  readonly onDown: (line: MemberLine) => void;
  /** Why it went, or did not come to be. Told once until it opens. */
  readonly onFailure: (line: MemberLine, failure: LineFailure) => void;
}

export interface LineFailure {
  /** Somebody is there under our id: this very hub, or another with a copy of its key. */
  readonly isTaken: boolean;
  readonly cause: string;
}

const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 60_000;
/** A network without that hub swallows the attempt: nothing is ever refused there. */
const OPENS_WITHIN_MS = 15_000;

/** Keeps the line to one relay, trying again for ever. Its sense of time is {@link tick}. */
export class MemberLine {
  readonly name: string;
  readonly #isOwn: boolean;
  readonly #openSignal: OpenSignal;
  readonly #ports: MemberLinePorts;
  readonly #retry: RetryWait;
  #signal: Signal | null = null;
  #state: "opening" | "open" | "down" = "down";
  #sinceMs = 0;
  #isFailureTold = false;
  #hubPeerId: string | null = null;
  /** Rises with each signal: words of a former one are not heard. */
  #generation = 0;

  constructor({ name, isOwn, open }: RelayAddress, ports: MemberLinePorts) {
    this.name = name;
    this.#isOwn = isOwn;
    this.#openSignal = open;
    this.#ports = ports;
    this.#retry = new RetryWait(RETRY_FIRST_MS, RETRY_MOST_MS, ports.chance);
  }

  /** The hub's own id there. */
  get peerId(): string {
    return this.#ports.identity.peerId;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** What carries a link with this peer. */
  viaOf(peerId: string): LinkKind {
    return this.#isOwn || peerId === this.#hubPeerId ? "hub" : "relay";
  }

  /** Null while the line is down. */
  dial(peerId: string): Channel | null {
    return this.isOpen ? this.#signal?.dial(peerId) ?? null : null;
  }

  tick(): void {
    const nowMs = this.#ports.nowMs();
    if (this.#state === "opening" && nowMs - this.#sinceMs > OPENS_WITHIN_MS) {
      this.#fail({ isTaken: false, cause: `no answer within ${OPENS_WITHIN_MS / 1000} s` });
      this.#down();
    }
    if (this.#state === "down" && this.#retry.isOver(nowMs)) this.#begin(nowMs);
  }

  /** Closes the line and its channels. */
  stop(): void {
    this.#state = "down";
    this.#generation++;
    this.#signal?.destroy();
    this.#signal = null;
  }

  #begin(nowMs: number): void {
    this.#state = "opening";
    this.#sinceMs = nowMs;
    const generation = ++this.#generation;
    const signal = this.#openSignal(this.#ports.identity, this.#events(generation));
    if (generation === this.#generation) this.#signal = signal;
    else signal.destroy(); // it failed before it was there
  }

  #events(generation: number): SignalEvents {
    const ifCurrent = <A extends unknown[]>(act: (...args: A) => void) => (...args: A) => {
      if (generation === this.#generation) act(...args);
    };
    return {
      opened: ifCurrent(() => this.#opened()),
      hubIs: ifCurrent((peerId) => void (this.#hubPeerId = peerId)),
      incoming: ifCurrent((channel) => this.#ports.onIncoming(this, channel)),
      disconnected: ifCurrent(() => this.#down()),
      destroyed: ifCurrent(() => this.#down()),
      peerAbsent: ifCurrent((peerId) => this.#ports.onAbsent(this, peerId)),
      failed: ifCurrent(({ kind, cause }) => this.#fail({ isTaken: kind === "id-taken", cause })),
    };
  }

  #opened(): void {
    this.#state = "open";
    this.#isFailureTold = false;
    this.#retry.reset();
    this.#ports.onOpen(this);
  }

  #fail(failure: LineFailure): void {
    if (this.#isFailureTold) return;
    this.#isFailureTold = true;
    this.#ports.onFailure(this, failure);
  }

  #down(): void {
    this.stop();
    this.#retry.failed(this.#ports.nowMs());
    this.#ports.onDown(this);
  }
}
