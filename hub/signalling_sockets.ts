import { assertNever } from "../field/errors.ts";
import { Broker, type Connection, type Effect, LIMITS, type Limits } from "./signalling.ts";

export interface SignallingOptions {
  readonly limits?: Limits;
  /** How often time is looked at: expired messages, silent clients. */
  readonly tickMs?: number;
}

const TICK_MS = 1000;
/** A client that reads more slowly than others write to it is cut off here, not buffered for. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** WebSocket close code: going away (RFC 6455, section 7.4.1). */
const GOING_AWAY = 1001;
const TRY_LATER = 1013;

/** Puts the {@link Broker} on Deno's WebSockets. */
export class SignallingSockets {
  readonly #broker: Broker;
  readonly #sockets = new Map<Connection, WebSocket>();
  readonly #maxSockets: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #next: Connection = 1;

  constructor({ limits = LIMITS, tickMs = TICK_MS }: SignallingOptions = {}) {
    this.#broker = new Broker(limits);
    // Room for those that are being refused or replaced, whose sockets take a moment to close.
    this.#maxSockets = 2 * limits.clients;
    this.#timer = setInterval(() => this.#apply(this.#broker.tick(performance.now())), tickMs);
  }

  /** Clients that are known by an id. */
  get clients(): number {
    return this.#broker.clients;
  }

  /** False: so many sockets are open that another must not be upgraded. */
  get hasRoom(): boolean {
    return this.#sockets.size < this.#maxSockets;
  }

  /** Upgrades the request and lets the socket in. Throws when it is no WebSocket handshake. */
  accept(request: Request): Response {
    const { response, socket } = Deno.upgradeWebSocket(request);
    const query = new URL(request.url).searchParams;
    const credentials = { id: query.get("id"), token: query.get("token"), key: query.get("key") };
    const connection = this.#next++;
    this.#sockets.set(connection, socket);
    socket.onopen = () =>
      this.#apply(this.#broker.connect(connection, credentials, performance.now()));
    socket.onmessage = ({ data }) =>
      this.#apply(this.#broker.receive(connection, data, performance.now()));
    socket.onclose = () => this.#forget(connection);
    // A handshake that fails after the upgrade brings an error, and no close event is promised.
    socket.onerror = () => this.#forget(connection);
    return response;
  }

  #forget(connection: Connection): void {
    this.#sockets.delete(connection);
    this.#broker.disconnect(connection);
  }

  /** Ends every connection and the clock. */
  close(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets.values()) end(socket, GOING_AWAY, "The hub is stopping");
    this.#sockets.clear();
  }

  #apply(effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "send":
          this.#send(effect.to, effect.text);
          break;
        case "close":
          end(this.#sockets.get(effect.connection), effect.code, effect.reason);
          break;
        default:
          assertNever(effect);
      }
    }
  }

  #send(to: Connection, text: string): void {
    const socket = this.#sockets.get(to);
    // One that is closing cannot be written to; its close event will tell the broker.
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MAX_UNSENT_BYTES) {
      this.#broker.disconnect(to);
      return end(socket, TRY_LATER, "Too slow: messages are piling up");
    }
    socket.send(text);
  }
}

function end(socket: WebSocket | undefined, code: number, reason: string): void {
  const open = socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING;
  if (socket && open) socket.close(code, reason);
}
