import assert from "node:assert/strict";
import type { WorldTrack } from "../world/world_track.ts";
import { Agreement, areOneIn, differencesOf, knownTo } from "./agreement.ts";

function track(id: string, east: number, label = "person"): WorldTrack {
  return {
    ...{ id, label, confidence: 0.7, position: [east, 0], velocity: [0, 0] },
    ...{ covariance: [1, 0, 1], sources: [], firstAtMs: 0, lastAtMs: 0 },
  };
}

Deno.test("differencesOf() names what is missing on either side, called otherwise or elsewhere", () => {
  const maps = [
    { drone: 0, tracks: [track("a", 0), track("b", 5), track("c", 9), track("e", 1)] },
    { drone: 1, tracks: [track("a", 0.6), track("b", 5, "cat"), track("d", 9), track("e", 1.4)] },
    { drone: 2, tracks: [track("a", 0), track("b", 5), track("c", 9), track("e", 1)] },
  ];
  const found = differencesOf(maps).map(({ drones, kind, track }) => `${drones} ${kind} ${track}`);
  assert.deepEqual(found, ["0,1 place a", "0,1 label b", "0,1 missing c", "1,0 missing d"]);
});

Deno.test("Agreement counts since when, how long in all, and how soon after a partition", () => {
  const agreement = new Agreement();
  agreement.observe(true, 50);
  agreement.observe(true, 100);
  assert.deepEqual([agreement.sinceMs, agreement.agreedMs], [50, 50]);
  agreement.observe(false, 150);
  assert.deepEqual([agreement.sinceMs, agreement.agreedMs], [null, 100]);
  agreement.healed(200);
  assert.ok(agreement.isHealing);
  agreement.observe(false, 210);
  agreement.observe(true, 320);
  assert.deepEqual(agreement.healing, { atMs: 200, tookMs: 120 });
  agreement.observe(true, 400);
  assert.deepEqual([agreement.healing?.tookMs, agreement.isHealing], [120, false]);
});

Deno.test("areOneIn() asks for what was known at a moment, not for what was seen since", () => {
  const a = { drone: 0, tracks: [track("a", 0)] };
  const b = { drone: 1, tracks: [track("b", 9)] };
  const known = knownTo([a, b], [["searched 1"], ["searched 2"]]);
  const both = [track("a", 0), track("b", 9)];
  const all = ["searched 1", "searched 2"];
  const check = (first: WorldTrack[], second: WorldTrack[], tiles = [all, all]) =>
    areOneIn(known, [{ drone: 0, tracks: first }, { drone: 1, tracks: second }], tiles);
  assert.ok(check(both, both));
  assert.ok(check([...both, track("new", 3)], both, [[...all, "searched 3"], all]));
  assert.ok(check([track("a", 0)], [track("a", 0)]), "two names of one thing became one");
  assert.ok(!check(both, [track("a", 0)]));
  assert.ok(!check(both, [track("a", 0), track("b", 5)]));
  assert.ok(!check(both, both, [all, ["searched 1"]]));
});
