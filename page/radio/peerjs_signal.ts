/** The radio's signalling, made of PeerJS. The only file that imports it: it works in browsers alone. */
import { type DataConnection, Peer, type PeerError, type PeerErrorType } from "peerjs";
import { assertNever } from "../../field/errors.ts";
import type {
  Channel,
  ChannelEvents,
  Descriptions,
  OpenSignal,
  Signal,
  SignalEvents,
  SignalIdentity,
} from "./signal.ts";

/** `drained` comes when no more than this is left in the browser's buffer. */
const LOW_BUFFER_BYTES = 262_144;
/** Making an answer is local work; it took 3 to 30 ms. */
const ANSWERED_WITHIN_MS = 1_000;
/** How PeerJS 1.5 names the absent peer: in the message alone. */
const ABSENT_PREFIX = "Could not connect to peer ";

export interface HubAddress {
  readonly hostname: string;
  /** Empty for the protocol's own. */
  readonly port: string;
  readonly protocol: string;
}

/** Signalling by the hub at this address. */
export function peerjsSignal(hub: HubAddress): OpenSignal {
  return (identity, events) => {
    const peer = new Peer(identity.peerId, peerOptions(hub, identity));
    listen(peer, events);
    return signalOf(peer);
  };
}

function peerOptions({ hostname, port, protocol }: HubAddress, { token }: SignalIdentity) {
  const secure = protocol === "https:";
  return {
    host: hostname,
    port: port === "" ? (secure ? 443 : 80) : Number(port),
    secure,
    path: "/signal",
    token,
    debug: 0,
    // PeerJS's default asks public servers on the internet for this device's address
    config: { iceServers: [] },
  };
}

function listen(peer: Peer, events: SignalEvents): void {
  peer.on("open", () => events.opened());
  peer.on("connection", (connection) => {
    const channel = new PeerjsChannel(connection, { incoming: true });
    if (connection.serialization === "raw" && connection.reliable) events.incoming(channel);
    else channel.close();
  });
  // nobody here takes calls with sound or picture
  peer.on("call", (call) => call.close());
  // destroy() says "disconnected" first: only the microtask after knows which of the two it is
  peer.on("disconnected", () =>
    queueMicrotask(() => {
      if (!peer.destroyed) events.disconnected();
    }));
  peer.on("close", () => events.destroyed());
  peer.on("error", (error) => tellError(error, events));
}

function tellError(error: PeerError<`${PeerErrorType}`>, events: SignalEvents): void {
  const cause = `${error.type}: ${error.message}`;
  switch (error.type) {
    case "peer-unavailable":
      return events.peerAbsent(error.message.replace(ABSENT_PREFIX, ""));
    case "unavailable-id":
      return events.failed({ kind: "id-taken", cause });
    case "browser-incompatible":
      return events.failed({ kind: "unsupported", cause });
    case "network":
    case "server-error":
    case "socket-error":
    case "socket-closed":
    case "ssl-unavailable":
    case "invalid-id":
    case "invalid-key":
    case "disconnected":
      return events.failed({ kind: "hub-unreachable", cause });
    case "webrtc":
      // of one connection, which PeerJS does not name: it ends by its own events or its time-out
      return console.debug("PeerJS", error);
    default:
      return assertNever(error.type);
  }
}

function signalOf(peer: Peer): Signal {
  return {
    dial(peerId) {
      if (!peer.open) return null;
      const connection = peer.connect(peerId, { reliable: true, serialization: "raw" });
      return new PeerjsChannel(connection, { incoming: false });
    },
    disconnect: () => peer.disconnect(),
    reconnect: () => peer.reconnect(),
    destroy() {
      peer.removeAllListeners();
      peer.destroy();
    },
  };
}

class PeerjsChannel implements Channel {
  readonly #connection: DataConnection;
  /** PeerJS lets go of it when it closes. */
  readonly #pc: RTCPeerConnection;
  readonly #over = new AbortController();
  readonly #incoming: boolean;
  #events: ChannelEvents | undefined;

  constructor(connection: DataConnection, { incoming }: { readonly incoming: boolean }) {
    this.#connection = connection;
    this.#incoming = incoming;
    this.#pc = connection.peerConnection;
  }

  get peerId(): string {
    return this.#connection.peer;
  }

  get answered(): boolean {
    return !this.#isClosed && this.#pc.remoteDescription !== null;
  }

  get bufferedBytes(): number {
    return this.#connection.dataChannel?.bufferedAmount ?? 0;
  }

  listen(events: ChannelEvents): void {
    this.#events = events;
    this.#connection.on("open", () => this.#opened());
    this.#connection.on("data", (data) => events.received(data));
    this.#connection.on("close", () => this.#ended());
    // every error of a connection is its end; those before it opened come without "close"
    this.#connection.on("error", () => this.#ended());
    this.#pc.addEventListener("connectionstatechange", () => this.#stateChanged(), {
      signal: this.#over.signal,
    });
  }

  send(bytes: ArrayBuffer): void {
    // not by PeerJS's send(), which would queue without bound behind the browser's buffer
    this.#connection.dataChannel.send(bytes);
  }

  close(): void {
    this.#events = undefined;
    this.#over.abort();
    this.#connection.removeAllListeners();
    const close = () => this.#connection.close();
    // PeerJS, closed while it is still answering, leaves a rejection that nobody handles
    const isAnswering = this.#incoming && !this.#isClosed && !this.#pc.localDescription;
    if (isAnswering) setTimeout(close, ANSWERED_WITHIN_MS);
    else close();
  }

  /** Firefox throws when a closed connection is asked for its descriptions. */
  get #isClosed(): boolean {
    return this.#pc.signalingState === "closed";
  }

  #opened(): void {
    const descriptions = this.#descriptions();
    if (!descriptions) return this.#ended();
    const { dataChannel } = this.#connection;
    dataChannel.bufferedAmountLowThreshold = LOW_BUFFER_BYTES;
    dataChannel.addEventListener("bufferedamountlow", () => this.#events?.drained(), {
      signal: this.#over.signal,
    });
    this.#events?.opened(descriptions);
  }

  #descriptions(): Descriptions | null {
    if (this.#isClosed) return null;
    const local = this.#pc.localDescription?.sdp;
    const remote = this.#pc.remoteDescription?.sdp;
    return local && remote ? { local, remote } : null;
  }

  #stateChanged(): void {
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
