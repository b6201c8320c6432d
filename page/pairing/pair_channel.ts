import type { Channel, ChannelEvents } from "../../field/link/signal.ts";
import { channelBinding } from "../radio/channel_binding.ts";

/** `drained` comes when no more than this is left in the browser's buffer. */
const LOW_BUFFER_BYTES = 262_144;
/** What may come before the radio listens: a greeting, and not more than the first frames after it. */
const EARLY_MOST = 64;

export interface PairChannelPorts {
  readonly peerId: string;
  /**
   * What this end said of itself, and what it was told of the other. Not asked of the connection when it opens: on a
   * busy device Chromium's channel is open before its `remoteDescription` is there.
   */
  readonly descriptions: { readonly local: string; readonly remote: string };
  /** The data channel is open: now is the time to hand this on. Once. */
  readonly onOpen: (channel: PairChannel) => void;
  /** It is over, whoever ended it. Once. */
  readonly onOver: () => void;
}

/** The radio's channel over a connection that was made by codes. */
export class PairChannel implements Channel {
  readonly peerId: string;
  /** There is none of these without both descriptions. */
  readonly answered = true;
  readonly #pc: RTCPeerConnection;
  readonly #data: RTCDataChannel;
  readonly #ports: PairChannelPorts;
  readonly #over = new AbortController();
  /** What came before the listener knew of the binding. */
  readonly #early: unknown[] = [];
  #events: ChannelEvents | undefined;
  #isTold = false;

  constructor(pc: RTCPeerConnection, data: RTCDataChannel, ports: PairChannelPorts) {
    this.peerId = ports.peerId;
    this.#pc = pc;
    this.#data = data;
    this.#ports = ports;
    const { signal } = this.#over;
    data.binaryType = "arraybuffer";
    data.bufferedAmountLowThreshold = LOW_BUFFER_BYTES;
    data.addEventListener("open", () => ports.onOpen(this), { signal });
    data.addEventListener("message", ({ data }) => this.#received(data), { signal });
    data.addEventListener("bufferedamountlow", () => this.#events?.drained(), { signal });
    data.addEventListener("close", () => this.#ended(), { signal });
    pc.addEventListener("connectionstatechange", () => this.#stateChanged(), { signal });
  }

  get bufferedBytes(): number {
    return this.#data.bufferedAmount;
  }

  /** When the channel is open already, `opened` still follows. */
  listen(events: ChannelEvents): void {
    this.#events = events;
    if (this.#data.readyState === "open") this.#tellOpen().catch(() => this.#ended());
  }

  send(bytes: ArrayBuffer): void {
    this.#data.send(bytes);
  }

  close(): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#events = undefined;
    this.#early.length = 0;
    this.#data.close();
    this.#pc.close();
    this.#ports.onOver();
  }

  async #tellOpen(): Promise<void> {
    const binding = await channelBinding(this.#ports.descriptions);
    this.#events?.opened(binding);
    this.#isTold = true;
    for (const data of this.#early.splice(0)) this.#events?.received(data);
  }

  #received(data: unknown): void {
    if (this.#isTold) return this.#events?.received(data);
    if (this.#early.push(data) > EARLY_MOST) this.#ended();
  }

  #stateChanged(): void {
    // before it opens "failed" comes and goes: the attempt has a time limit of its own
    if (this.#data.readyState === "connecting") return;
    const { connectionState } = this.#pc;
    if (connectionState === "failed" || connectionState === "closed") return this.#ended();
    this.#events?.shaky(connectionState === "disconnected");
  }

  #ended(): void {
    const events = this.#events;
    this.close();
    events?.closed();
  }
}
