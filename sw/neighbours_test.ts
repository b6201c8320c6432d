import assert from "node:assert/strict";
import { idOf } from "../tests/fixtures/devices.ts";
import { Chance } from "../tests/sim/chance.ts";
import type { Crew } from "../field/feed/crew.ts";
import type { DeviceId } from "../field/observation.ts";
import { peerIdOf } from "../field/link/peer_id.ts";
import type { LinkKind } from "../field/sync/lanes.ts";
import { NEIGHBOURS } from "../field/sync/mesh.ts";
import type { PeerLink } from "../field/sync/node.ts";
import { Neighbours } from "./neighbours.ts";

const ABSENT = { code: "peer-refused", message: "not there" } as const;
const NO_HUB = { code: "hub-unreachable", message: "no hub" } as const;

/** A device in a crew of `count`, and the links that its node has. */
function stage(count: number) {
  const chance = new Chance(3);
  const [self, ...others] = Array.from({ length: count }, (_, at) => idOf(at));
  const links = new Map<DeviceId, LinkKind>();
  const state = { now: 1_800_000_000_000, plans: 0, left: [] as string[] };
  const peers = () =>
    [...links].map(([device, via]): PeerLink => ({
      ...{ device, via, link: `link of ${device}`, sinceMs: 0, rttMs: via === "hub" ? 900 : 10 },
      ...{ loss: 0, media: null, waiting: { records: 0, mediaParts: 0 } },
    }));
  const crew = {
    members: new Map([self, ...others].map((device) => [device, { role: "sensor", at: 0 }])),
  } as unknown as Crew;
  const neighbours = new Neighbours({
    node: {
      peers,
      get connected() {
        return new Set(links.keys());
      },
      book: { of: () => ({ lastAt: null }) } as never,
    },
    replica: { id: self, crew },
    membership: { ticket: null },
    nowMs: () => state.now,
    random: () => chance.fraction(),
    onPlan: () => state.plans++,
    onLeave: (device) => {
      state.left.push(device);
      links.delete(device);
    },
  });
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      state.now += 1000;
      neighbours.tick();
    }
  };
  return { neighbours, links, others, state, pass };
}

Deno.test("Neighbours neither refuses nor leaves a hub, however many links there are", () => {
  const { neighbours, links, others: [hub, ...others], state, pass } = stage(30);
  for (const device of others.slice(0, 2 * NEIGHBOURS)) links.set(device, "webrtc");
  pass(1);
  assert.ok(!neighbours.mayAccept(others[20], "webrtc"));
  assert.ok(neighbours.mayAccept(hub, "hub"));
  links.set(hub, "hub");
  pass(60 * 60);
  assert.ok(state.left.length >= NEIGHBOURS);
  assert.ok(!state.left.includes(hub));
  assert.ok(links.has(hub));
});

Deno.test("Neighbours calls another at once when one was not reached, and not more of them", async () => {
  const { neighbours, others, state } = stage(30);
  const [first] = neighbours.mesh.toCall();
  neighbours.tick();
  const { plans } = state;
  await neighbours.unreached(await peerIdOf(first), ABSENT);
  const now = [...neighbours.mesh.toCall()];
  assert.equal(now.length, 1);
  assert.notEqual(now[0], first);
  assert.equal(state.plans, plans + 1, "the radio hears of it");
  const someone = others.find((device) => device !== now[0]) ?? "";
  await neighbours.unreached(await peerIdOf(someone), ABSENT);
  assert.deepEqual([...neighbours.mesh.toCall()], now, "who was not called was not missed");
});

Deno.test("Neighbours does not take a hub that is away for the fault of those it would lead to", async () => {
  const { neighbours, others, state } = stage(NEIGHBOURS + 2);
  for (let second = 0; second < 600; second++) {
    state.now += 1000;
    for (const device of neighbours.mesh.toCall()) {
      await neighbours.unreached(await peerIdOf(device), NO_HUB);
    }
  }
  const called = new Set<DeviceId>();
  for (let second = 0; second < 15; second++) {
    state.now += 1000;
    for (const device of neighbours.mesh.toCall()) called.add(device);
  }
  assert.equal(called.size, NEIGHBOURS, `of ${others.length}: one after the other`);
});

Deno.test("Neighbours asks for a new plan as time passes, also while nobody is linked", () => {
  const { state, pass } = stage(30);
  pass(20);
  assert.ok(
    state.plans >= NEIGHBOURS,
    `${state.plans} plans: one more is called every three seconds`,
  );
});
