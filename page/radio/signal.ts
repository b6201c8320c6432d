/** What the radio needs of WebRTC and of the hub's signalling; `peerjs_signal.ts` makes it of PeerJS. */

/** The session descriptions (SDP) of a channel's two ends, as this end has them in use. */
export interface Descriptions {
  readonly local: string;
  readonly remote: string;
}

/** One ordered, reliable data channel to a peer. */
export interface Channel {
  /** The signalling id at the other end: a claim, until the worker has checked who is there. */
  readonly peerId: string;
  /** The other end has answered the call; before that, perhaps nobody has heard it. */
  readonly answered: boolean;
  /** Handed to the browser and not yet sent. */
  readonly bufferedBytes: number;
  /** Called once, before the turn in which the channel came is over. */
  listen(events: ChannelEvents): void;
  /** Throws when the channel is not open. */
  send(bytes: ArrayBuffer): void;
  /** No event follows. */
  close(): void;
}

export interface ChannelEvents {
  opened(descriptions: Descriptions): void;
  received(data: unknown): void;
  /** Little is left in the browser's buffer. */
  drained(): void;
  /** Packets stopped getting through, or do again. */
  shaky(isShaky: boolean): void;
  /** Over, or never came to be. */
  closed(): void;
}

/** The line to the hub under one id. Channels outlive its loss. */
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
