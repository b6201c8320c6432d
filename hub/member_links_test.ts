import assert from "node:assert/strict";
import type { Bytes } from "../field/bytes.ts";
import type { Channel, ChannelEvents, OpenSignal, SignalEvents } from "../field/link/signal.ts";
import { LINKS_MOST, MemberLinks, STRANGERS_MOST } from "./member_links.ts";

class FakeChannel implements Channel {
  readonly answered = false;
  bufferedBytes = 0;
  isClosed = false;
  readonly sent: number[] = [];
  events: ChannelEvents | undefined;

  constructor(readonly peerId: string) {}

  listen(events: ChannelEvents): void {
    this.events = events;
  }

  send(bytes: ArrayBuffer): void {
    if (this.isClosed) throw new DOMException("closed", "InvalidStateError");
    this.sent.push(bytes.byteLength);
    this.bufferedBytes += bytes.byteLength;
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.events?.opened(new ArrayBuffer(32));
  }
}

/** A relay that a test plays. */
class FakeRelay {
  events: SignalEvents | undefined;
  readonly dialled: FakeChannel[] = [];
  openings = 0;
  isUp = true;

  readonly open: OpenSignal = (_, events) => {
    this.openings++;
    this.events = events;
    queueMicrotask(() => this.isUp ? events.opened() : this.goDown("refused"));
    const dial = (peerId: string) => {
      const channel = new FakeChannel(peerId);
      this.dialled.push(channel);
      return channel;
    };
    return { dial, disconnect: () => {}, reconnect: () => {}, destroy: () => {} };
  };

  goDown(cause: string): void {
    this.events?.failed({ kind: "hub-unreachable", cause });
    this.events?.disconnected();
  }

  call(peerId: string): FakeChannel {
    const channel = new FakeChannel(peerId);
    this.events?.incoming(channel);
    return channel;
  }
}

function stage(relayCount = 1) {
  const relays = Array.from({ length: relayCount }, () => new FakeRelay());
  const connected = new Set<string>();
  const node = { opened: [] as string[], closed: [] as string[], received: [] as number[] };
  const failures: string[] = [];
  const clock = { now: 1_000_000 };
  let ids = 0;
  const links = new MemberLinks({
    node: {
      open: (link, _, via) => void node.opened.push(`${link} ${via}`),
      close: (link) => void node.closed.push(link),
      receive: (_, bytes) => Promise.resolve(void node.received.push(bytes.length)),
    },
    isConnected: (peerId) => connected.has(peerId),
    nowMs: () => clock.now,
    chance: () => 1,
    newId: () => `link-${++ids}`,
    onLineOpen: () => {},
    onLineFailure: ({ name }, { cause }) => void failures.push(`${name}: ${cause}`),
    onLinkFailure: (peerId, why) => void failures.push(`${peerId}: ${why}`),
  });
  relays.forEach(({ open }, n) =>
    links.use({ name: `relay-${n}`, isOwn: n === 0, open }, { peerId: "me", token: "t" })
  );
  const tick = async (seconds = 1) => {
    for (let n = 0; n < seconds; n++) {
      clock.now += 1000;
      links.tick();
      await Promise.resolve();
    }
  };
  return { links, relays, connected, node, failures, clock, tick };
}

const ours = (peerId: string) => ({ peerId, isOursToCall: true });
const theirs = (peerId: string) => ({ peerId, isOursToCall: false });

Deno.test("MemberLinks calls whom it must, and everybody once when the line is new", async () => {
  const { links, relays: [relay], tick, node } = stage();
  links.follow([ours("ann"), theirs("bob")]);
  await tick(2);
  assert.deepEqual(relay.dialled.map(({ peerId }) => peerId), ["ann", "bob"]);
  for (const channel of relay.dialled) channel.open();
  assert.deepEqual(node.opened, ["link-1 hub", "link-2 hub"]);
  for (const channel of relay.dialled) channel.events?.closed();
  await tick(2);
  assert.deepEqual(relay.dialled.map(({ peerId }) => peerId), ["ann", "bob", "ann"]);
  assert.deepEqual(node.closed, ["link-1", "link-2"]);
});

Deno.test("MemberLinks calls an absent peer less and less often, and at once when it comes", async () => {
  const { links, relays: [relay], tick } = stage();
  links.follow([ours("ann")]);
  for (let second = 0; second < 600; second++) {
    await tick();
    for (const { isClosed } of [relay.dialled.at(-1)!].filter(Boolean)) {
      if (!isClosed) relay.events?.peerAbsent("ann");
    }
  }
  // 1, 2, 4 … 32 s, then each minute
  assert.ok(relay.dialled.length > 10 && relay.dialled.length < 20, `${relay.dialled.length}`);
  const before = relay.dialled.length;
  const channel = relay.call("ann");
  channel.open();
  await tick(3);
  assert.equal(channel.isClosed, false);
  assert.equal(relay.dialled.length, before);
});

Deno.test("MemberLinks keeps one of two calls that cross: that of the smaller id, whoever was to call", async () => {
  const { links, relays: [relay], tick } = stage();
  links.follow([ours("ann"), theirs("bob"), ours("zoe"), theirs("zed")]); // it is "me" itself
  await tick(2);
  for (const dialled of relay.dialled) {
    const isKept = "me" < dialled.peerId;
    assert.equal(relay.call(dialled.peerId).isClosed, isKept, dialled.peerId);
    assert.equal(dialled.isClosed, !isKept, dialled.peerId);
  }
  assert.equal(relay.dialled.length, 4);
});

Deno.test("MemberLinks takes a call that comes long after its own: that was not heard", async () => {
  const { links, relays: [relay], tick } = stage();
  links.follow([ours("zoe")]);
  await tick(5);
  assert.equal(relay.call("zoe").isClosed, false);
  assert.deepEqual(relay.dialled.map(({ isClosed }) => isClosed), [true]);
});

Deno.test("MemberLinks tries the next relay when a peer is absent from one, and links by one alone", async () => {
  const { links, relays: [near, far], connected, node, tick } = stage(2);
  links.follow([ours("ann")]);
  await tick(2);
  assert.deepEqual([near.dialled.length, far.dialled.length], [1, 0]);
  near.events?.peerAbsent("ann");
  await tick(1);
  assert.deepEqual([near.dialled.length, far.dialled.length], [1, 1]);
  far.events?.hubIs?.("ann");
  far.dialled[0].open();
  connected.add("ann");
  await tick(100);
  assert.deepEqual([near.dialled.length, far.dialled.length], [1, 1]);
  assert.deepEqual(node.opened, ["link-2 hub"]);
});

Deno.test("MemberLinks takes strangers and members in bounds", async () => {
  const { links, relays: [relay], tick } = stage();
  links.follow([theirs("ann")]);
  await tick(2);
  const strangers = Array.from({ length: LINKS_MOST }, (_, n) => relay.call(`stranger-${n}`));
  const open = strangers.filter(({ isClosed }) => !isClosed);
  assert.equal(open.length, STRANGERS_MOST);
  const members = Array.from({ length: 10 }, () => relay.call("ann"));
  assert.ok(members.some(({ isClosed }) => !isClosed), "strangers kept a member out");
  assert.ok(members.filter(({ isClosed }) => !isClosed).length <= 3);
  // calls that never open make room again
  await tick(16);
  assert.ok(open.every(({ isClosed }) => isClosed));
});

Deno.test("MemberLinks reconnects a line for ever, tells its failure once, and ends its links", async () => {
  const { links, relays: [relay], node, failures, tick } = stage();
  links.follow([ours("ann")]);
  await tick(2);
  relay.dialled[0].open();
  relay.isUp = false;
  relay.goDown("gone");
  assert.deepEqual(node.closed, ["link-1"]);
  await tick(300);
  assert.deepEqual(failures, ["relay-0: gone"]);
  assert.ok(relay.openings > 5 && relay.openings < 16, `${relay.openings}`);
  relay.isUp = true;
  for (let n = 0; n < 62 && relay.dialled.length < 2; n++) await tick();
  assert.equal(relay.dialled.length, 2);
  relay.goDown("again");
  assert.deepEqual(failures, ["relay-0: gone", "relay-0: again"]);
});

Deno.test("MemberLinks holds frames back while a channel is full, and closes one that stays so", async () => {
  const { links, relays: [relay], failures, node, tick } = stage();
  links.follow([ours("ann")]);
  await tick(2);
  const [channel] = relay.dialled;
  channel.open();
  const frame: Bytes = new Uint8Array(64 * 1024);
  for (let n = 0; n < 20; n++) links.send("link-1", frame);
  assert.equal(channel.sent.length, 16);
  channel.bufferedBytes = 0;
  channel.events?.drained();
  assert.equal(channel.sent.length, 20);
  for (let n = 0; n < 40; n++) links.send("link-1", frame);
  assert.equal(channel.isClosed, true);
  assert.deepEqual(node.closed, ["link-1"]);
  assert.match(failures[0], /ann: it stopped taking data/);
});

Deno.test("MemberLinks closes a channel that says no frame, or shows nobody", async () => {
  for (const act of ["text", "empty", "large", "unbound"] as const) {
    const { links, relays: [relay], failures, node, tick } = stage();
    links.follow([ours("ann")]);
    await tick(2);
    const [channel] = relay.dialled;
    if (act === "unbound") channel.events?.opened(null);
    else channel.open();
    if (act === "text") channel.events?.received("text");
    if (act === "empty") channel.events?.received(new ArrayBuffer(0));
    if (act === "large") channel.events?.received(new ArrayBuffer(65_537));
    assert.equal(channel.isClosed, true, act);
    assert.equal(failures.length, 1, act);
    assert.deepEqual(node.received, [], act);
    assert.deepEqual(node.closed, ["link-1"], act);
  }
});
