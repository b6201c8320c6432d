/**
 * The relay's broker: passes on what devices say to each other when they cannot reach each other
 * directly. It knows who talks with whom, when and how much, and nothing of what: channels are sealed at
 * their two ends (`field/link/sealed_channel.ts`). A pure state machine: no clock, no sockets; what must be
 * done comes out as effects. Nothing is kept for peers that are not here.
 */
import { assertNever } from "../field/errors.ts";
import type { Bytes } from "../field/bytes.ts";
import {
  encodeRelayFrame,
  ID_TAKEN,
  isRelayId,
  parseRelayFrame,
  readdress,
  RELAY_MOST_BYTES,
  type RelayFrame,
} from "../field/link/relay_frames.ts";
import { isToken } from "./signal_message.ts";
import { TokenBucket } from "./token_bucket.ts";

export interface RelayLimits {
  readonly clients: number;
  readonly clientsPerAddress: number;
  /** Messages of one client. */
  readonly messages: { readonly perSecond: number; readonly burst: number };
  /** Bytes of one client. */
  readonly bytes: { readonly perSecond: number; readonly burst: number };
  /** How often each client is told that the hub is there. */
  readonly beatMs: number;
}

/**
 * The sync node's credits keep 256 KB a link under way, so an honest device's traffic is bounded by the round
 * trip; these bounds are ten times of what one was seen to send, and end the connection of one that floods.
 */
export const RELAY_LIMITS: RelayLimits = {
  clients: 256,
  clientsPerAddress: 64,
  messages: { perSecond: 2_000, burst: 8_000 },
  bytes: { perSecond: 32 * 1024 * 1024, burst: 64 * 1024 * 1024 },
  beatMs: 10_000,
};

/** Names a socket; the caller's choice, never used twice. */
export type RelayConnection = number;

export type RelayEffect =
  | { readonly kind: "send"; readonly to: RelayConnection; readonly bytes: Bytes }
  | {
    readonly kind: "close";
    readonly connection: RelayConnection;
    readonly code: number;
    /** At most 123 bytes of UTF-8 (RFC 6455, section 5.5). */
    readonly reason: string;
  };

export interface RelayCredentials {
  readonly id: string | null;
  readonly token: string | null;
}

/** WebSocket close codes (RFC 6455, section 7.4.1). */
export const RELAY_CLOSE = {
  normal: 1000,
  unsupported: 1003,
  policy: 1008,
  tooBig: 1009,
  tryLater: 1013,
} as const;

interface Client {
  readonly id: string;
  readonly token: string;
  readonly connection: RelayConnection;
  /** Null: the hub's own, which is not limited. */
  readonly address: string | null;
  readonly messages: TokenBucket;
  readonly bytes: TokenBucket;
  /** Whom it has spoken to since they came: they are told when it leaves. */
  readonly spokeTo: Set<string>;
}

export class RelayBroker {
  readonly #limits: RelayLimits;
  readonly #byId = new Map<string, Client>();
  readonly #byConnection = new Map<RelayConnection, Client>();
  #hubPeerId: string | null = null;
  #beatAt = 0;

  constructor(limits: RelayLimits = RELAY_LIMITS) {
    this.#limits = limits;
  }

  get clients(): number {
    return this.#byId.size;
  }

  /** A socket has opened. `address`: where it comes from; null for the hub's own. */
  connect(
    connection: RelayConnection,
    { id, token }: RelayCredentials,
    address: string | null,
    nowMs: number,
  ): readonly RelayEffect[] {
    if (!isRelayId(id)) return refuse(connection, "The id is not of a Fieldmesh device");
    if (!token || !isToken(token)) return refuse(connection, "The token is missing or too long");
    const before = this.#byId.get(id);
    const isHub = address === null;
    // whoever has the hub's own id at its own relay is not the hub
    if (before && before.token !== token && !isHub) return refuse(connection, ID_TAKEN);
    const full = before || isHub ? null : this.#isFull(address);
    if (full) return refuse(connection, full, RELAY_CLOSE.tryLater);
    return [
      ...(before ? this.#end(before, RELAY_CLOSE.normal, "Replaced by a newer connection") : []),
      ...this.#admit({ id, token, connection, address }, nowMs),
    ];
  }

  #isFull(address: string): string | null {
    const { clients, clientsPerAddress } = this.#limits;
    if (this.#byId.size >= clients) return `The relay is full: it takes ${clients} devices`;
    const sameAddress = [...this.#byId.values()].filter((client) => client.address === address);
    return sameAddress.length < clientsPerAddress
      ? null
      : `Too many devices at one address: the relay takes ${clientsPerAddress}`;
  }

  #admit(
    who: Pick<Client, "id" | "token" | "connection" | "address">,
    nowMs: number,
  ): readonly RelayEffect[] {
    const client: Client = {
      ...who,
      messages: new TokenBucket(this.#limits.messages, nowMs),
      bytes: new TokenBucket(this.#limits.bytes, nowMs),
      spokeTo: new Set(),
    };
    this.#byId.set(client.id, client);
    this.#byConnection.set(client.connection, client);
    if (client.address !== null) return [this.#welcome(client)];
    this.#hubPeerId = client.id;
    return [...this.#byId.values()].map((one) => this.#welcome(one));
  }

  /** A socket has brought something. */
  receive(connection: RelayConnection, data: unknown, nowMs: number): readonly RelayEffect[] {
    const client = this.#byConnection.get(connection);
    if (!client) return [];
    if (!(data instanceof ArrayBuffer)) {
      return this.#end(client, RELAY_CLOSE.unsupported, "Messages must be binary");
    }
    const { messages, bytes } = this.#limits;
    if (client.address !== null) {
      if (!client.messages.take(nowMs)) {
        const reason = `Too many messages: ${messages.perSecond} a second are allowed`;
        return this.#end(client, RELAY_CLOSE.policy, reason);
      }
      if (!client.bytes.take(nowMs, data.byteLength)) {
        const reason = `Too much at once: ${bytes.perSecond} bytes a second are allowed`;
        return this.#end(client, RELAY_CLOSE.policy, reason);
      }
    }
    if (data.byteLength > RELAY_MOST_BYTES) {
      const reason = `Message too long: ${RELAY_MOST_BYTES} bytes are allowed`;
      return this.#end(client, RELAY_CLOSE.tooBig, reason);
    }
    return this.#handle(client, new Uint8Array(data));
  }

  #handle(client: Client, bytes: Bytes): readonly RelayEffect[] {
    const frame = parseRelayFrame(bytes);
    if (frame === "unknown") return [];
    if (frame === null) return this.#end(client, RELAY_CLOSE.policy, "Message is no relay frame");
    switch (frame.kind) {
      case "open":
      case "data":
      case "close":
        return this.#pass(client, frame, bytes);
      case "welcome":
      case "beat":
      case "absent":
      case "gone":
      case "bye":
        return this.#end(client, RELAY_CLOSE.policy, `Only the relay says ${frame.kind}`);
      default:
        return assertNever(frame);
    }
  }

  #pass(
    client: Client,
    { kind, peer, channel }: Extract<RelayFrame, { kind: "open" | "data" | "close" }>,
    bytes: Bytes,
  ): readonly RelayEffect[] {
    const to = this.#byId.get(peer);
    if (to && to !== client) {
      if (kind !== "close") client.spokeTo.add(peer);
      return [{ kind: "send", to: to.connection, bytes: readdress(bytes, client.id) }];
    }
    // there is nothing to end at a peer that is not here
    if (kind === "close") return [];
    return [send(client, { kind: "absent", peer, channel })];
  }

  /** A socket is gone. */
  disconnect(connection: RelayConnection): readonly RelayEffect[] {
    const client = this.#byConnection.get(connection);
    return client ? this.#forget(client) : [];
  }

  /** A client must go, for a reason that only who writes to sockets knows. */
  drop(connection: RelayConnection, code: number, reason: string): readonly RelayEffect[] {
    const client = this.#byConnection.get(connection);
    return client ? this.#end(client, code, reason) : [];
  }

  /** Time has passed; to be called about once a second. */
  tick(nowMs: number): readonly RelayEffect[] {
    if (nowMs - this.#beatAt < this.#limits.beatMs) return [];
    this.#beatAt = nowMs;
    return [...this.#byId.values()].map((client) => send(client, { kind: "beat" }));
  }

  #end(client: Client, code: number, reason: string): readonly RelayEffect[] {
    return [...this.#forget(client), ...refuse(client.connection, reason, code)];
  }

  /** Tells everyone who has spoken with it. */
  #forget(client: Client): readonly RelayEffect[] {
    this.#byConnection.delete(client.connection);
    this.#byId.delete(client.id);
    const effects: RelayEffect[] = [];
    for (const other of this.#byId.values()) {
      const hasHeard = client.spokeTo.has(other.id);
      const hasSpoken = other.spokeTo.delete(client.id);
      if (hasHeard || hasSpoken) effects.push(send(other, { kind: "gone", peer: client.id }));
    }
    if (client.id !== this.#hubPeerId) return effects;
    this.#hubPeerId = null;
    return [...effects, ...[...this.#byId.values()].map((other) => this.#welcome(other))];
  }

  #welcome(client: Client): RelayEffect {
    return send(client, { kind: "welcome", peer: this.#hubPeerId });
  }
}

function send({ connection }: Client, frame: RelayFrame): RelayEffect {
  return { kind: "send", to: connection, bytes: encodeRelayFrame(frame) };
}

function refuse(
  connection: RelayConnection,
  reason: string,
  code: number = RELAY_CLOSE.policy,
): RelayEffect[] {
  return [
    { kind: "send", to: connection, bytes: encodeRelayFrame({ kind: "bye", reason }) },
    { kind: "close", connection, code, reason },
  ];
}
