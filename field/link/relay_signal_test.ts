import assert from "node:assert/strict";
import type { Bytes } from "../bytes.ts";
import { encodeRelayFrame, parseRelayFrame, type RelayFrame } from "./relay_frames.ts";
import { relaySignal } from "./relay_signal.ts";
import type { RelaySocket, RelaySocketEvents } from "./relay_socket.ts";
import type { Channel, Signal } from "./signal.ts";

const idOf = (n: number) => `fm-${n.toString(16).padStart(32, "0")}`;
const channelOf = (n: number) => n.toString(16).padStart(16, "0");

/** A line to a relay that says only what a test has it say. */
class FakeSocket implements RelaySocket {
  bufferedBytes = 0;
  isClosed = false;
  readonly sent: RelayFrame[] = [];
  #events: RelaySocketEvents | undefined;

  listen(events: RelaySocketEvents): void {
    this.#events = events;
  }

  send(bytes: Bytes): void {
    if (this.isClosed) throw new DOMException("closed", "InvalidStateError");
    const frame = parseRelayFrame(bytes);
    assert.ok(frame && frame !== "unknown");
    this.sent.push(frame);
  }

  close(): void {
    this.isClosed = true;
    this.#events = undefined;
  }

  say(frame: RelayFrame | ArrayBuffer | string): void {
    const isFrame = typeof frame === "object" && "kind" in frame;
    this.#events?.received(isFrame ? encodeRelayFrame(frame).buffer : frame);
  }

  drain(): void {
    this.#events?.drained();
  }

  lose(cause: string): void {
    const events = this.#events;
    this.close();
    events?.closed(cause);
  }

  kinds(): string[] {
    return this.sent.map(({ kind }) => kind);
  }
}

function setUp() {
  const sockets: FakeSocket[] = [];
  const log: string[] = [];
  const channels: Channel[] = [];
  let drawn = 0;
  const signal: Signal = relaySignal(() => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket;
  }, {
    random: (byteLength) => new Uint8Array(byteLength).fill(++drawn),
  })({ peerId: idOf(1), token: "t" }, {
    opened: () => log.push("opened"),
    hubIs: (peerId) => log.push(`hub ${peerId}`),
    incoming: (channel) => {
      log.push(`incoming ${channel.peerId}`);
      channels.push(channel);
      listen(channel, "in", log);
    },
    disconnected: () => log.push("disconnected"),
    destroyed: () => log.push("destroyed"),
    peerAbsent: (peerId) => log.push(`absent ${peerId}`),
    failed: ({ kind, cause }) => log.push(`${kind}: ${cause}`),
  });
  const open = () => {
    sockets.at(-1)?.say({ kind: "welcome", peer: null });
    log.length = 0;
    return sockets[sockets.length - 1];
  };
  const dial = (n: number) => {
    const channel = signal.dial(idOf(n));
    if (channel) listen(channel, `to ${n}`, log);
    return channel;
  };
  return { signal, sockets, log, channels, open, dial };
}

function listen(channel: Channel, name: string, log: string[]): void {
  channel.listen({
    opened: () => log.push(`${name}: opened`),
    received: () => log.push(`${name}: received`),
    drained: () => log.push(`${name}: drained`),
    shaky: () => {},
    closed: () => log.push(`${name}: closed`),
  });
}

const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** Channels begin by making a key, on another thread; by the time of these, it has made theirs. */
async function untilKeysAreMade(): Promise<void> {
  for (let key = 0; key < 5; key++) {
    await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  }
  await settled();
}

Deno.test("the line is open when the relay bids welcome, and says who the hub is before", () => {
  const { signal, sockets, log } = setUp();
  assert.equal(signal.dial(idOf(2)), null);
  sockets[0].say({ kind: "welcome", peer: idOf(9) });
  sockets[0].say({ kind: "welcome", peer: null });
  sockets[0].say({ kind: "beat" });
  assert.deepEqual(log, [`hub ${idOf(9)}`, "opened", "hub null"]);
});

Deno.test("an absent peer is told of before its channel ends, once", async () => {
  const { log, open, dial } = setUp();
  const socket = open();
  dial(2);
  assert.deepEqual(socket.sent, [{ kind: "open", peer: idOf(2), channel: "01".repeat(8) }]);
  const absent = { kind: "absent", peer: idOf(2), channel: "01".repeat(8) } as const;
  socket.say(absent);
  socket.say(absent); // for the key, which was under way
  await settled();
  assert.deepEqual(log, [`absent ${idOf(2)}`, "to 2: closed"]);
});

Deno.test("a frame of a former channel is not taken for one of the present", async () => {
  const { log, open, dial } = setUp();
  const socket = open();
  const first = dial(2);
  first?.close();
  await settled();
  dial(2);
  log.length = 0;
  socket.say({ kind: "close", peer: idOf(2), channel: "01".repeat(8) });
  const payload = new Uint8Array(65);
  socket.say({ kind: "data", peer: idOf(2), channel: "01".repeat(8), payload });
  await settled();
  assert.deepEqual(log, []);
  const close = { kind: "close", peer: idOf(2), channel: "01".repeat(8) } as const;
  assert.deepEqual(socket.sent.filter(({ kind }) => kind === "close"), [close, close]);
  socket.say({ kind: "close", peer: idOf(3), channel: "02".repeat(8) });
  await settled();
  assert.deepEqual(log, [], "nor one of another peer");
});

Deno.test("all channels of a peer that left are over, and no others", async () => {
  const { log, open, dial } = setUp();
  const socket = open();
  dial(2);
  dial(2);
  dial(3);
  socket.say({ kind: "gone", peer: idOf(2) });
  await settled();
  assert.deepEqual(log, ["to 2: closed", "to 2: closed"]);
});

Deno.test("a lost line ends its channels; reconnect() begins with none", async () => {
  const { signal, sockets, log, open, dial } = setUp();
  open();
  dial(2);
  sockets[0].lose("gone for good");
  await settled();
  assert.deepEqual(log.sort(), ["disconnected", "hub-unreachable: gone for good", "to 2: closed"]);
  assert.equal(signal.dial(idOf(2)), null);
  signal.reconnect();
  signal.reconnect();
  assert.equal(sockets.length, 2);
  open();
  assert.ok(dial(2));
});

Deno.test("disconnect() is followed by disconnected; destroy() by nothing", async () => {
  const one = setUp();
  one.open();
  one.dial(2);
  one.signal.disconnect();
  assert.deepEqual(one.log, []);
  await settled();
  assert.deepEqual(one.log.sort(), ["disconnected", "to 2: closed"]);
  assert.ok(one.sockets[0].isClosed);
  const other = setUp();
  other.open();
  other.dial(2);
  other.signal.destroy();
  await untilKeysAreMade();
  assert.deepEqual(other.log, []);
  other.signal.reconnect();
  assert.equal(other.sockets.length, 1);
});

Deno.test("the relay's good-bye tells why; of a taken id it is said so", () => {
  for (const [reason, told] of [["ID is taken", "id-taken"], ["Full", "hub-unreachable"]]) {
    const { sockets, log } = setUp();
    sockets[0].say({ kind: "bye", reason });
    assert.deepEqual(log, [`${told}: ${reason}`, "disconnected"]);
    assert.ok(sockets[0].isClosed);
  }
});

Deno.test("a relay that says something unreadable is left; what a newer one adds is not minded", () => {
  const { sockets, log } = setUp();
  sockets[0].say(new Uint8Array(25).fill(200).buffer);
  assert.deepEqual(log, []);
  sockets[0].say("text");
  assert.deepEqual(log, [
    "hub-unreachable: the relay said something unreadable",
    "disconnected",
  ]);
});

Deno.test("channels are bounded, of one peer and in all; the caller is told", async () => {
  const { log, channels, open } = setUp();
  const socket = open();
  for (let at = 1; at <= 6; at++) {
    socket.say({ kind: "open", peer: idOf(2), channel: channelOf(at) });
  }
  assert.equal(channels.length, 4);
  assert.deepEqual(socket.kinds().filter((kind) => kind === "close").length, 2);
  socket.say({ kind: "open", peer: idOf(2), channel: channelOf(1) });
  assert.equal(channels.length, 4, "one that is there is not opened again");
  for (let at = 10; at < 200; at++) {
    socket.say({ kind: "open", peer: idOf(at), channel: channelOf(at) });
  }
  assert.equal(channels.length, 64);
  channels[0].close();
  await settled();
  socket.say({ kind: "open", peer: idOf(300), channel: channelOf(300) });
  assert.equal(channels.length, 65);
  log.length = 0;
});

Deno.test("all channels share the line's buffer, and hear when it has room", () => {
  const { log, open, dial } = setUp();
  const socket = open();
  const [one, two] = [dial(2), dial(3)];
  socket.bufferedBytes = 1_000;
  assert.deepEqual([one?.bufferedBytes, two?.bufferedBytes], [1_000, 1_000]);
  socket.drain();
  assert.deepEqual(log, ["to 2: drained", "to 3: drained"]);
});
