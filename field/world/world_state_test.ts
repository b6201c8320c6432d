import assert from "node:assert/strict";
import fc from "fast-check";
import {
  agentTrack,
  anyAgentWorld,
  registerAt,
  stampAt,
  tracksOnly,
  WORLD_START_MS,
} from "../../tests/fixtures/worlds.ts";
import { sayConfirmed, sayRemoved, sayTile, sayTracks } from "./own_world.ts";
import { difference } from "./world_teller.ts";
import {
  type AgentWorld,
  EMPTY_AGENT,
  EMPTY_WORLD,
  joinAgents,
  markedTiles,
  mergeAgent,
  mergeWorlds,
  MOST_AGENTS,
  MOST_TRACKS_OF_AGENT,
  type WorldState,
} from "./world_state.ts";
import { encodeAgentWorld } from "./world_codec.ts";

const AGENTS = ["a", "b"];
const anyWorld: fc.Arbitrary<WorldState> = fc.array(
  fc.tuple(fc.constantFrom(...AGENTS), anyAgentWorld(AGENTS)),
  { maxLength: 3 },
).map((said) => said.reduce((state, [agent, one]) => mergeAgent(state, agent, one), EMPTY_WORLD));

Deno.test("mergeWorlds() is commutative, associative and idempotent, also where stamps are equal", () => {
  fc.assert(
    fc.property(anyWorld, anyWorld, anyWorld, (a, b, c) => {
      assert.deepEqual(mergeWorlds(a, b), mergeWorlds(b, a));
      assert.deepEqual(mergeWorlds(mergeWorlds(a, b), c), mergeWorlds(a, mergeWorlds(b, c)));
      assert.equal(mergeWorlds(a, a), a);
      const both = mergeWorlds(a, b);
      assert.equal(mergeWorlds(both, a), both);
      assert.equal(mergeWorlds(both, b), both);
    }),
    { seed: 86, numRuns: 1000 },
  );
});

/** More tracks than are kept, with few stamps, so that some are left out. */
const crowded: fc.Arbitrary<AgentWorld> = fc.array(
  fc.tuple(fc.nat(99), fc.nat(30), fc.nat(2)),
  { minLength: 50, maxLength: 90 },
).map((said) =>
  said.map(([n, ms, x]) => tracksOnly([n, registerAt(ms, { position: [x, 0] })]))
    .reduce(joinAgents, EMPTY_AGENT)
);

Deno.test("joinAgents() keeps to these laws where there are too many tracks to keep", () => {
  let crowds = 0;
  fc.assert(
    fc.property(crowded, crowded, crowded, (a, b, c) => {
      const all = joinAgents(joinAgents(a, b), c);
      assert.deepEqual(all, joinAgents(a, joinAgents(c, b)));
      assert.deepEqual(joinAgents(a, b), joinAgents(b, a));
      assert.equal(joinAgents(all, b), all);
      assert.ok(all.tracks.size <= MOST_TRACKS_OF_AGENT);
      if (all.tracks.size === MOST_TRACKS_OF_AGENT) crowds++;
    }),
    { seed: 87, numRuns: 300 },
  );
  assert.ok(crowds > 200, `${crowds}`);
});

Deno.test("a delta merges as all of it would", () => {
  fc.assert(
    fc.property(anyAgentWorld(AGENTS), anyAgentWorld(AGENTS), (before, more) => {
      const after = joinAgents(before, more);
      assert.deepEqual(joinAgents(before, difference(after, before)), after);
    }),
    { seed: 88, numRuns: 500 },
  );
});

Deno.test("of two registers of a track the later one holds, whatever comes last", () => {
  const [old, late] = [
    registerAt(100, { position: [1, 1] }),
    registerAt(200, { position: [2, 2] }),
  ];
  for (const order of [[old, late], [late, old], [late, old, late, old]]) {
    const { tracks } = order.map((one) => tracksOnly([1, one])).reduce(joinAgents, EMPTY_AGENT);
    assert.deepEqual(tracks.get(1)?.position, [2, 2]);
  }
});

Deno.test("of too many tracks those are kept of which was spoken last", () => {
  const said = Array.from({ length: 200 }, (_, n) => tracksOnly([n, registerAt(1000 - n)]));
  const { tracks } = said.reduce(joinAgents, EMPTY_AGENT);
  assert.deepEqual([...tracks.keys()].sort((a, b) => a - b), [...Array(64).keys()]);
});

Deno.test("of too many agents those are kept whose ids come first, whatever the order", () => {
  const ids = Array.from({ length: MOST_AGENTS + 9 }, (_, i) => `agent ${100 + i}`);
  const mark = sayTile(EMPTY_AGENT, "cleared", 0, "added");
  const said = (order: readonly string[]) =>
    order.reduce((state, id) => mergeAgent(state, id, mark), EMPTY_WORLD);
  const state = said(ids);
  assert.deepEqual([...state.keys()].sort(), ids.slice(0, MOST_AGENTS));
  assert.deepEqual(said(ids.toReversed()), state);
});

Deno.test("sayConfirmed() counts up, and a copy from before never counts again", () => {
  const first = sayConfirmed(EMPTY_AGENT, "b:1", stampAt(0));
  const third = sayConfirmed(sayConfirmed(first, "b:1", stampAt(50)), "b:1", stampAt(60));
  assert.equal(third.confirmations.get("b:1")?.count, 3);
  assert.equal(joinAgents(third, first), third);
  assert.equal(joinAgents(first, third).confirmations.get("b:1")?.count, 3);
});

Deno.test("a tile that one agent removed stays removed, whoever adds it again", () => {
  const added = sayTile(EMPTY_AGENT, "searched", 77, "added");
  const removed = sayTile(EMPTY_AGENT, "searched", 77, "removed");
  const other = sayTile(sayTile(EMPTY_AGENT, "searched", 4095, "added"), "cleared", 77, "added");
  const state = (...said: readonly AgentWorld[]) =>
    said.reduce((world, one, i) => mergeAgent(world, "abc"[i % 2], one), EMPTY_WORLD);
  assert.deepEqual(markedTiles(state(added, other), "searched"), [77, 4095]);
  assert.deepEqual(markedTiles(state(added, removed, other), "searched"), [4095]);
  assert.deepEqual(markedTiles(state(removed, added, added, other, added), "searched"), [4095]);
  assert.deepEqual(markedTiles(state(removed, other), "cleared"), [77]);
  const again = sayTile(joinAgents(added, removed), "searched", 77, "added");
  assert.deepEqual(markedTiles(state(again), "searched"), []);
  assert.throws(() => sayTile(added, "searched", 4096, "added"), /Cannot mark tile/);
  assert.throws(() => sayTile(added, "searched", 0.5, "added"), /Cannot mark tile/);
});

Deno.test("sayTracks() says again only what changed, in whole millimetres", () => {
  const track = agentTrack("a", 0, [1.0004, -2.0004], 100);
  const own = sayTracks(EMPTY_AGENT, [track], new Map(), stampAt(100));
  assert.deepEqual(own.tracks.get(0)?.position, [1000, -2000]);
  assert.equal(sayTracks(own, [track], new Map(), stampAt(200)), own);
  const moved = { ...track, lastAtMs: track.lastAtMs + 200 };
  const next = sayTracks(own, [moved], new Map(), stampAt(300)).tracks.get(0);
  assert.deepEqual([next?.stamp, next?.added], [stampAt(300), stampAt(100)]);
  const alias = { to: "b:1", bornMs: WORLD_START_MS };
  const named = sayTracks(own, [track], new Map([[0, alias]]), stampAt(300));
  assert.deepEqual(named.tracks.get(0)?.alias, alias);
  assert.equal(sayTracks(named, [track], new Map(), stampAt(400)), named);
  const parted = sayTracks(named, [track], new Map([[0, null]]), stampAt(400));
  assert.equal(parted.tracks.get(0)?.alias, null);
});

Deno.test("sayTracks() leaves out what cannot be, and what was seen long ago", () => {
  const good = agentTrack("a", 0, [1, 1], 0);
  const bad = [
    { ...good, position: [1e6, 0] as const },
    { ...good, position: [NaN, 0] as const },
    { ...good, velocity: [0, 5000] as const },
    { ...good, covariance: [1, 2, 1] as const },
    { ...good, covariance: [1e7, 0, 1] as const },
    { ...good, firstAtMs: 0, lastAtMs: WORLD_START_MS - 360_001 },
    { ...good, lastAtMs: WORLD_START_MS + 300_001 },
    { ...good, firstAtMs: WORLD_START_MS + 1 },
  ];
  for (const track of bad) {
    assert.equal(sayTracks(EMPTY_AGENT, [track], new Map(), stampAt(0)), EMPTY_AGENT);
  }
  const narrow = { ...good, covariance: [1e-9, 0, 1e-9] as const };
  assert.equal(sayTracks(EMPTY_AGENT, [narrow], new Map(), stampAt(0)).tracks.size, 1);
});

Deno.test("what an agent says is bounded through 100,000 updates", () => {
  let own = EMPTY_AGENT;
  let most = 0;
  for (let i = 0; i < 100_000; i++) {
    const stamp = stampAt(10 * i);
    const n = i >> 3;
    if (i % 4 === 0) own = sayRemoved(own, `agent:${i}`, stamp);
    else if (i % 4 === 1) own = sayConfirmed(own, `agent:${i}`, stamp);
    else if (i % 4 === 2) own = sayTile(own, "searched", i % 4096, i % 8 < 4 ? "added" : "removed");
    else own = sayTracks(own, [agentTrack("a", n, [i % 900, 0], 10 * i)], new Map(), stamp);
    if (i % 10_000 === 9_999) most = Math.max(most, encodeAgentWorld(own).length);
  }
  assert.deepEqual([own.tracks.size, own.removals.size, own.confirmations.size], [64, 64, 64]);
  assert.ok(most < 10_000, `${most} bytes`);
  assert.ok(own.tracks.has(12_499) && own.removals.has("agent:99996"));
});
