import assert from "node:assert/strict";
import { registerAt, tracksOnly, WORLD_START_MS } from "../../tests/fixtures/worlds.ts";
import { AliasKeeper } from "./alias_keeper.ts";
import { withVote } from "./label_votes.ts";
import { type Alias, EMPTY_WORLD, mergeAgent, type TrackRegister } from "./world_state.ts";
import { parseTrackId } from "./world_track.ts";

/** Metres east, and when it began, ms after the start. */
interface Seen {
  readonly east: number;
  readonly bornMs: number;
  readonly variance?: number;
  readonly label?: string;
  readonly alias?: Alias | null;
  /** Since it was seen. */
  readonly agoMs?: number;
}

function registerOf(seen: Seen, ms: number): TrackRegister {
  const { east, bornMs, variance = 0.25, label = "person", alias = null, agoMs = 0 } = seen;
  const spread = variance * 1e6;
  return registerAt(ms, {
    ...{ bornMs: WORLD_START_MS + bornMs, atMs: WORLD_START_MS + ms - agoMs, alias },
    ...{ position: [1000 * east, 0], covariance: [spread, 0, spread] },
    votes: withVote([], label, 0.8),
  });
}

/** What agent m's keeper says `ms` after the start, when all agents' tracks are these. */
function next(
  keeper: AliasKeeper,
  ms: number,
  said: Readonly<Record<string, Seen>>,
): Readonly<Record<number, string | null>> {
  const state = Object.entries(said).reduce((all, [id, seen]) => {
    const { agent, n } = parseTrackId(id)!;
    return mergeAgent(all, agent, tracksOnly([n, registerOf(seen, ms)]));
  }, EMPTY_WORLD);
  const aliases = keeper.next(state, WORLD_START_MS + ms);
  return Object.fromEntries([...aliases].map(([n, alias]) => [n, alias?.to ?? null]));
}

function once(said: Readonly<Record<string, Seen>>) {
  return next(new AliasKeeper("m"), 9000, said);
}

const EARLY: Seen = { east: 0, bornMs: 10 };
const LATE: Seen = { east: 0.5, bornMs: 500 };
const TO_A: Alias = { to: "a:1", bornMs: WORLD_START_MS + 10 };

Deno.test("next() gives the later of two tracks of one place the name of the earlier, at once", () => {
  assert.deepEqual(once({ "a:1": EARLY, "m:1": LATE }), { 1: "a:1" });
  assert.deepEqual(once({ "a:1": LATE, "m:1": EARLY }), { 1: null });
  assert.deepEqual(once({ "a:1": { ...EARLY, bornMs: 500 }, "m:1": LATE }), { 1: "a:1" });
  assert.deepEqual(once({ "z:1": { ...EARLY, bornMs: 500 }, "m:1": LATE }), { 1: null });
});

Deno.test("next() leaves apart what is far, of another kind, unsure, or not seen lately", () => {
  const far = { ...EARLY, east: 0.5 + Math.sqrt(13.82 * 0.5) + 0.01 };
  assert.deepEqual(once({ "a:1": far, "m:1": LATE }), { 1: null });
  assert.deepEqual(once({ "a:1": { ...far, east: far.east - 0.02 }, "m:1": LATE }), { 1: "a:1" });
  assert.deepEqual(once({ "a:1": { ...EARLY, label: "dog" }, "m:1": LATE }), { 1: null });
  assert.deepEqual(once({ "a:1": { ...EARLY, variance: 26 }, "m:1": LATE }), { 1: null });
  assert.deepEqual(once({ "a:1": { ...EARLY, agoMs: 3001 }, "m:1": LATE }), { 1: null });
  assert.deepEqual(once({ "a:1": { ...EARLY, agoMs: 1000 }, "m:1": LATE }), { 1: "a:1" });
  assert.deepEqual(once({ "a:1": EARLY, "m:1": { ...LATE, agoMs: 3001 } }), {});
});

Deno.test("next() goes straight to the name, also where the others' names lead over another track", () => {
  const b: Seen = { east: 0.2, bornMs: 200, alias: TO_A };
  const toB = { to: "b:1", bornMs: WORLD_START_MS + 200 };
  assert.deepEqual(once({ "a:1": EARLY, "b:1": b, "m:1": LATE }), { 1: "a:1" });
  assert.deepEqual(once({ "a:1": EARLY, "b:1": b, "m:1": { ...LATE, alias: toB } }), { 1: "a:1" });
});

Deno.test("next() of two within reach takes none until one was the better for 2 s", () => {
  const said = { "a:1": EARLY, "b:1": { east: 1.2, bornMs: 100 }, "m:1": LATE };
  const keeper = new AliasKeeper("m");
  assert.deepEqual(next(keeper, 9000, said), { 1: null });
  assert.deepEqual(next(keeper, 10_900, said), { 1: null });
  assert.deepEqual(next(keeper, 11_000, said), { 1: "a:1" });
  const wavering = new AliasKeeper("m");
  for (let ms = 9000; ms < 15_000; ms += 1000) {
    const east = ms % 2000 === 0 ? 0.5 : 0.8;
    assert.deepEqual(next(wavering, ms, { ...said, "m:1": { ...LATE, east } }), { 1: null });
  }
});

Deno.test("next() never makes one of two that the agent, or another, sees side by side", () => {
  const mine = { "m:1": { east: 0.6, bornMs: 500 }, "m:2": { east: -0.6, bornMs: 500 } };
  assert.deepEqual(once({ "a:1": { ...EARLY, east: 0.5 }, ...mine }), { 1: null, 2: null });
  const followed = { ...mine, "m:2": { ...mine["m:2"], alias: TO_A } };
  assert.deepEqual(once({ "a:1": { ...EARLY, east: -0.5 }, ...followed }), { 1: null, 2: "a:1" });
  const b: Seen = { east: 4, bornMs: 600, alias: { to: "m:1", bornMs: WORLD_START_MS + 500 } };
  const others = { "a:1": EARLY, "b:1": { east: 0, bornMs: 100, alias: TO_A }, "b:2": b };
  assert.deepEqual(once({ ...others, "m:1": LATE }), { 1: null });
});

Deno.test("next() leaves it to whoever began an object's first track to say what it is", () => {
  const b: Seen = { east: 0.4, bornMs: 300 };
  const toB = { to: "b:1", bornMs: WORLD_START_MS + 300 };
  assert.deepEqual(once({ "a:1": EARLY, "b:1": b, "m:1": { ...LATE, alias: toB } }), { 1: "b:1" });
  const gone = { ...b, agoMs: 5000 };
  assert.deepEqual(once({ "a:1": EARLY, "b:1": gone, "m:1": { ...LATE, alias: toB } }), {
    1: "a:1",
  });
});

Deno.test("next() gives a name back when its track was elsewhere for 2 s, and never takes it again", () => {
  const keeper = new AliasKeeper("m");
  const at = (ms: number, east: number, alias: Alias | null) =>
    next(keeper, ms, { "a:1": EARLY, "m:1": { ...LATE, east, alias } })[1];
  assert.equal(at(9000, 4, TO_A), "a:1");
  assert.equal(at(10_000, 0.5, TO_A), "a:1");
  assert.equal(at(10_100, 4, TO_A), "a:1");
  assert.equal(at(12_099, 4, TO_A), "a:1");
  assert.equal(at(12_100, 4, TO_A), null);
  assert.equal(at(12_200, 4, null), null);
  assert.equal(at(12_300, 0.1, null), null);
});

Deno.test("next() parts two tracks of one frame that came under one name", () => {
  const keeper = new AliasKeeper("m");
  const said = (ms: number) =>
    next(keeper, ms, {
      "a:1": EARLY,
      "m:1": { east: 0, bornMs: 400, alias: TO_A },
      "m:2": { east: 0.3, bornMs: 500, alias: TO_A },
    });
  assert.deepEqual(said(9000), { 1: "a:1", 2: "a:1" });
  assert.deepEqual(said(11_000), { 1: "a:1", 2: null });
});

Deno.test("next() keeps a name that nobody else is there to deny", () => {
  const keeper = new AliasKeeper("m");
  for (let ms = 9000; ms < 30_000; ms += 500) {
    const said = { "a:1": { ...EARLY, agoMs: 20_000 }, "m:1": { ...LATE, east: 30, alias: TO_A } };
    assert.deepEqual(next(keeper, ms, said), { 1: "a:1" });
  }
});

Deno.test("next() takes two objects of one place for one with two names, and either of them at once", () => {
  const b: Seen = { east: 0.6, bornMs: 100 };
  assert.deepEqual(once({ "a:1": EARLY, "b:1": b, "m:1": LATE }), { 1: "b:1" });
  assert.deepEqual(once({ "a:1": EARLY, "b:1": { ...b, east: 1.2 }, "m:1": LATE }), { 1: null });
  // one agent's own two are two
  assert.deepEqual(once({ "a:1": EARLY, "a:2": b, "m:1": LATE }), { 1: null });
  assert.deepEqual(once({ "a:1": EARLY, "b:1": { ...b, label: "cat" }, "m:1": LATE }), {
    1: "a:1",
  });
});

Deno.test("next() counts how long it was elsewhere also where the others look away in between", () => {
  const keeper = new AliasKeeper("m");
  const at = (ms: number, east: number, agoMs: number) =>
    next(keeper, ms, { "a:1": { ...EARLY, agoMs }, "m:1": { ...LATE, east, alias: TO_A } })[1];
  assert.equal(at(9000, 4, 0), "a:1");
  assert.equal(at(11_000, 4, 4000), "a:1", "nobody says so just now");
  assert.equal(at(11_100, 4, 0), null);
  assert.equal(at(12_000, 0.5, 0), "a:1");
  assert.equal(at(12_100, 4, 0), "a:1", "it was near since");
});
