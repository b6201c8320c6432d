/** The radio's signalling, made of PeerJS. The only file that imports it: it works in browsers alone. */
import { type DataConnection, Peer, type PeerError, type PeerErrorType } from "peerjs";
import { assertNever } from "../../field/errors.ts";
import type {
  Channel,
  ChannelEvents,
  OpenSignal,
  Signal,
  SignalEvents,
  SignalIdentity,
} from "../../field/link/signal.ts";
import { browserTiming } from "../timing.ts";
import { channelBinding, type Descriptions, fingerprint } from "./channel_binding.ts";
import { IceRestart, type RestartMessage } from "./ice_restart.ts";

/** `drained` comes when no more than this is left in the browser's buffer. */
const LOW_BUFFER_BYTES = 262_144;
/** Making an answer is local work; it took 3 to 30 ms. */
const ANSWERED_WITHIN_MS = 1_000;
/** What may come before the binding is computed, which takes a millisecond. */
const EARLY_MOST = 64;
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
    const channel = new PeerjsChannel(peer, connection, { incoming: true });
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
      return new PeerjsChannel(peer, connection, { incoming: false });
    },
    disconnect: () => peer.disconnect(),
    reconnect: () => peer.reconnect(),
    destroy() {
      peer.removeAllListeners();
      peer.destroy();
    },
  };
}

type SignalMessage = Parameters<DataConnection["handleMessage"]>[0];

class PeerjsChannel implements Channel {
  readonly #peer: Peer;
  readonly #connection: DataConnection;
  /** PeerJS lets go of it when it closes. */
  readonly #pc: RTCPeerConnection;
  readonly #over = new AbortController();
  readonly #incoming: boolean;
  readonly #early: unknown[] = [];
  #events: ChannelEvents | undefined;
  #isTold = false;
  #restart: IceRestart | undefined;

  constructor(
    peer: Peer,
    connection: DataConnection,
    { incoming }: { readonly incoming: boolean },
  ) {
    this.#peer = peer;
    this.#connection = connection;
    this.#incoming = incoming;
    this.#pc = connection.peerConnection;
    this.#guardDescriptions();
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
    this.#connection.on("open", () => void this.#opened().catch(() => this.#ended()));
    this.#connection.on("data", (data) => this.#received(data));
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
    this.#restart?.stop();
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

  /**
   * PeerJS applies every description that signalling brings, at any time. One answer is all that may come
   * before the channel is open: with a second one, whoever forwards them could show certificates that are
   * not those in use.
   */
  #guardDescriptions(): void {
    const connection = this.#connection;
    const handle = connection.handleMessage.bind(connection);
    connection.handleMessage = async (message: SignalMessage) => {
      if (!isDescription(message)) return await handle(message);
      if (this.#restart) return await this.#restart.received(message.payload);
      const isFirstAnswer = !this.#incoming && !this.#isClosed &&
        this.#pc.remoteDescription === null;
      if (isFirstAnswer && message.payload?.sdp?.type === "answer") await handle(message);
    };
  }

  async #opened(): Promise<void> {
    const descriptions = this.#descriptions();
    if (!descriptions) return this.#ended();
    const { dataChannel } = this.#connection;
    dataChannel.bufferedAmountLowThreshold = LOW_BUFFER_BYTES;
    dataChannel.addEventListener("bufferedamountlow", () => this.#events?.drained(), {
      signal: this.#over.signal,
    });
    this.#negotiateFromNowOn(fingerprint(descriptions.remote) ?? "");
    const binding = await channelBinding(descriptions);
    this.#events?.opened(binding);
    this.#isTold = true;
    for (const data of this.#early.splice(0)) this.#events?.received(data);
  }

  /** In place of PeerJS, which would close the connection instead of finding it a new path. */
  #negotiateFromNowOn(remoteFingerprint: string): void {
    const pc = this.#pc;
    pc.oniceconnectionstatechange = null;
    pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) this.#signal("CANDIDATE", { candidate });
    };
    this.#restart = new IceRestart({
      timing: browserTiming,
      pc,
      isCaller: !this.#incoming,
      remoteFingerprint,
      // by its type PeerJS hands it to the connection; the description says what it is
      send: (message) => this.#signal("ANSWER", message),
      onForeign: () => this.#ended(),
      onError: (error) => console.debug("Finding a new path to a peer", error),
    });
  }

  #signal(type: "ANSWER" | "CANDIDATE", what: RestartMessage | { candidate: RTCIceCandidate }) {
    const { open, socket } = this.#peer;
    const { connectionId, peer: dst } = this.#connection;
    if (open) socket.send({ type, payload: { ...what, type: "data", connectionId }, dst });
    return open;
  }

  /** Those in use: of one that is only proposed, nothing is known yet. */
  #descriptions(): Descriptions | null {
    if (this.#pc.signalingState !== "stable") return null;
    const local = this.#pc.currentLocalDescription?.sdp;
    const remote = this.#pc.currentRemoteDescription?.sdp;
    return local && remote ? { local, remote } : null;
  }

  #received(data: unknown): void {
    if (this.#isTold) return this.#events?.received(data);
    if (this.#early.push(data) > EARLY_MOST) this.#ended();
  }

  #stateChanged(): void {
    const { connectionState } = this.#pc;
    if (connectionState === "closed") return this.#ended();
    if (connectionState === "failed" && !this.#restart) return this.#ended();
    this.#events?.shaky(connectionState !== "connected");
    this.#restart?.stateChanged();
  }

  #ended(): void {
    const events = this.#events;
    this.close();
    events?.closed();
  }
}

function isDescription({ type }: SignalMessage): boolean {
  return type === "ANSWER" || type === "OFFER";
}
