/** The relay on real WebSockets and within the process, as a device's own client sees it. */
import assert from "node:assert/strict";
import type { Failure } from "../field/errors.ts";
import { relaySignal } from "../field/link/relay_signal.ts";
import { type OpenRelaySocket, webSocketRelay } from "../field/link/relay_socket.ts";
import type { Channel, Signal, SignalIdentity } from "../field/link/signal.ts";
import { waitFor } from "../tests/wait_for.ts";
import { Relay, type RelayOptions } from "./relay.ts";
import { RELAY_LIMITS } from "./relay_broker.ts";

const idOf = (n: number) => `fm-${n.toString(16).padStart(32, "0")}`;
const identity = (n: number): SignalIdentity => ({ peerId: idOf(n), token: `token ${n}` });

/** One end of a channel, and all that it heard. */
class End {
  readonly channel: Channel;
  readonly heard: Uint8Array[] = [];
  binding: Uint8Array | null = null;
  isClosed = false;
  why: Failure | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
    channel.listen({
      opened: (binding) => this.binding = binding && new Uint8Array(binding),
      received: (data) => this.heard.push(new Uint8Array(data as ArrayBuffer)),
      drained: () => {},
      shaky: () => {},
      closed: (why) => {
        this.isClosed = true;
        this.why = why;
      },
    });
  }
}

/** One device's line to the relay. */
class Device {
  readonly signal: Signal;
  readonly ends: End[] = [];
  readonly absent: string[] = [];
  readonly failures: string[] = [];
  hub: string | null | undefined;
  opens = 0;
  disconnects = 0;

  constructor(open: OpenRelaySocket, who: SignalIdentity) {
    this.signal = relaySignal(open)(who, {
      opened: () => this.opens++,
      hubIs: (peerId) => this.hub = peerId,
      incoming: (channel) => this.ends.push(new End(channel)),
      disconnected: () => this.disconnects++,
      destroyed: () => {},
      peerAbsent: (peerId) => this.absent.push(peerId),
      failed: ({ kind, cause }) => this.failures.push(`${kind}: ${cause}`),
    });
  }

  dial(peerId: string): End {
    const channel = this.signal.dial(peerId);
    assert.ok(channel, "the line is down");
    const end = new End(channel);
    this.ends.push(end);
    return end;
  }
}

function serve(options: RelayOptions = {}) {
  const relay = new Relay(options);
  const server = Deno.serve(
    { hostname: "localhost", port: 0, onListen: () => {} },
    (request, info) => relay.accept(request, info.remoteAddr.hostname),
  );
  const url = `http://localhost:${server.addr.port}/`;
  const devices: Device[] = [];
  return {
    relay,
    url,
    async device(n: number, open: OpenRelaySocket = webSocketRelay(url)) {
      const device = new Device(open, identity(n));
      devices.push(device);
      await until(() => device.opens > 0);
      return device;
    },
    async [Symbol.asyncDispose]() {
      for (const { signal } of devices) signal.destroy();
      await until(() => relay.clients === 0);
      relay.close();
      await server.shutdown();
    },
  };
}

const until = (isTrue: () => boolean) =>
  waitFor(String(isTrue), isTrue, (value) => value, { pauseMs: 5 });

Deno.test("two devices speak through the relay, under one binding, and it ends for both", async () => {
  await using site = serve();
  const one = await site.device(1);
  const two = await site.device(2);
  const near = one.dial(idOf(2));
  await until(() => near.binding !== null && two.ends[0]?.binding != null);
  const [far] = two.ends;
  assert.equal(near.binding?.length, 32);
  assert.deepEqual(near.binding, far.binding);
  assert.equal(far.channel.peerId, idOf(1));
  for (let at = 0; at < 100; at++) near.channel.send(new Uint8Array([at]).buffer);
  far.channel.send(new Uint8Array(65_536).fill(7).buffer);
  await until(() => far.heard.length === 100 && near.heard.length === 1);
  assert.deepEqual(far.heard.map(([byte]) => byte), Array.from({ length: 100 }, (_, at) => at));
  assert.deepEqual(near.heard[0], new Uint8Array(65_536).fill(7));
  near.channel.close();
  await until(() => far.isClosed);
  assert.equal(far.why, undefined);
});

Deno.test("what is sent just before close() still arrives", async () => {
  await using site = serve();
  const one = await site.device(1);
  const two = await site.device(2);
  const near = one.dial(idOf(2));
  await until(() => near.binding !== null && two.ends[0]?.binding != null);
  near.channel.send(new Uint8Array([1]).buffer);
  near.channel.close();
  await until(() => two.ends[0].isClosed);
  assert.equal(two.ends[0].heard.length, 1);
});

Deno.test("the hub's own node is one more client, and everyone is told its id", async () => {
  await using site = serve();
  const early = await site.device(1);
  assert.equal(early.hub, null);
  const hub = await site.device(9, (who) => site.relay.localSocket(who));
  await until(() => early.hub === idOf(9));
  const late = await site.device(2);
  assert.equal(late.hub, idOf(9));
  const near = early.dial(idOf(9));
  await until(() => near.binding !== null && hub.ends[0]?.binding != null);
  assert.deepEqual(near.binding, hub.ends[0].binding);
  hub.ends[0].channel.send(new Uint8Array([5]).buffer);
  const back = hub.dial(idOf(2));
  await until(() => near.heard.length === 1 && back.binding !== null);
  hub.signal.destroy();
  await until(() => near.isClosed && late.hub === null);
});

Deno.test("a peer that is not here is told of, and a channel ends with its peer's line", async () => {
  await using site = serve();
  const one = await site.device(1);
  const lost = one.dial(idOf(2));
  await until(() => lost.isClosed);
  assert.deepEqual(one.absent, [idOf(2)]);
  const two = await site.device(2);
  const near = one.dial(idOf(2));
  await until(() => near.binding !== null);
  two.signal.disconnect();
  await until(() => near.isClosed && two.ends[0].isClosed && two.disconnects === 1);
  two.signal.reconnect();
  await until(() => two.opens === 2);
  const again = one.dial(idOf(2));
  await until(() => again.binding !== null);
});

Deno.test("an id is guarded by its token; who comes back with it takes the place of the former line", async () => {
  await using site = serve();
  const one = await site.device(1);
  const thief = new Device(webSocketRelay(site.url), { peerId: idOf(1), token: "guessed" });
  await until(() => thief.disconnects > 0);
  assert.deepEqual(thief.failures, ["id-taken: ID is taken"]);
  await site.device(1);
  await until(() => one.disconnects > 0);
  assert.deepEqual(one.failures, ["hub-unreachable: Replaced by a newer connection"]);
});

Deno.test("a device that does not read is cut off and told why; others go on", async () => {
  await using site = serve({ unreadBytes: 512 * 1024 });
  const one = await site.device(1);
  const two = await site.device(2);
  const near = one.dial(idOf(2));
  await until(() => near.binding !== null);
  // a socket that nobody reads from: the kernel's buffers fill, then the relay's
  const url = new URL(site.url);
  using stalled = await Deno.connect({ hostname: "localhost", port: Number(url.port) });
  const query = new URLSearchParams({ id: idOf(3), token: "t" });
  await stalled.write(new TextEncoder().encode(
    `GET /relay?${query} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\n` +
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  ));
  await until(() => site.relay.clients === 3);
  // it gives no key, so its channel never opens: send as a client that does not seal
  const socket = new WebSocket(
    `ws://${url.host}/relay?${new URLSearchParams({ id: idOf(4), token: "t" })}`,
  );
  await new Promise((resolve) => socket.onopen = resolve);
  await until(() => site.relay.clients === 4);
  const message = new Uint8Array(60_000);
  message[0] = 4; // data
  message[16] = 3;
  for (let sent = 0; sent < 2_000 && site.relay.clients === 4; sent++) {
    socket.send(message);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.equal(site.relay.clients, 3);
  near.channel.send(new Uint8Array([1]).buffer);
  await until(() => two.ends[0].heard.length === 1);
  socket.close();
});

Deno.test("a client that floods is cut off and told why", async () => {
  const limits = { ...RELAY_LIMITS, messages: { perSecond: 10, burst: 20 } };
  await using site = serve({ limits });
  const one = await site.device(1);
  await site.device(2);
  const near = one.dial(idOf(2));
  await until(() => near.binding !== null);
  // so many that a slow machine, too, is sent more than it may pass on meanwhile
  for (let at = 0; at < 300; at++) near.channel.send(new ArrayBuffer(1));
  await until(() => one.disconnects > 0);
  assert.deepEqual(one.failures, ["hub-unreachable: Too many messages: 10 a second are allowed"]);
});

Deno.test("a relay that falls silent is given up; each beat puts that off", async () => {
  await using site = serve({ limits: { ...RELAY_LIMITS, beatMs: 20 }, tickMs: 10 });
  const waiting: (() => void)[] = [];
  let putOff = 0;
  const after = (_: number, run: () => void) => {
    waiting.push(run);
    return () => {
      putOff++;
      waiting.splice(waiting.indexOf(run), 1);
    };
  };
  const device = await site.device(1, webSocketRelay(site.url, { after }));
  await until(() => putOff >= 5); // by its opening, the relay's welcome, and then beats alone
  assert.equal(device.disconnects, 0);
  assert.equal(waiting.length, 1);
  waiting[0]();
  assert.equal(device.disconnects, 1);
  assert.deepEqual(device.failures, ["hub-unreachable: nothing heard for 30 s"]);
});
