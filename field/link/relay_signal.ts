import { type Bytes, toHex } from "../bytes.ts";
import { assertNever } from "../errors.ts";
import {
  CHANNEL_BYTES,
  encodeRelayFrame,
  ID_TAKEN,
  isRelayId,
  parseRelayFrame,
  type RelayFrame,
} from "./relay_frames.ts";
import type { OpenRelaySocket, RelaySocket } from "./relay_socket.ts";
import { type Pipe, type PipeEvents, SealedChannel } from "./sealed_channel.ts";
import type { Channel, OpenSignal, Signal, SignalEvents, SignalIdentity } from "./signal.ts";

/** Channels at a time: a device keeps about four, a hub one for each member it is asked by. */
const MOST_CHANNELS = 64;
/** Of these with one peer: one that goes, one that comes, and what crosses on the way. */
const MOST_CHANNELS_PER_PEER = 4;

/**
 * Channels through a hub that passes on what it cannot read (see `sealed_channel.ts`): one socket, many
 * channels. They end with the socket.
 */
export function relaySignal(
  openSocket: OpenRelaySocket,
  { random = cryptoRandom }: { readonly random?: (byteLength: number) => Bytes } = {},
): OpenSignal {
  return (identity, events) => new RelayLine(openSocket, identity, events, random);
}

class RelayLine implements Signal {
  readonly #openSocket: OpenRelaySocket;
  readonly #identity: SignalIdentity;
  readonly #events: SignalEvents;
  readonly #random: (byteLength: number) => Bytes;
  /** By peer and channel. */
  readonly #pipes = new Map<string, RelayPipe>();
  #socket: RelaySocket | undefined;
  /** The relay has bidden us welcome. */
  #isOpen = false;
  #isDestroyed = false;

  constructor(
    openSocket: OpenRelaySocket,
    identity: SignalIdentity,
    events: SignalEvents,
    random: (byteLength: number) => Bytes,
  ) {
    this.#openSocket = openSocket;
    this.#identity = identity;
    this.#events = events;
    this.#random = random;
    this.reconnect();
  }

  dial(peerId: string): Channel | null {
    if (!this.#isOpen || !isRelayId(peerId) || !this.#hasRoomFor(peerId)) return null;
    const channel = toHex(this.#random(CHANNEL_BYTES));
    const pipe = this.#addPipe(peerId, channel);
    try {
      this.#send({ kind: "open", peer: peerId, channel });
    } catch {
      // the socket has just closed and has not said so yet: the line is down
      this.#pipes.delete(pipe.key);
      return null;
    }
    return pipe.channel;
  }

  disconnect(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#isOpen = false;
    queueMicrotask(() => this.#down());
  }

  reconnect(): void {
    if (this.#socket || this.#isDestroyed) return;
    const socket = this.#openSocket(this.#identity);
    this.#socket = socket;
    socket.listen({
      opened: () => {}, // it is the relay's welcome that counts
      received: (data) => this.#received(data),
      drained: () => this.#eachPipe((pipe) => pipe.events?.drained()),
      closed: (cause) => this.#lost(cause),
    });
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#isOpen = false;
    // else one whose key is still being made would tell that it cannot send it
    this.#eachPipe((pipe) => pipe.channel.close());
    this.#pipes.clear();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #lost(cause: string): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#isOpen = false;
    this.#events.failed({ kind: cause === ID_TAKEN ? "id-taken" : "hub-unreachable", cause });
    this.#down();
  }

  #down(): void {
    if (this.#isDestroyed) return;
    this.#eachPipe((pipe) => this.#endPipe(pipe));
    if (!this.#isDestroyed) this.#events.disconnected();
  }

  #received(data: unknown): void {
    const frame = data instanceof ArrayBuffer ? parseRelayFrame(new Uint8Array(data)) : null;
    if (frame === "unknown") return;
    if (frame) this.#handle(frame);
    else this.#lost("the relay said something unreadable");
  }

  #handle(frame: RelayFrame): void {
    switch (frame.kind) {
      case "beat":
        return;
      case "welcome":
        return this.#welcomed(frame.peer);
      case "open":
        return this.#accept(frame.peer, frame.channel);
      case "data": {
        const pipe = this.#pipes.get(keyOf(frame.peer, frame.channel));
        if (pipe) return pipe.events?.received(frame.payload);
        return this.#tell({ kind: "close", peer: frame.peer, channel: frame.channel });
      }
      case "close":
        return this.#endPipe(this.#pipes.get(keyOf(frame.peer, frame.channel)));
      case "absent":
        return this.#absent(this.#pipes.get(keyOf(frame.peer, frame.channel)));
      case "bye":
        return this.#lost(frame.reason);
      case "gone":
        return this.#eachPipe((pipe) => pipe.peerId === frame.peer && this.#endPipe(pipe));
      default:
        return assertNever(frame);
    }
  }

  #absent(pipe: RelayPipe | undefined): void {
    if (!pipe) return;
    // first, so that whoever called hears why before he hears that it is over
    this.#events.peerAbsent(pipe.peerId);
    this.#endPipe(pipe);
  }

  #welcomed(hubPeerId: string | null): void {
    this.#events.hubIs?.(hubPeerId);
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#events.opened();
  }

  #accept(peerId: string, channel: string): void {
    if (!this.#hasRoomFor(peerId) || this.#pipes.has(keyOf(peerId, channel))) {
      return this.#tell({ kind: "close", peer: peerId, channel });
    }
    this.#events.incoming(this.#addPipe(peerId, channel).channel);
  }

  #addPipe(peerId: string, channel: string): RelayPipe {
    const key = keyOf(peerId, channel);
    const pipe: RelayPipe = new RelayPipe(key, peerId, {
      bufferedBytes: () => this.#socket?.bufferedBytes ?? 0,
      send: (payload) => {
        if (!this.#pipes.has(key)) throw new DOMException("Closed", "InvalidStateError");
        this.#send({ kind: "data", peer: peerId, channel, payload });
      },
      close: () => {
        if (this.#pipes.delete(key)) this.#tell({ kind: "close", peer: peerId, channel });
      },
    });
    this.#pipes.set(key, pipe);
    return pipe;
  }

  #endPipe(pipe: RelayPipe | undefined): void {
    if (pipe && this.#pipes.delete(pipe.key)) pipe.events?.closed();
  }

  #eachPipe(act: (pipe: RelayPipe) => void): void {
    for (const pipe of [...this.#pipes.values()]) act(pipe);
  }

  #hasRoomFor(peerId: string): boolean {
    const withPeer = [...this.#pipes.values()].filter((pipe) => pipe.peerId === peerId);
    return this.#pipes.size < MOST_CHANNELS && withPeer.length < MOST_CHANNELS_PER_PEER;
  }

  /** Says something that is worth nothing once the line is down. */
  #tell(frame: RelayFrame): void {
    try {
      this.#send(frame);
    } catch {
      // the socket has just closed: whoever should hear it hears of that
    }
  }

  #send(frame: RelayFrame): void {
    if (!this.#socket) throw new DOMException("The line is down", "InvalidStateError");
    this.#socket.send(encodeRelayFrame(frame));
  }
}

interface PipePorts {
  readonly bufferedBytes: () => number;
  readonly send: (payload: Bytes) => void;
  readonly close: () => void;
}

class RelayPipe implements Pipe {
  readonly key: string;
  readonly peerId: string;
  readonly channel = new SealedChannel(this);
  readonly #ports: PipePorts;
  events: PipeEvents | undefined;

  constructor(key: string, peerId: string, ports: PipePorts) {
    this.key = key;
    this.peerId = peerId;
    this.#ports = ports;
  }

  /** All channels of a line share its buffer. */
  get bufferedBytes(): number {
    return this.#ports.bufferedBytes();
  }

  listen(events: PipeEvents): void {
    this.events = events;
  }

  send(bytes: Bytes): void {
    this.#ports.send(bytes);
  }

  close(): void {
    this.events = undefined;
    this.#ports.close();
  }
}

function keyOf(peerId: string, channel: string): string {
  return `${peerId} ${channel}`;
}

function cryptoRandom(byteLength: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(byteLength));
}
