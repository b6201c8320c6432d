import type { SignalIdentity } from "./signal.ts";

/** The line between a device and a hub's relay: a WebSocket, or the hub's own way to its own relay. */
export interface RelaySocket {
  /** Handed over and not yet sent. */
  readonly bufferedBytes: number;
  /** Called once, before the turn in which the socket came is over. */
  listen(events: RelaySocketEvents): void;
  /** Takes the bytes over. Throws when the socket is not open. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** No event follows. */
  close(): void;
}

export interface RelaySocketEvents {
  opened(): void;
  received(data: unknown): void;
  /** Little is left to be sent. */
  drained(): void;
  /** Over, or never came to be. */
  closed(cause: string): void;
}

export type OpenRelaySocket = (identity: SignalIdentity) => RelaySocket;

/** `drained` comes when no more than this is left. */
const LOW_BUFFER_BYTES = 262_144;
/** WebSockets do not say when their buffer empties: they are asked, while something is left. */
const ASK_BUFFER_MS = 20;
/** The relay says something every 10 s: after three times that it is gone, whatever the network says. */
const SILENT_AT_MOST_MS = 30_000;

/** Calls `run` once, `ms` from now. The returned function calls it off. */
type After = (ms: number, run: () => void) => () => void;

const afterTimeout: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** The relay of the hub at this address (`http:` or `https:`, whatever the path). */
export function webSocketRelay(
  hub: string | URL,
  { after = afterTimeout }: { readonly after?: After } = {},
): OpenRelaySocket {
  return ({ peerId, token }) => {
    const url = new URL(`/relay?${new URLSearchParams({ id: peerId, token })}`, hub);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return new WebSocketLine(url, after);
  };
}

class WebSocketLine implements RelaySocket {
  readonly #socket: WebSocket;
  readonly #after: After;
  #events: RelaySocketEvents | undefined;
  #callOffWatchdog: (() => void) | undefined;
  #asking: ReturnType<typeof setInterval> | undefined;

  constructor(url: URL, after: After) {
    this.#after = after;
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = "arraybuffer";
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  listen(events: RelaySocketEvents): void {
    this.#events = events;
    this.#socket.onopen = () => {
      this.#heard();
      this.#events?.opened();
    };
    this.#socket.onmessage = ({ data }) => {
      this.#heard();
      this.#events?.received(data);
    };
    this.#socket.onclose = ({ code, reason }) => this.#ended(code, reason);
    // Deno says what went wrong; browsers tell nobody but the console. Deno sends no close after a handshake it cut off.
    this.#socket.onerror = (event) =>
      this.#ended(0, event instanceof ErrorEvent ? event.message : "");
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      throw new DOMException("The relay's socket is not open", "InvalidStateError");
    }
    this.#socket.send(bytes);
    if (this.#socket.bufferedAmount > LOW_BUFFER_BYTES) this.#askBuffer();
  }

  close(): void {
    this.#events = undefined;
    this.#callOffWatchdog?.();
    clearInterval(this.#asking);
    this.#asking = undefined;
    this.#socket.close();
  }

  #heard(): void {
    this.#callOffWatchdog?.();
    if (!this.#events) return;
    this.#callOffWatchdog = this.#after(
      SILENT_AT_MOST_MS,
      () => this.#ended(0, `nothing heard for ${SILENT_AT_MOST_MS / 1_000} s`),
    );
  }

  #askBuffer(): void {
    this.#asking ??= setInterval(() => {
      if (this.#socket.bufferedAmount > LOW_BUFFER_BYTES) return;
      clearInterval(this.#asking);
      this.#asking = undefined;
      this.#events?.drained();
    }, ASK_BUFFER_MS);
  }

  #ended(code: number, reason: string): void {
    const events = this.#events;
    this.close();
    events?.closed(reason || (code === 0 ? "the relay cannot be reached" : `closed (${code})`));
  }
}
