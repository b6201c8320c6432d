/** Whom the radio calls, when, and whose call stays. */
import assert from "node:assert/strict";
import type { RadioPlan } from "../../field/messages.ts";
import { NEIGHBOURS } from "../../field/sync/mesh.ts";
import { FakeTiming, settled } from "../fakes_for_tests.ts";
import { Device, planFor } from "./device_for_tests.ts";
import { FakeHub } from "./fakes_for_tests.ts";

function planned(peerId: string, call: boolean): RadioPlan["peers"][number] {
  return { peerId, device: `device of ${peerId}`, call };
}

function stage() {
  const timing = new FakeTiming();
  const hub = new FakeHub();
  const relay = Object.assign(new FakeHub(), { carries: true });
  const device = (peerId: string, ...peers: RadioPlan["peers"]) =>
    new Device(timing, hub, planFor(peerId, peers), { relay });
  return { timing, hub, relay, device };
}

/** The callers' ends that are open. */
function opened({ dialled }: FakeHub) {
  return dialled.filter(({ isClosed, other }) => !isClosed && other && !other.isClosed);
}

for (const way of ["webrtc", "relay"] as const) {
  Deno.test(`of two calls that cross, the smaller id's stays, whoever was to call (${way})`, async () => {
    const plans = [[true, true], [true, false], [false, true], [false, false]];
    for (const [at, [aCalls, bCalls]] of [...plans, ...plans].entries()) {
      const { timing, hub, relay, device } = stage();
      const carrier = way === "webrtc" ? hub : relay;
      hub.isUnsupported = way === "relay";
      const [a, b] = [device("a", planned("b", aCalls)), device("b", planned("a", bCalls))];
      carrier.isSlow = true;
      for (const { radio } of at < plans.length ? [a, b] : [b, a]) radio.setOn(true);
      await timing.pass(1_500);
      assert.deepEqual(carrier.dialsOf, { a: 1, b: 1 }, "who has just come calls");
      carrier.letThrough();
      await timing.pass(60_000);
      assert.deepEqual([a.vias, b.vias], [[way], [way]]);
      assert.deepEqual(opened(carrier).map(({ peerId }) => peerId), ["b"]);
      assert.equal(carrier.dials, 2, "nobody had to call again");
    }
  });
}

Deno.test("a call that gave way is no failure: the relay is tried as late as if there had been one call", async () => {
  const { timing, hub, relay, device } = stage();
  const [a, b] = [device("a", planned("b", true)), device("b", planned("a", true))];
  hub.isSlow = hub.isWalled = true;
  for (const { radio } of [a, b]) radio.setOn(true);
  await timing.pass(500);
  hub.letThrough();
  await timing.pass(2_400);
  assert.deepEqual([hub.dials, relay.dials], [2, 0]);
  await timing.pass(2_000);
  assert.deepEqual([a.vias, b.vias], [["relay"], ["relay"]]);
});

Deno.test("a call that was not heard gives way to one that comes later, whichever id is smaller", async () => {
  const { timing, hub, device } = stage();
  const [a, b] = [device("a", planned("b", true)), device("b", planned("a", true))];
  hub.isMute = true;
  a.radio.setOn(true);
  await timing.pass(5_000);
  hub.isMute = false;
  b.radio.setOn(true);
  await timing.pass(1_000);
  assert.deepEqual(opened(hub).map(({ peerId }) => peerId), ["a"]);
  assert.ok(a.vias.includes("webrtc") && b.vias.includes("webrtc"));
});

Deno.test("a line that opens calls everybody once in a crew linked all to all, in a larger one whom the plan calls", async () => {
  for (const count of [NEIGHBOURS, NEIGHBOURS + 1]) {
    const { timing, hub, device } = stage();
    const peers = Array.from({ length: count }, (_, at) => planned(`p${at}`, at === 0));
    device("me", ...peers).radio.setOn(true);
    await timing.pass(100);
    const all = Object.fromEntries(peers.map(({ peerId }) => [peerId, 1]));
    assert.deepEqual(hub.dialsOf, count === NEIGHBOURS ? all : { p0: 1 });
    await timing.pass(60_000);
    assert.deepEqual(Object.keys(hub.dialsOf).length, count === NEIGHBOURS ? count : 1);
    assert.equal(hub.dialsOf.p1, count === NEIGHBOURS ? 1 : undefined);
  }
});

Deno.test("a changed plan calls at once whom it names anew; those who were called in vain wait on", async () => {
  const { timing, hub, device } = stage();
  const away = planned("away", true);
  const me = device("me", away, planned("newcomer", false), planned("known", false));
  me.radio.setOn(true);
  await timing.pass(20_000);
  const before = hub.dialsOf;
  me.plan = { ...me.plan, peers: [away, planned("newcomer", true), planned("known", false)] };
  me.say({ notice: "radio" });
  await settled();
  assert.deepEqual(hub.dialsOf, { ...before, newcomer: before.newcomer + 1 });
});

Deno.test("whom the plan names again is due again, and its worker is told again that it is not there", async () => {
  const { timing, hub, device } = stage();
  const me = device("me", ...Array.from({ length: 6 }, (_, at) => planned(`p${at}`, at === 0)));
  me.radio.setOn(true);
  await timing.pass(20_000);
  assert.deepEqual(me.told, ["p0 peer-refused"]);
  const call = (which: string) => {
    const peers = me.plan.peers.map((peer) => ({ ...peer, call: peer.peerId === which }));
    me.plan = { ...me.plan, peers };
    me.say({ notice: "radio" });
  };
  call("p1");
  await timing.pass(5_000);
  const before = hub.dialsOf.p0;
  call("p0");
  await timing.pass(100);
  assert.equal(hub.dialsOf.p0, before + 1);
  await timing.pass(5_000);
  assert.deepEqual(me.told, ["p0 peer-refused", "p1 peer-refused", "p0 peer-refused"]);
});

Deno.test("the hub that is a member is called in any crew, also when the plan does not call it", async () => {
  const { timing, relay, device } = stage();
  relay.peerId = "hub";
  const others = Array.from({ length: 2 * NEIGHBOURS }, (_, at) => planned(`p${at}`, false));
  const hubNode = device("hub");
  hubNode.radio.setOn(true);
  await settled();
  const me = device("me", planned("hub", false), ...others);
  me.radio.setOn(true);
  await timing.pass(1_000);
  assert.deepEqual(me.vias, ["hub"]);
  hubNode.radio.setOn(false);
  await timing.pass(60_000);
  assert.deepEqual(me.vias, []);
  hubNode.radio.setOn(true);
  await timing.pass(40_000);
  assert.deepEqual(me.vias, ["hub"]);
});
