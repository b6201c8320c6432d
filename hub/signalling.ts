/**
 * The signalling broker: lets two clients that know each other's ids exchange WebRTC offers, answers
 * and candidates, in PeerServer's protocol (npm `peer` 1.0.2, which the stock `peerjs` client
 * speaks). A pure state machine: no clock, no sockets; what must be done comes out as effects.
 *
 * Where it differs from PeerServer on purpose:
 * - A client that comes back with its id and token while its old socket lingers gets OPEN, and the
 *   old socket is closed. PeerServer says nothing, so the stock client waits for ever.
 * - Everything is bounded ({@link Limits}); who exceeds a limit gets an ERROR that says which.
 * - Messages that are not valid get an ERROR and the end of the connection, not silence.
 */
import { assertNever } from "../field/errors.ts";
import { AbsentQueues, type QueueLimits } from "./absent_queues.ts";
import {
  type ClientMessage,
  errorMessage,
  expireMessage,
  ID_TAKEN,
  isId,
  isToken,
  OPEN,
  parseClientMessage,
  relayedMessage,
} from "./signal_message.ts";
import { TokenBucket } from "./token_bucket.ts";

/** The key of PeerServer's query, and the stock client's default. */
export const SIGNAL_KEY = "peerjs";

export interface Limits {
  readonly clients: number;
  /** Length of one message in characters (UTF-16 units). */
  readonly messageChars: number;
  /** Messages of one connection. */
  readonly rate: { readonly perSecond: number; readonly burst: number };
  /** A client not heard of for so long is gone; the stock client says HEARTBEAT every 5 s. */
  readonly aliveMs: number;
  readonly queue: QueueLimits;
}

/**
 * An SDP with candidates is 1 to 3 K characters, a call about a dozen messages. A crew of 30 that
 * all call one absent peer at once stays within these.
 */
export const LIMITS: Limits = {
  clients: 256,
  messageChars: 64 * 1024,
  rate: { perSecond: 50, burst: 400 },
  aliveMs: 90_000,
  queue: {
    expireMs: 5_000,
    perPeerMessages: 512,
    perPeerChars: 512 * 1024,
    peers: 1024,
    totalChars: 8 * 1024 * 1024,
  },
};

/** Names a socket; the caller's choice, never used twice. */
export type Connection = number;

export type Effect =
  | { readonly kind: "send"; readonly to: Connection; readonly text: string }
  | {
    readonly kind: "close";
    readonly connection: Connection;
    readonly code: number;
    readonly reason: string;
  };

/** What the client put into its URL. */
export interface Credentials {
  readonly id: string | null;
  readonly token: string | null;
  readonly key: string | null;
}

/** WebSocket close codes (RFC 6455, section 7.4.1). */
const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  policy: 1008,
  tooBig: 1009,
  tryLater: 1013,
} as const;

interface Client {
  readonly id: string;
  readonly token: string;
  readonly connection: Connection;
  readonly bucket: TokenBucket;
  heardAt: number;
}

export class Broker {
  readonly #limits: Limits;
  readonly #byId = new Map<string, Client>();
  readonly #byConnection = new Map<Connection, Client>();
  readonly #waiting: AbsentQueues;

  constructor(limits: Limits = LIMITS) {
    this.#limits = limits;
    this.#waiting = new AbsentQueues(limits.queue);
  }

  get clients(): number {
    return this.#byId.size;
  }

  /** What waits for absent peers. */
  get waiting(): AbsentQueues["size"] {
    return this.#waiting.size;
  }

  /** A socket has opened. */
  connect(connection: Connection, credentials: Credentials, nowMs: number): readonly Effect[] {
    const { id, token, key } = credentials;
    // The first two texts are PeerServer's.
    if (!id || !token || !key) {
      return refuse(connection, "No id, token, or key supplied to websocket server");
    }
    if (key !== SIGNAL_KEY) return refuse(connection, "Invalid key provided");
    if (!isId(id)) return refuse(connection, "Invalid id provided");
    if (!isToken(token)) return refuse(connection, "Invalid token provided");
    const before = this.#byId.get(id);
    if (before && before.token !== token) {
      return [
        { kind: "send", to: connection, text: ID_TAKEN },
        { kind: "close", connection, code: CLOSE.policy, reason: "ID is taken" },
      ];
    }
    if (!before && this.#byId.size >= this.#limits.clients) {
      const msg = "Server has reached its concurrent user limit";
      return refuse(connection, msg, CLOSE.tryLater);
    }
    return this.#admit({ id, token, connection }, before, nowMs);
  }

  #admit(
    who: Pick<Client, "id" | "token" | "connection">,
    before: Client | undefined,
    nowMs: number,
  ): readonly Effect[] {
    const effects: Effect[] = [];
    if (before) effects.push(...this.#end(before, CLOSE.normal, "Replaced by a newer connection"));
    const bucket = new TokenBucket(this.#limits.rate, nowMs);
    const client: Client = { ...who, bucket, heardAt: nowMs };
    this.#byId.set(client.id, client);
    this.#byConnection.set(client.connection, client);
    effects.push({ kind: "send", to: client.connection, text: OPEN });
    for (const { text } of this.#waiting.take(client.id)) {
      effects.push({ kind: "send", to: client.connection, text });
    }
    return effects;
  }

  /** A socket has brought something. */
  receive(connection: Connection, data: unknown, nowMs: number): readonly Effect[] {
    const client = this.#byConnection.get(connection);
    if (!client) return [];
    client.heardAt = nowMs;
    const limits = this.#limits;
    if (!client.bucket.take(nowMs)) {
      return this.#fail(client, `Too many messages: ${limits.rate.perSecond} a second are allowed`);
    }
    if (typeof data === "string" && data.length > limits.messageChars) {
      const msg = `Message too long: ${limits.messageChars} characters are allowed`;
      return this.#fail(client, msg, CLOSE.tooBig);
    }
    return this.#handle(client, parseClientMessage(data), nowMs);
  }

  #handle(client: Client, message: ClientMessage, nowMs: number): readonly Effect[] {
    switch (message.kind) {
      case "heartbeat":
      case "unknown":
        return [];
      case "leave":
        return this.#end(client, CLOSE.normal, "Left");
      case "invalid":
        return this.#fail(client, message.reason);
      case "relay":
        return this.#relay(client, message, nowMs);
      default:
        return assertNever(message);
    }
  }

  #relay(
    client: Client,
    { type, dst, payload }: Extract<ClientMessage, { kind: "relay" }>,
    nowMs: number,
  ): readonly Effect[] {
    const text = relayedMessage({ type, src: client.id, dst, payload });
    const to = this.#byId.get(dst);
    if (to) return [{ kind: "send", to: to.connection, text }];
    // There is nothing to leave or expire at a peer that is not here.
    if (type === "LEAVE" || type === "EXPIRE") return [];
    if (this.#waiting.add({ src: client.id, dst, text }, nowMs)) return [];
    // Not worth the connection: the message is dropped, the sender told.
    const msg = `Too much is waiting for ${dst}: message dropped`;
    return [{ kind: "send", to: client.connection, text: errorMessage(msg) }];
  }

  /** A socket is gone. */
  disconnect(connection: Connection): void {
    const client = this.#byConnection.get(connection);
    if (client) this.#forget(client);
  }

  /** Time has passed; to be called about once a second. */
  tick(nowMs: number): readonly Effect[] {
    const effects: Effect[] = [];
    for (const client of [...this.#byId.values()]) {
      if (nowMs - client.heardAt < this.#limits.aliveMs) continue;
      effects.push(...this.#end(client, CLOSE.goingAway, "No heartbeat"));
    }
    for (const pair of this.#waiting.expire(nowMs)) {
      const sender = this.#byId.get(pair.src);
      if (sender) effects.push({ kind: "send", to: sender.connection, text: expireMessage(pair) });
    }
    return effects;
  }

  #fail(client: Client, msg: string, code: number = CLOSE.policy): readonly Effect[] {
    this.#forget(client);
    return refuse(client.connection, msg, code);
  }

  #end(client: Client, code: number, reason: string): readonly Effect[] {
    this.#forget(client);
    return [{ kind: "close", connection: client.connection, code, reason }];
  }

  #forget(client: Client): void {
    this.#byConnection.delete(client.connection);
    this.#byId.delete(client.id);
  }
}

function refuse(connection: Connection, msg: string, code: number = CLOSE.policy): Effect[] {
  return [
    { kind: "send", to: connection, text: errorMessage(msg) },
    { kind: "close", connection, code, reason: msg },
  ];
}
