/**
 * What finds peers and links them, whatever it is made of: WebRTC by the hub's signalling, or the hub's
 * relay. A link's two ends get the same `binding` exactly when nobody sits between them.
 */

import type { Failure } from "../errors.ts";

/** One ordered, reliable channel to a peer. */
export interface Channel {
  /** The signalling id at the other end: a claim, until the sync node has checked who is there. */
  readonly peerId: string;
  /** The other end has answered the call; before that, perhaps nobody has heard it. */
  readonly answered: boolean;
  /** Handed over and not yet sent. */
  readonly bufferedBytes: number;
  /** Called once, before the turn in which the channel came is over. */
  listen(events: ChannelEvents): void;
  /** Throws when the channel is not open. */
  send(bytes: ArrayBuffer): void;
  /** No event follows. */
  close(): void;
}

export interface ChannelEvents {
  /** `binding`: 32 bytes of what only the two ends of this channel share; null when it has none that can be trusted. */
  opened(binding: ArrayBuffer | null): void;
  received(data: unknown): void;
  /** Little is left to be sent. */
  drained(): void;
  /** Packets stopped getting through, or do again. */
  shaky(isShaky: boolean): void;
  /** Over, or never came to be. `why`: what was wrong, when the channel itself found something. */
  closed(why?: Failure): void;
}

/** The line to the hub under one id. Channels of WebRTC outlive its loss; those of the relay do not. */
export interface Signal {
  /** Null when the line is down. */
  dial(peerId: string): Channel | null;
  /** Gives up the line for now; `disconnected` follows. */
  disconnect(): void;
  /** After `disconnected`. */
  reconnect(): void;
  /** Closes line and channels. No event follows. */
  destroy(): void;
}

export interface SignalEvents {
  opened(): void;
  /** The hub says that it is a peer itself, reached under this id: a claim. Null: it is none. */
  hubIs?(peerId: string | null): void;
  incoming(channel: Channel): void;
  /** The line is down; `reconnect` tries again. */
  disconnected(): void;
  /** It cannot be used any more, nor its channels. */
  destroyed(): void;
  /** No peer of this id is at the hub. */
  peerAbsent(peerId: string): void;
  /** Why the line is about to go, or cannot be. */
  failed(failure: SignalFailure): void;
}

export interface SignalFailure {
  readonly kind: "hub-unreachable" | "id-taken" | "unsupported";
  readonly cause: string;
}

export interface SignalIdentity {
  readonly peerId: string;
  readonly token: string;
}

export type OpenSignal = (identity: SignalIdentity, events: SignalEvents) => Signal;
