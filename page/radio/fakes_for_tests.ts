/** A hub's signalling or relay, and its channels, in memory: what the radio's tests speak through. */
import assert from "node:assert/strict";
import type {
  Channel,
  ChannelEvents,
  OpenSignal,
  Signal,
  SignalEvents,
  SignalIdentity,
} from "../../field/link/signal.ts";

export const BINDING = new Uint8Array(32).fill(7).buffer;

export class FakeChannel implements Channel {
  readonly peerId: string;
  readonly sent: ArrayBuffer[] = [];
  answered = false;
  bufferedBytes = 0;
  isClosed = false;
  /** The other end, once the two are joined. */
  other: FakeChannel | undefined;
  #events: ChannelEvents | undefined;

  constructor(peerId: string) {
    this.peerId = peerId;
  }

  get events(): ChannelEvents {
    assert.ok(this.#events, "nobody listens to this channel");
    return this.#events;
  }

  listen(events: ChannelEvents): void {
    assert.ok(!this.#events, "listened to twice");
    this.#events = events;
  }

  send(bytes: ArrayBuffer): void {
    if (this.isClosed) throw new DOMException("closed", "InvalidStateError");
    this.sent.push(bytes);
    this.other?.hear(bytes);
  }

  open(binding: ArrayBuffer | null): void {
    this.answered = true;
    this.#events?.opened(binding);
  }

  hear(data: unknown): void {
    if (!this.isClosed) this.#events?.received(data);
  }

  /** The network's doing. */
  lose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#events?.closed();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    // what is on its way at the same time arrives first
    queueMicrotask(() => this.other?.lose());
  }
}

interface Client {
  readonly identity: SignalIdentity;
  readonly events: SignalEvents;
  isConnected: boolean;
}

/** Joins whoever dials with whoever has the id. It answers in microtasks, as a network never would sooner. */
export class FakeHub {
  isUp = true;
  /** Calls get lost, and no word about it. */
  isMute = false;
  /** Calls are on their way until they are let through. */
  isSlow = false;
  readonly #underWay: (() => void)[] = [];
  /** Calls are answered, and no connection comes about: as behind an access point with client isolation. */
  isWalled = false;
  /** No browser has what it takes. */
  isUnsupported = false;
  /** Its channels go through it, and end with it. */
  carries = false;
  /** It is a peer itself. */
  peerId: string | null = null;
  reconnects = 0;
  opened = 0;
  /** Both ends of all. */
  readonly channels: FakeChannel[] = [];
  /** The callers' ends. */
  readonly dialled: FakeChannel[] = [];
  readonly #clients = new Set<Client>();

  readonly openSignal: OpenSignal = (identity, events) => {
    this.opened++;
    const client: Client = { identity, events, isConnected: false };
    this.#clients.add(client);
    const connect = () =>
      queueMicrotask(() => {
        if (!this.#clients.has(client)) return;
        if (this.isUnsupported) {
          events.failed({ kind: "unsupported", cause: "no RTCPeerConnection" });
          return events.destroyed();
        }
        if (!this.isUp) return this.#refuse(client);
        client.isConnected = true;
        events.hubIs?.(this.peerId);
        events.opened();
      });
    connect();
    const signal: Signal = {
      dial: (peerId) => client.isConnected ? this.#dial(client, peerId) : null,
      disconnect: () => this.#disconnect(client),
      reconnect: () => {
        this.reconnects++;
        connect();
      },
      destroy: () => void this.#clients.delete(client),
    };
    return signal;
  };

  goDown(): void {
    this.isUp = false;
    if (this.carries) { for (const channel of this.channels) channel.lose(); }
    for (const client of this.#clients) this.#refuse(client);
  }

  /** What is on its way arrives, in the order in which it was sent. */
  letThrough(): void {
    this.isSlow = false;
    for (const arrive of this.#underWay.splice(0)) queueMicrotask(arrive);
  }

  get dials(): number {
    return this.dialled.length;
  }

  /** How often each was called. */
  get dialsOf(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { peerId } of this.dialled) counts[peerId] = (counts[peerId] ?? 0) + 1;
    return counts;
  }

  #refuse(client: Client): void {
    client.events.failed({ kind: "hub-unreachable", cause: "refused" });
    this.#disconnect(client);
  }

  #disconnect(client: Client): void {
    client.isConnected = false;
    queueMicrotask(() => client.events.disconnected());
  }

  #dial(caller: Client, peerId: string): FakeChannel {
    const near = new FakeChannel(peerId);
    this.channels.push(near);
    this.dialled.push(near);
    if (this.isSlow) this.#underWay.push(() => this.#carry(caller, near));
    else if (!this.isMute) queueMicrotask(() => this.#carry(caller, near));
    return near;
  }

  #carry(caller: Client, near: FakeChannel): void {
    if (near.isClosed) return;
    const callee = [...this.#clients].find((one) =>
      one.isConnected && one.identity.peerId === near.peerId
    );
    if (!callee) return caller.events.peerAbsent(near.peerId);
    const far = new FakeChannel(caller.identity.peerId);
    Object.assign(near, { other: far });
    Object.assign(far, { other: near });
    this.channels.push(far);
    callee.events.incoming(far);
    queueMicrotask(() => this.#join(near, far));
  }

  #join(near: FakeChannel, far: FakeChannel): void {
    if (far.isClosed) return near.lose();
    if (near.isClosed) return far.lose();
    near.answered = true;
    if (this.isWalled) return;
    near.open(BINDING);
    far.open(BINDING);
  }
}
