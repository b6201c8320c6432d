import type { Timing } from "../timing.ts";
import { fingerprint } from "./channel_binding.ts";

/** Silence for so long is more than a lost packet or two. */
const SILENT_MS = 2_000;
/** An offer that nobody has answered, or that did not help, is made anew after so long. */
const AGAIN_MS = 5_000;

/** What both ends say to each other, by signalling. `restart`: the offer's number, which its answer repeats. */
export interface RestartMessage {
  readonly restart: number;
  readonly sdp: { readonly type: "offer" | "answer"; readonly sdp: string };
}

export interface IceRestartPorts {
  readonly timing: Timing;
  readonly pc: Pick<
    RTCPeerConnection,
    | "connectionState"
    | "signalingState"
    | "createOffer"
    | "createAnswer"
    | "setLocalDescription"
    | "setRemoteDescription"
  >;
  /** Only who called begins a restart: two at once would be in each other's way. */
  readonly isCaller: boolean;
  /** The other end's certificate, as `fingerprint` reads it: it stays the same for as long as the channel is open. */
  readonly remoteFingerprint: string;
  /** By signalling; false while its line is down. */
  readonly send: (message: RestartMessage) => boolean;
  /** Somebody tried to put another certificate in the place of the peer's. */
  readonly onForeign: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Finds a new path for a connection whose old one is gone (another network, another address), by an ICE
 * restart (RFC 8445, section 2.4): the data channel goes on, and nothing in it is lost. PeerJS does not
 * negotiate a second time; this does, by the same signalling.
 */
export class IceRestart {
  readonly #ports: IceRestartPorts;
  #cancelTimer: (() => void) | undefined;
  #round = 0;
  #isOver = false;

  constructor(ports: IceRestartPorts) {
    this.#ports = ports;
  }

  /** How often it was tried. */
  get rounds(): number {
    return this.#round;
  }

  /** The connection's state has changed. */
  stateChanged(): void {
    const { pc, isCaller } = this.#ports;
    if (!isCaller || this.#isOver) return;
    if (pc.connectionState === "connected") this.#stopTimer();
    else if (pc.connectionState === "disconnected") this.#soon(SILENT_MS);
    else if (pc.connectionState === "failed" && this.#round === 0) this.#soon(0);
  }

  /** The other end's word. `payload` is what came over signalling. Resolves when it has been followed. */
  async received(payload: unknown): Promise<void> {
    const message = parseMessage(payload);
    if (!message || this.#isOver) return;
    const isOffer = message.sdp.type === "offer";
    if (isOffer === this.#ports.isCaller) return;
    if (fingerprint(message.sdp.sdp) !== this.#ports.remoteFingerprint) {
      this.stop();
      return this.#ports.onForeign();
    }
    await this.#guard(() => isOffer ? this.#answer(message) : this.#accept(message));
  }

  stop(): void {
    this.#isOver = true;
    this.#stopTimer();
  }

  #soon(ms: number): void {
    this.#cancelTimer ??= this.#ports.timing.after(ms, () => {
      this.#cancelTimer = undefined;
      this.#offer().catch(this.#ports.onError);
    });
  }

  async #offer(): Promise<void> {
    const { pc, send } = this.#ports;
    if (this.#isOver || pc.connectionState === "connected") return;
    this.#soon(AGAIN_MS);
    await this.#guard(async () => {
      const restart = ++this.#round;
      const offer = await pc.createOffer({ iceRestart: true });
      await pc.setLocalDescription(offer);
      if (!this.#isOver) send({ restart, sdp: { type: "offer", sdp: offer.sdp ?? "" } });
    });
  }

  async #answer({ restart, sdp }: RestartMessage): Promise<void> {
    const { pc, send } = this.#ports;
    await pc.setRemoteDescription(sdp);
    const answer = await pc.createAnswer();
    await pc.setLocalDescription(answer);
    if (!this.#isOver) send({ restart, sdp: { type: "answer", sdp: answer.sdp ?? "" } });
  }

  async #accept({ restart, sdp }: RestartMessage): Promise<void> {
    const { pc } = this.#ports;
    // an answer to an offer that was made anew since does not fit the new one
    if (restart !== this.#round || pc.signalingState !== "have-local-offer") return;
    await pc.setRemoteDescription(sdp);
  }

  /** What fails here is tried again; if it never works, the link ends for its silence. */
  async #guard(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!this.#isOver) this.#ports.onError(error);
    }
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

function parseMessage(payload: unknown): RestartMessage | null {
  if (!isObject(payload) || !isObject(payload.sdp)) return null;
  const { restart, sdp: { type, sdp } } = payload;
  if (!Number.isSafeInteger(restart) || typeof sdp !== "string") return null;
  if (type !== "offer" && type !== "answer") return null;
  return { restart: restart as number, sdp: { type, sdp } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
