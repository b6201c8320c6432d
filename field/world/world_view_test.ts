import assert from "node:assert/strict";
import fc from "fast-check";
import { registerAt, tracksOnly, WORLD_START_MS } from "../../tests/fixtures/worlds.ts";
import { combine, type Estimate, estimateAt, intersect } from "./fusion.ts";
import { type LabelVote, withVote } from "./label_votes.ts";
import { EMPTY_WORLD, mergeAgent, type TrackRegister } from "./world_state.ts";
import { MOST_WORLD_TRACKS, SHOWN_MS, worldView } from "./world_view.ts";

const NOW = WORLD_START_MS + 1000;

function voted(label: string, ...confidences: readonly number[]): readonly LabelVote[] {
  return confidences.reduce<readonly LabelVote[]>((votes, one) => withVote(votes, label, one), []);
}

function viewOf(
  said: Readonly<Record<string, readonly (readonly [number, TrackRegister])[]>>,
  nowMs = NOW,
) {
  const state = Object.entries(said).reduce(
    (all, [id, tracks]) => mergeAgent(all, id, tracksOnly(...tracks)),
    EMPTY_WORLD,
  );
  return worldView(state, nowMs);
}

/** What an agent says of the object `a:0`. */
function same(x: number, variance: number, other: Partial<TrackRegister> = {}): TrackRegister {
  return registerAt(1000, {
    ...{ position: [x, 0], covariance: [variance, 0, variance] },
    ...{ alias: { to: "a:0", bornMs: WORLD_START_MS - 9 }, ...other },
  });
}

Deno.test("worldView() weighs what agents say by their information, and names them as its sources", () => {
  const [track, ...others] = viewOf({
    c: [[0, same(4000, 3e6, { votes: voted("dog", 0.4) })]],
    b: [[0, same(0, 1e6, { votes: voted("person", 0.8, 0.6), velocity: [1000, -500] })]],
  });
  assert.deepEqual(others, []);
  assert.deepEqual(track, {
    ...{ id: "a:0", label: "person", confidence: 0.35, position: [1, 0], velocity: [0.75, -0.375] },
    covariance: [0.75, 0, 0.75],
    sources: [
      { agent: "b", label: "person", confidence: 0.7, atMs: NOW },
      { agent: "c", label: "dog", confidence: 0.4, atMs: NOW },
    ],
    ...{ firstAtMs: WORLD_START_MS - 9, lastAtMs: NOW },
  });
});

Deno.test("worldView() does not take two tracks of one agent for two opinions", () => {
  const [track] = viewOf({ b: [[0, same(0, 1e6)], [1, same(1000, 1e6)]] });
  assert.deepEqual(track.position, [0.5, 0]);
  assert.deepEqual(track.covariance, [1, 0, 1]);
  assert.deepEqual(track.sources.map(({ agent }) => agent), ["b"]);
});

Deno.test("worldView() moves a track on by its velocity for 2 s, surer of it ever less", () => {
  const register = registerAt(0, { velocity: [1000, 0] });
  const at = (ms: number) => viewOf({ a: [[0, register]] }, WORLD_START_MS + ms)[0];
  assert.deepEqual(at(0).position, [0, 0]);
  assert.deepEqual(at(500).position, [0.5, 0]);
  assert.deepEqual([at(2000).position, at(2000).velocity], [[2, 0], [1, 0]]);
  assert.deepEqual([at(9000).position, at(9000).velocity], [[2, 0], [0, 0]]);
  assert.deepEqual(at(0).covariance, [0.25, 0, 0.25]);
  assert.deepEqual(at(1000).covariance, [0.673333, 0, 0.673333]);
  assert.ok(at(9000).covariance[0] > 100);
});

Deno.test("worldView() leaves out what nobody saw for 10 s, and sources that did not", () => {
  const [old, fresh] = [same(0, 1e6), same(0, 1e6)];
  const late = { ...fresh, stamp: fresh.stamp + 9000 * 1024, atMs: fresh.atMs + 9000 };
  const said = { b: [[0, old]], c: [[0, late]] } as const;
  const at = (ms: number) => viewOf(said, NOW + ms);
  assert.deepEqual(at(SHOWN_MS)[0].sources.map(({ agent }) => agent), ["b", "c"]);
  assert.deepEqual(at(SHOWN_MS + 1)[0].sources.map(({ agent }) => agent), ["c"]);
  assert.equal(at(SHOWN_MS + 9000).length, 1);
  assert.deepEqual(at(SHOWN_MS + 9001), []);
});

Deno.test("worldView() is the label with the most confidence over all agents, each with one vote", () => {
  const many = voted("cup", ...new Array<number>(99).fill(0.5));
  const [track] = viewOf({
    b: [[0, same(0, 1e6, { votes: many })]],
    c: [[0, same(0, 1e6, { votes: voted("bowl", 0.4) })]],
    d: [[0, same(0, 1e6, { votes: voted("bowl", 0.5) })]],
  });
  assert.deepEqual([track.label, track.confidence], ["bowl", 0.3]);
});

Deno.test("worldView() of too many shows those seen last", () => {
  const agents = ["a", "b", "c", "d", "e"];
  const said = Object.fromEntries(agents.map((id, i) => [
    id,
    Array.from({ length: 64 }, (_, n) => [n, registerAt(i === 2 ? 10 + n : 500)] as const),
  ]));
  const view = viewOf(said);
  assert.equal(view.length, MOST_WORLD_TRACKS);
  assert.ok(view.every(({ id }) => !id.startsWith("c:")));
  assert.deepEqual(view.map(({ id }) => id), view.map(({ id }) => id).sort());
});

const number = fc.double({ min: -50, max: 50, noNaN: true });
const spread = fc.tuple(
  fc.double({ min: 0.01, max: 9, noNaN: true }),
  fc.double({ min: -0.9, max: 0.9, noNaN: true }),
  fc.double({ min: 0.01, max: 9, noNaN: true }),
).map(([xx, tilt, yy]) => [xx, tilt * Math.sqrt(xx * yy), yy] as const);
const anyEstimate: fc.Arbitrary<Estimate> = fc.record({
  position: fc.tuple(number, number),
  velocity: fc.tuple(number, number),
  covariance: spread,
});

Deno.test("combine() is surer than each, intersect() of equals as sure as one: never surer than the surest way", () => {
  fc.assert(
    fc.property(fc.array(anyEstimate, { minLength: 2, maxLength: 5 }), (estimates) => {
      const both = combine(estimates).covariance;
      const careful = intersect(estimates).covariance;
      for (const { covariance } of estimates) {
        assert.ok(both[0] <= covariance[0] + 1e-9 && both[2] <= covariance[2] + 1e-9);
      }
      assert.ok(careful[0] >= both[0] - 1e-9 && careful[2] >= both[2] - 1e-9);
      const alike = intersect(estimates.map(() => estimates[0]));
      for (const i of [0, 1, 2]) {
        assert.ok(Math.abs(alike.covariance[i] - estimates[0].covariance[i]) < 1e-6);
      }
      for (const i of [0, 1]) {
        assert.ok(Math.abs(alike.position[i] - estimates[0].position[i]) < 1e-6);
      }
    }),
    { seed: 97, numRuns: 500 },
  );
});

Deno.test("estimateAt() of an earlier moment is where the register is", () => {
  const register = registerAt(1000, { velocity: [1000, 1000], position: [7000, 0] });
  assert.deepEqual(estimateAt(register, WORLD_START_MS).position, [7, 0]);
});
