import assert from "node:assert/strict";
import { FakeTiming, settled, until } from "./fakes_for_tests.ts";
import { Device, planFor } from "./radio/device_for_tests.ts";
import { BINDING, FakeChannel, FakeHub } from "./radio/fakes_for_tests.ts";
import { LINKS_MOST, STRANGERS_MOST } from "./radio/radio_links.ts";

function pair() {
  const timing = new FakeTiming();
  const hub = new FakeHub();
  const caller = new Device(
    timing,
    hub,
    planFor("caller", [{ peerId: "callee", device: "d", call: true }]),
  );
  const callee = new Device(
    timing,
    hub,
    planFor("callee", [{ peerId: "caller", device: "d", call: false }]),
  );
  const bothLinked = () => until(() => caller.links.length === 1 && callee.links.length === 1);
  return { timing, hub, caller, callee, bothLinked };
}

Deno.test("two devices link, frames go both ways, and both workers get the same binding", async () => {
  const { caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  await settled();
  caller.radio.setOn(true);
  await bothLinked();
  const binding = ({ calls }: Device) =>
    calls.made.find((call) => call.kind === "link-open")?.args.binding as ArrayBuffer;
  assert.deepEqual(new Uint8Array(binding(caller)), new Uint8Array(binding(callee)));
  caller.say({ notice: "link-send", link: caller.links[0], bytes: new ArrayBuffer(3) });
  callee.say({ notice: "link-send", link: callee.links[0], bytes: new ArrayBuffer(5) });
  const got = ({ calls }: Device) =>
    calls.made.filter((call) => call.kind === "link-frame")
      .map(({ args }) => (args.bytes as ArrayBuffer).byteLength);
  assert.deepEqual([got(caller), got(callee)], [[5], [3]]);
  assert.deepEqual([caller.holds, callee.holds], [1, 1]);
});

Deno.test("setOn(false) closes everything at once and tells both workers", async () => {
  const { timing, caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  caller.radio.setOn(true);
  await timing.pass(2_000);
  await bothLinked();
  caller.radio.setOn(false);
  await settled();
  assert.deepEqual([caller.links, callee.links], [[], []]);
  const asked = caller.count("radio");
  await timing.pass(60_000);
  assert.equal(caller.count("radio"), asked, "a radio that is off asks nothing");
  assert.deepEqual([caller.holds, callee.holds], [0, 0]);
  caller.radio.setOn(true);
  await timing.pass(1_000);
  await bothLinked();
});

Deno.test("nothing is opened while the worker wants nobody", async () => {
  const { timing, hub, caller } = pair();
  caller.plan = { ...caller.plan, wanted: false };
  caller.radio.setOn(true);
  await timing.pass(60_000);
  assert.deepEqual([hub.opened, caller.count("radio")], [0, 1]);
  caller.plan = { ...caller.plan, wanted: true };
  caller.say({ notice: "radio" });
  await settled();
  assert.equal(hub.opened, 1);
  caller.plan = { ...caller.plan, wanted: false };
  caller.say({ notice: "radio" });
  await timing.pass(60_000);
  assert.equal(hub.opened, 1);
});

Deno.test("an absent peer is called ever more rarely, told of once, and asked about", async () => {
  const { timing, hub, caller, callee, bothLinked } = pair();
  caller.radio.setOn(true);
  await timing.pass(60_000);
  assert.deepEqual(caller.told, ["callee peer-refused"]);
  assert.ok(hub.dials >= 5 && hub.dials <= 8, `${hub.dials} calls in a minute`);
  assert.ok(caller.count("radio") >= 6, "the plan may have changed");
  assert.equal(caller.radio.trouble?.code, "peer-refused");
  callee.radio.setOn(true);
  await settled();
  caller.radio.hurry();
  await bothLinked();
  assert.equal(caller.radio.trouble, null);
});

Deno.test("links outlive the hub; a new one waits for it", async () => {
  const { timing, hub, caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  caller.radio.setOn(true);
  await timing.pass(1_000);
  await bothLinked();
  hub.goDown();
  await timing.pass(5_000);
  assert.deepEqual([caller.links.length, caller.told], [1, []]);
  hub.channels.forEach((channel) => channel.lose());
  await timing.pass(30_000);
  assert.deepEqual(caller.told, ["callee hub-unreachable"]);
  assert.equal(caller.radio.trouble?.code, "hub-unreachable");
  hub.isUp = true;
  await timing.pass(31_000);
  await bothLinked();
});

Deno.test("hurry() reaches a hub that is back at once", async () => {
  const { timing, hub, caller, callee, bothLinked } = pair();
  hub.isUp = false;
  callee.radio.setOn(true);
  caller.radio.setOn(true);
  await timing.pass(120_000);
  hub.isUp = true;
  callee.radio.hurry();
  await settled();
  caller.radio.hurry();
  await bothLinked();
});

Deno.test("calls that nobody reacts to make the radio begin its line anew", async () => {
  const { timing, hub, caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  hub.isMute = true; // the line died and no one noticed
  caller.radio.setOn(true);
  await timing.pass(15_000);
  assert.deepEqual(caller.told, ["callee peer-refused"]);
  hub.isMute = false;
  await timing.pass(8_000);
  assert.equal(hub.reconnects, 2); // the callee had called as well when it came
  await bothLinked();
});

Deno.test("who comes back calls once, though it is for the other to call: that one waits long by then", async () => {
  const { timing, caller, callee, bothLinked } = pair();
  caller.radio.setOn(true);
  await timing.pass(120_000);
  assert.deepEqual(caller.links, []);
  callee.radio.setOn(true);
  await timing.pass(1_000);
  await bothLinked();
});

Deno.test("a restarted worker hears of every open link again, under the same id", async () => {
  const { timing, caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  caller.radio.setOn(true);
  await timing.pass(1_000);
  await bothLinked();
  const asked = caller.count("radio");
  caller.restarts.emit("restart", "boot-2");
  await settled();
  const opens = caller.calls.made.filter((call) => call.kind === "link-open");
  assert.equal(opens.length, 2);
  assert.deepEqual(opens[0].args, opens[1].args);
  assert.equal(caller.count("radio"), asked + 1);
});

Deno.test("a link that the worker drops is closed, and called again later", async () => {
  const { timing, caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  caller.radio.setOn(true);
  await timing.pass(1_000);
  await bothLinked();
  const [link] = caller.links;
  const reason = { code: "peer-refused" as const, message: "not a member" };
  caller.say({ notice: "link-drop", link, reason });
  await settled();
  assert.deepEqual([caller.links, callee.links], [[], []]);
  assert.deepEqual(caller.told, [], "the worker knows why");
  await timing.pass(3_000);
  await bothLinked();
});

Deno.test("a peer that calls again has lost its end: the newer link stays", async () => {
  const { timing, hub, caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  caller.radio.setOn(true);
  await timing.pass(1_000);
  await bothLinked();
  const [former] = callee.links;
  // the caller's page died without a word, and is back
  for (const channel of hub.channels) Object.assign(channel, { other: undefined });
  const again = new Device(timing, hub, caller.plan);
  caller.radio.setOn(false);
  assert.deepEqual(callee.links, [former]);
  again.radio.setOn(true);
  await until(() => callee.links.length === 1 && callee.links[0] !== former);
});

Deno.test("incoming links are bounded, and strangers leave room for members", async () => {
  const timing = new FakeTiming();
  const hub = new FakeHub();
  const members = Array.from({ length: LINKS_MOST }, (_, at) => ({
    peerId: `member${at}`,
    device: "d",
    call: false,
  }));
  const home = new Device(timing, hub, planFor("home", members));
  home.radio.setOn(true);
  await settled();
  const call = (peerId: string) => {
    const plan = planFor(peerId, [{ peerId: "home", device: "d", call: true }]);
    new Device(timing, hub, plan).radio.setOn(true);
  };
  for (let at = 0; at < STRANGERS_MOST + 4; at++) call(`stranger${at}`);
  await until(() => home.links.length >= STRANGERS_MOST);
  await settled();
  assert.equal(home.links.length, STRANGERS_MOST);
  for (const { peerId } of members) call(peerId);
  await until(() => home.links.length >= LINKS_MOST);
  await settled();
  assert.equal(home.links.length, LINKS_MOST);
});

Deno.test("a plan that changes while the worker is being asked is asked for once more", async () => {
  const { timing, caller } = pair();
  caller.radio.setOn(true);
  caller.say({ notice: "radio" });
  caller.say({ notice: "radio" });
  await timing.pass(500);
  assert.equal(caller.count("radio"), 2);
});

Deno.test("leavePage() says good-bye; a page that comes back goes on", async () => {
  const { timing, caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  caller.radio.setOn(true);
  await timing.pass(1_000);
  await bothLinked();
  caller.radio.leavePage();
  await settled();
  assert.deepEqual([caller.links, callee.links], [[], []]);
  await timing.pass(5_000);
  caller.radio.returnToPage();
  await timing.pass(1_000);
  await bothLinked();
});

Deno.test("setOn() waits for its turn while another page has the radio, and calls the wait off", async () => {
  const timing = new FakeTiming();
  const hub = new FakeHub();
  const turn = Promise.withResolvers<void>();
  const device = new Device(timing, hub, planFor("me"), {
    soleHolder: async (signal, held) => {
      await turn.promise;
      signal.throwIfAborted();
      await held();
    },
  });
  device.radio.setOn(true);
  await timing.pass(5_000);
  assert.deepEqual([device.count("radio"), device.radio.isOn], [0, true]);
  device.radio.setOn(false);
  turn.resolve();
  await timing.pass(5_000);
  assert.deepEqual([device.count("radio"), device.failures], [0, []]);
  device.radio.setOn(true);
  await settled();
  assert.equal(device.count("radio"), 1);
});

Deno.test("setOn() tells when the radio cannot run here", async () => {
  const device = new Device(
    new FakeTiming(),
    new FakeHub(),
    planFor("me"),
    { soleHolder: () => Promise.reject(new Error("no locks")) },
  );
  device.radio.setOn(true);
  await settled();
  assert.deepEqual(device.failures, ["internal"]);
});

Deno.test("a new identity means a new line, and no link of the former one", async () => {
  const { timing, hub, caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  caller.radio.setOn(true);
  await timing.pass(1_000);
  await bothLinked();
  const { opened } = hub;
  caller.plan = { ...caller.plan, token: "another" };
  caller.say({ notice: "changed", what: ["crew"] });
  await settled();
  assert.equal(hub.opened, opened + 1);
  await timing.pass(2_000);
  await bothLinked();
  assert.equal(caller.count("link-open"), 2);
});

/** As {@link pair}, with a relay at the same hub. */
function relayedPair() {
  const timing = new FakeTiming();
  const hub = new FakeHub();
  const relay = Object.assign(new FakeHub(), { carries: true });
  const newDevice = (peerId: string, other: string, call: boolean) =>
    new Device(timing, hub, planFor(peerId, [{ peerId: other, device: "d", call }]), { relay });
  const caller = newDevice("caller", "callee", true);
  const callee = newDevice("callee", "caller", false);
  const bothVia = (...vias: string[]) => {
    assert.deepEqual({ caller: caller.vias, callee: callee.vias }, { caller: vias, callee: vias });
  };
  const bothOn = () => [callee, caller].forEach(({ radio }) => radio.setOn(true));
  return { timing, hub, relay, caller, callee, bothOn, bothVia };
}

Deno.test("two devices that WebRTC links do not trouble the relay", async () => {
  const { timing, relay, bothOn, bothVia } = relayedPair();
  bothOn();
  await timing.pass(600_000);
  bothVia("webrtc");
  assert.equal(relay.dials, 0);
});

Deno.test("a peer whom WebRTC does not reach is linked through the relay, and nobody calls it a failure", async () => {
  const { timing, hub, caller, bothOn, bothVia } = relayedPair();
  hub.isWalled = true;
  bothOn();
  await timing.pass(5_000);
  bothVia("relay");
  await timing.pass(30_000);
  bothVia("relay");
  assert.deepEqual(caller.told, []);
  assert.equal(caller.radio.trouble, null);
});

Deno.test("a browser without WebRTC uses the relay, at either end", async () => {
  const { timing, hub, caller, callee, bothOn, bothVia } = relayedPair();
  hub.isUnsupported = true;
  bothOn();
  await timing.pass(1_000);
  bothVia("relay");
  assert.deepEqual([caller.failures, callee.failures], [[], []]);
});

Deno.test("a peer that is not at the hub's signalling is called through its relay at once", async () => {
  const timing = new FakeTiming();
  const relay = Object.assign(new FakeHub(), { carries: true });
  const hub = new FakeHub();
  const lacking = Object.assign(new FakeHub(), { isUnsupported: true });
  const toOther = planFor("one", [{ peerId: "other", device: "d", call: true }]);
  const one = new Device(timing, hub, toOther, { relay });
  const other = new Device(timing, lacking, planFor("other"), { relay });
  other.radio.setOn(true);
  await settled();
  one.radio.setOn(true);
  await timing.pass(1_500);
  assert.deepEqual([one.vias, other.vias, one.told], [["relay"], ["relay"], []]);
});

Deno.test("a relayed link gives way to a direct one as soon as there is one: make before break", async () => {
  const { timing, hub, relay, caller, callee, bothOn, bothVia } = relayedPair();
  hub.isWalled = true;
  bothOn();
  await timing.pass(20_000);
  hub.isWalled = false;
  const before = hub.dials;
  await timing.pass(61_000);
  assert.equal(hub.dials, before + 1, "one try, after a minute");
  bothVia("relay", "webrtc");
  // the sync node has proved who is at the new link, and drops the former
  const reason = { code: "peer-refused" as const, message: "Replaced by a newer connection." };
  caller.say({ notice: "link-drop", link: caller.links[0], reason });
  await settled();
  bothVia("webrtc");
  await timing.pass(60_000);
  bothVia("webrtc");
  assert.equal(callee.links.length, 1);
  assert.ok(relay.channels.every(({ isClosed }) => isClosed));
});

Deno.test("a relayed link is improved ever more rarely while it cannot be", async () => {
  const { timing, hub, bothOn, bothVia } = relayedPair();
  hub.isWalled = true;
  bothOn();
  await timing.pass(20_000);
  const before = hub.dials;
  await timing.pass(3_600_000);
  const tries = hub.dials - before;
  assert.ok(tries >= 7 && tries <= 12, `${tries} direct calls in an hour`);
  bothVia("relay");
});

Deno.test("a relayed link ends with the hub, a direct one goes on; the relay is back with it", async () => {
  const { timing, hub, relay, caller, bothOn, bothVia } = relayedPair();
  hub.isWalled = true;
  bothOn();
  await timing.pass(20_000);
  bothVia("relay");
  hub.goDown();
  relay.goDown();
  await timing.pass(10_000);
  bothVia();
  assert.deepEqual(caller.told, ["callee hub-unreachable"]);
  hub.isUp = relay.isUp = true;
  await timing.pass(20_000);
  bothVia("relay");
});

Deno.test("the hub itself is called through its relay at once, and not by WebRTC", async () => {
  const timing = new FakeTiming();
  const hub = new FakeHub();
  const relay = Object.assign(new FakeHub(), { carries: true, peerId: "hub" });
  const toHub = planFor("me", [{ peerId: "hub", device: "h", call: true }]);
  const me = new Device(timing, hub, toHub, { relay });
  const hubNode = new Device(timing, new FakeHub(), planFor("hub", []), { relay });
  hubNode.radio.setOn(true);
  await settled();
  me.radio.setOn(true);
  await timing.pass(1_000);
  assert.deepEqual(me.vias, ["hub"]);
  await timing.pass(600_000);
  assert.deepEqual(me.vias, ["hub"]);
  assert.ok(hub.dials <= 1, "before the relay has said who it is, one call may be made in vain");
});

Deno.test("a direct link that falls silent is doubled by the relay, which its end then leaves alone", async () => {
  const { timing, hub, bothOn, bothVia } = relayedPair();
  bothOn();
  await timing.pass(2_000);
  bothVia("webrtc");
  hub.isWalled = true;
  const open = hub.channels.filter(({ isClosed }) => !isClosed);
  for (const channel of open) channel.events.shaky(true);
  await timing.pass(8_000);
  bothVia("webrtc", "relay");
  await timing.pass(8_000);
  bothVia("relay");
});

Deno.test("adopt() holds a channel made without a hub: announced, kept while no hub is there, closed with the radio", async () => {
  const { timing, hub, relay, caller } = relayedPair();
  hub.isUp = relay.isUp = false;
  caller.radio.setOn(true);
  await timing.pass(1_000);
  const channel = new FakeChannel("callee");
  caller.radio.adopt(channel, "pair");
  channel.open(BINDING);
  await timing.pass(30_000);
  assert.deepEqual([caller.vias, caller.holds], [["pair"], 1]);
  caller.restarts.emit("restart", "boot-2");
  await settled();
  assert.equal(caller.count("link-open"), 2);
  caller.plan = { ...caller.plan, wanted: false };
  caller.say({ notice: "radio" });
  await settled();
  assert.deepEqual(caller.vias, ["pair"], "whoever needs no hub needs no plan");
  caller.radio.setOn(false);
  assert.ok(channel.isClosed);
  assert.deepEqual([caller.vias, caller.holds], [[], 0]);
});

Deno.test("adopt() works in a page that waits for its turn, and is refused by one whose radio is off", () => {
  const waits = new Device(new FakeTiming(), new FakeHub(), planFor("me"), {
    soleHolder: () => new Promise(() => {}),
  });
  const refused = new FakeChannel("callee");
  assert.throws(() => waits.radio.adopt(refused, "pair"), /off/);
  assert.ok(refused.isClosed);
  waits.radio.setOn(true);
  const channel = new FakeChannel("callee");
  waits.radio.adopt(channel, "pair");
  channel.open(BINDING);
  assert.deepEqual(waits.vias, ["pair"]);
  waits.radio.leavePage();
  assert.ok(channel.isClosed);
});

Deno.test("adopt() refuses one more than there is room for", async () => {
  const { caller } = relayedPair();
  caller.radio.setOn(true);
  await settled();
  for (let at = 0; at < LINKS_MOST; at++) caller.radio.adopt(new FakeChannel(`p${at}`), "pair");
  assert.throws(() => caller.radio.adopt(new FakeChannel("more"), "pair"), /as many as/);
});

Deno.test("a channel from nowhere is refused while nobody is wanted", async () => {
  const timing = new FakeTiming();
  const channel = new FakeChannel("anyone");
  let incoming: (channel: FakeChannel) => void = () => {};
  const hub = new FakeHub();
  const device = new Device(
    timing,
    Object.assign(hub, {
      openSignal: ((_identity, events) => {
        incoming = events.incoming;
        return { dial: () => null, disconnect() {}, reconnect() {}, destroy() {} };
      }) satisfies FakeHub["openSignal"],
    }),
    planFor("me"),
  );
  device.radio.setOn(true);
  await settled();
  device.plan = { ...device.plan, wanted: false };
  device.say({ notice: "radio" });
  await settled();
  incoming(channel);
  channel.open(BINDING);
  await settled();
  assert.deepEqual(device.links, []);
});
