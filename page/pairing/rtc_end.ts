import type { Channel } from "../../field/link/signal.ts";
import type { Timing } from "../timing.ts";
import { PairChannel } from "./pair_channel.ts";

/** Host addresses are there in a tenth of a second; what takes longer asks servers that we have not named. */
const GATHERS_WITHIN_MS = 3_000;

/** How far ICE has come: "found": packets go both ways; "lost": it has given up, at least for now. */
export type Reach = "searching" | "found" | "lost";

export interface EndEvents {
  /** Connected; hand the channel on within this turn. */
  opened(channel: Channel): void;
  reachChanged(reach: Reach): void;
  /** The channel is over after it was open, or could not be. */
  over(): void;
}

/** This device's end of one connection that is being made. */
export interface PairEnd {
  listen(events: EndEvents): void;
  /** This end's description, its addresses gathered. Rejects when the browser makes none. */
  offer(): Promise<string>;
  answer(offer: string, peerId: string): Promise<string>;
  accept(answer: string, peerId: string): Promise<void>;
  /** No event follows. After `opened` the channel belongs to whom it was handed to: it stays open. */
  leave(): void;
}

/** An end made of WebRTC, without servers; null when this browser has none. */
export function openRtcEnd(timing: Timing): PairEnd | null {
  if (typeof RTCPeerConnection === "undefined") return null;
  return new RtcEnd(new RTCPeerConnection({ iceServers: [] }), timing);
}

class RtcEnd implements PairEnd {
  readonly #pc: RTCPeerConnection;
  readonly #data: RTCDataChannel;
  readonly #timing: Timing;
  readonly #over = new AbortController();
  #channel: PairChannel | undefined;
  #events: EndEvents | undefined;
  #isOpen = false;

  constructor(pc: RTCPeerConnection, timing: Timing) {
    this.#pc = pc;
    this.#timing = timing;
    // both ends make it under one number, so that there is none to wait for
    this.#data = pc.createDataChannel("fieldmesh", { negotiated: true, id: 0, ordered: true });
    pc.addEventListener("iceconnectionstatechange", () => {
      this.#events?.reachChanged(reachOf(pc.iceConnectionState));
    }, { signal: this.#over.signal });
  }

  listen(events: EndEvents): void {
    this.#events = events;
  }

  async offer(): Promise<string> {
    await this.#pc.setLocalDescription(await this.#pc.createOffer());
    return await this.#described();
  }

  async answer(offer: string, peerId: string): Promise<string> {
    await this.#pc.setRemoteDescription({ type: "offer", sdp: offer });
    await this.#pc.setLocalDescription(await this.#pc.createAnswer());
    const local = await this.#described();
    // it cannot open earlier: the other end has not seen this description
    this.#openChannel(peerId, { local, remote: offer });
    return local;
  }

  async accept(answer: string, peerId: string): Promise<void> {
    const local = this.#pc.localDescription?.sdp ?? "";
    this.#openChannel(peerId, { local, remote: answer });
    await this.#pc.setRemoteDescription({ type: "answer", sdp: answer });
  }

  leave(): void {
    this.#events = undefined;
    this.#over.abort();
    if (this.#isOpen) return;
    this.#channel?.close();
    this.#pc.close();
  }

  #openChannel(peerId: string, descriptions: { local: string; remote: string }): void {
    this.#channel = new PairChannel(this.#pc, this.#data, {
      peerId,
      descriptions,
      onOpen: (channel) => {
        this.#isOpen = true;
        this.#events?.opened(channel);
      },
      onOver: () => this.#events?.over(),
    });
  }

  async #described(): Promise<string> {
    await this.#gathered();
    return this.#pc.localDescription?.sdp ?? "";
  }

  #gathered(): Promise<void> {
    if (this.#pc.iceGatheringState === "complete") return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#timing.after(GATHERS_WITHIN_MS, resolve);
      this.#over.signal.addEventListener("abort", () => {
        cancel();
        resolve();
      });
      this.#pc.addEventListener("icegatheringstatechange", () => {
        if (this.#pc.iceGatheringState !== "complete") return;
        cancel();
        resolve();
      }, { signal: this.#over.signal });
    });
  }
}

function reachOf(state: RTCIceConnectionState): Reach {
  if (state === "connected" || state === "completed") return "found";
  return state === "failed" || state === "closed" ? "lost" : "searching";
}
