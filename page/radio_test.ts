import assert from "node:assert/strict";
import type { Notice, RadioPlan } from "../field/messages.ts";
import { Emitter } from "./emitter.ts";
import { FakeCalls, FakeTiming, settled, until } from "./fakes_for_tests.ts";
import { Radio, type SoleHolder } from "./radio.ts";
import { FakeChannel, FakeHub, sdp } from "./radio/fakes_for_tests.ts";
import { LINKS_MOST, STRANGERS_MOST } from "./radio/radio_watch.ts";
import type { Notices } from "./worker_connection.ts";

type Unbooted = Notice extends infer N ? N extends Notice ? Omit<N, "boot"> : never : never;

/** One device: its radio, and the worker that the radio speaks with. */
class Device {
  readonly notices = new Emitter<Notices>();
  readonly restarts = new Emitter<{ restart: string }>();
  readonly failures: string[] = [];
  readonly calls: FakeCalls;
  readonly radio: Radio;
  plan: RadioPlan;
  holds = 0;

  constructor(timing: FakeTiming, hub: FakeHub, plan: RadioPlan, soleHolder: SoleHolder = anyone) {
    this.plan = plan;
    this.calls = new FakeCalls({
      radio: () => this.plan,
      "link-open": () => null,
      "link-frame": () => null,
      "link-close": () => null,
      "link-failed": () => null,
    });
    let ids = 0;
    this.radio = new Radio({
      timing,
      random: () => 1,
      newId: () => `${plan.peerId}-${ids++}`,
      openSignal: hub.openSignal,
      soleHolder,
      onFailure: (failure) => this.failures.push(failure.code),
      worker: {
        call: this.calls.call.bind(this.calls),
        on: (notice, listener) => this.notices.on(notice, listener),
        onRestart: (listener) => this.restarts.on("restart", listener),
        hold: () => {
          this.holds++;
          return () => void this.holds--;
        },
      },
    });
  }

  say(notice: Unbooted): void {
    this.notices.emit(notice.notice, { ...notice, boot: "boot-1" } as never);
  }

  count(kind: string): number {
    return this.calls.made.filter((call) => call.kind === kind).length;
  }

  /** Links that its worker knows of and has not heard the end of. */
  get links(): string[] {
    const open = new Set<string>();
    for (const { kind, args } of this.calls.made) {
      if (kind === "link-open") open.add(String(args.link));
      if (kind === "link-close") open.delete(String(args.link));
    }
    return [...open];
  }

  get told(): string[] {
    const told = this.calls.made.filter((call) => call.kind === "link-failed");
    return told.map(({ args }) => `${args.peerId} ${(args.failure as { code: string }).code}`);
  }
}

const anyone: SoleHolder = (_signal, held) => held();

function planFor(peerId: string, peers: RadioPlan["peers"] = []): RadioPlan {
  return { peerId, token: `token of ${peerId}`, wanted: true, peers };
}

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
  assert.deepEqual([caller.links, callee.links], [[], []]);
  await settled();
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
  await timing.pass(3_000);
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

Deno.test("two that call each other at once end with one link", async () => {
  const { timing, hub, caller, callee, bothLinked } = pair();
  hub.isUp = false;
  caller.radio.setOn(true);
  callee.radio.setOn(true);
  await timing.pass(500);
  hub.isUp = true;
  caller.radio.hurry();
  callee.radio.hurry();
  await timing.pass(20_000);
  await bothLinked();
  assert.equal(hub.channels.filter(({ isClosed }) => !isClosed).length, 2, "one link has two ends");
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

Deno.test("a changed plan is followed at once, also with those who were called in vain", async () => {
  const { timing, caller, callee, bothLinked } = pair();
  caller.radio.setOn(true);
  await timing.pass(20_000);
  callee.radio.setOn(true);
  await settled();
  const newcomer = { peerId: "newcomer", device: "n", call: false };
  caller.plan = { ...caller.plan, peers: [...caller.plan.peers, newcomer] };
  caller.say({ notice: "radio" });
  await bothLinked();
});

Deno.test("leavePage() says good-bye; a page that comes back goes on", async () => {
  const { timing, caller, callee, bothLinked } = pair();
  callee.radio.setOn(true);
  caller.radio.setOn(true);
  await timing.pass(1_000);
  await bothLinked();
  caller.radio.leavePage();
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
  const device = new Device(timing, hub, planFor("me"), async (signal, held) => {
    await turn.promise;
    signal.throwIfAborted();
    await held();
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
    () => Promise.reject(new Error("no locks")),
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
  channel.open({ local: sdp("AA"), remote: sdp("BB") });
  await settled();
  assert.deepEqual(device.links, []);
});
