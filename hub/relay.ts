import { assertNever } from "../field/errors.ts";
import type { Bytes } from "../field/bytes.ts";
import type { RelaySocket, RelaySocketEvents } from "../field/link/relay_socket.ts";
import type { SignalIdentity } from "../field/link/signal.ts";
import {
  RELAY_CLOSE,
  RELAY_LIMITS,
  RelayBroker,
  type RelayConnection,
  type RelayCredentials,
  type RelayEffect,
  type RelayLimits,
} from "./relay_broker.ts";

export interface RelayOptions {
  readonly limits?: RelayLimits;
  /** What may wait for one device that reads slowly: eight links with 256 KB under way each. */
  readonly unreadBytes?: number;
  /** While so much waits for all of them together, no other is let in. */
  readonly unreadTotalBytes?: number;
  /** How often time is looked at. */
  readonly tickMs?: number;
}

const TICK_MS = 1000;
const UNREAD_BYTES = 2 * 1024 * 1024;
const UNREAD_TOTAL_BYTES = 64 * 1024 * 1024;
/** A device that does not answer Deno's pings for so long is gone, s. */
const IDLE_S = 30;
const GOING_AWAY = 1001;
const TOO_SLOW = "Too slow: what others say is piling up";

/** One end of a connection, as the relay sees it. */
interface Line {
  /** Where it comes from; null for the hub's own. */
  readonly address: string | null;
  readonly unreadBytes: number;
  send(bytes: Bytes): void;
  close(code: number, reason: string): void;
}

/**
 * The hub's relay: puts the {@link RelayBroker} on Deno's WebSockets, and on calls within the process for the
 * hub's own sync node.
 */
export class Relay {
  readonly #broker: RelayBroker;
  readonly #lines = new Map<RelayConnection, Line>();
  readonly #limits: RelayLimits;
  readonly #unreadBytes: number;
  readonly #unreadTotalBytes: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #next: RelayConnection = 1;

  constructor(
    {
      limits = RELAY_LIMITS,
      unreadBytes = UNREAD_BYTES,
      unreadTotalBytes = UNREAD_TOTAL_BYTES,
      tickMs = TICK_MS,
    }: RelayOptions = {},
  ) {
    this.#broker = new RelayBroker(limits);
    this.#limits = limits;
    this.#unreadBytes = unreadBytes;
    this.#unreadTotalBytes = unreadTotalBytes;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  /** Devices that are known by an id, the hub's own included. */
  get clients(): number {
    return this.#broker.clients;
  }

  /** False: another socket from this address must not be upgraded. One that never reads cannot be ended, only counted. */
  hasRoomFor(address: string): boolean {
    const lines = [...this.#lines.values()];
    const sameAddress = lines.filter((line) => line.address === address).length;
    const unread = lines.reduce((sum, line) => sum + line.unreadBytes, 0);
    // room for those that are being refused or replaced, whose sockets take a moment to close
    return lines.length < 2 * this.#limits.clients &&
      sameAddress < 2 * this.#limits.clientsPerAddress && unread < this.#unreadTotalBytes;
  }

  /** Upgrades the request and lets the socket in. Throws when it is no WebSocket handshake. */
  accept(request: Request, address: string): Response {
    const { response, socket } = Deno.upgradeWebSocket(request, { idleTimeout: IDLE_S });
    socket.binaryType = "arraybuffer";
    const query = new URL(request.url).searchParams;
    const credentials = { id: query.get("id"), token: query.get("token") };
    const connection = this.#next++;
    this.#lines.set(connection, new SocketLine(socket, address));
    socket.onopen = () => this.#connect(connection, credentials, address);
    socket.onmessage = ({ data }) => this.#receive(connection, data);
    socket.onclose = () => this.#forget(connection);
    // a handshake that fails after the upgrade brings an error, and no close event is promised
    socket.onerror = () => this.#forget(connection);
    return response;
  }

  /** The hub's own way to its relay: what a WebSocket is to everyone else. Its id is told to all devices. */
  localSocket(identity: SignalIdentity): RelaySocket {
    const connection = this.#next++;
    const credentials = { id: identity.peerId, token: identity.token };
    const socket = new LocalSocket({
      connect: () => this.#connect(connection, credentials, null),
      receive: (data) => this.#receive(connection, data),
      forget: () => this.#forget(connection),
    });
    this.#lines.set(connection, socket.line);
    return socket;
  }

  /** Ends every connection and the clock. */
  close(): void {
    clearInterval(this.#timer);
    for (const line of this.#lines.values()) line.close(GOING_AWAY, "The hub is stopping");
    this.#lines.clear();
  }

  #connect(
    connection: RelayConnection,
    credentials: RelayCredentials,
    address: string | null,
  ): void {
    if (!this.#lines.has(connection)) return;
    this.#apply(this.#broker.connect(connection, credentials, address, performance.now()));
  }

  #receive(connection: RelayConnection, data: unknown): void {
    this.#apply(this.#broker.receive(connection, data, performance.now()));
  }

  #forget(connection: RelayConnection): void {
    this.#lines.delete(connection);
    this.#apply(this.#broker.disconnect(connection));
  }

  #tick(): void {
    this.#apply(this.#broker.tick(performance.now()));
  }

  #apply(effects: readonly RelayEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "send":
          this.#send(effect.to, effect.bytes);
          break;
        case "close":
          this.#lines.get(effect.connection)?.close(effect.code, effect.reason);
          break;
        default:
          assertNever(effect);
      }
    }
  }

  #send(to: RelayConnection, bytes: Bytes): void {
    const line = this.#lines.get(to);
    if (!line) return;
    line.send(bytes);
    if (line.unreadBytes > this.#unreadBytes) {
      this.#apply(this.#broker.drop(to, RELAY_CLOSE.tryLater, TOO_SLOW));
    }
  }
}

class SocketLine implements Line {
  readonly address: string;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, address: string) {
    this.#socket = socket;
    this.address = address;
  }

  get unreadBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(bytes: Bytes): void {
    // one that is closing cannot be written to; its close event will tell the broker
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  close(code: number, reason: string): void {
    const { readyState } = this.#socket;
    if (readyState === WebSocket.OPEN || readyState === WebSocket.CONNECTING) {
      this.#socket.close(code, reason);
    }
  }
}

interface Inbox {
  readonly connect: () => void;
  readonly receive: (data: ArrayBuffer) => void;
  readonly forget: () => void;
}

/** The hub's own connection, as its sync node holds it. Each message comes in a turn of its own. */
class LocalSocket implements RelaySocket {
  readonly bufferedBytes = 0;
  readonly #inbox: Inbox;
  #events: RelaySocketEvents | undefined;
  #isOver = false;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  /** The same connection, as the relay holds it. Nothing waits in it. */
  readonly line: Line = {
    address: null,
    unreadBytes: 0,
    send: ({ buffer }) => this.#later(() => this.#events?.received(buffer)),
    close: (_code, cause) =>
      this.#later(() => {
        const events = this.#events;
        this.close();
        events?.closed(cause);
      }),
  };

  listen(events: RelaySocketEvents): void {
    this.#events = events;
    this.#later(() => {
      events.opened();
      this.#inbox.connect();
    });
  }

  send({ buffer }: Bytes): void {
    if (this.#isOver) throw new DOMException("The relay has closed", "InvalidStateError");
    this.#later(() => this.#inbox.receive(buffer));
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events = undefined;
    this.#inbox.forget();
  }

  #later(act: () => void): void {
    queueMicrotask(() => this.#isOver || act());
  }
}
