import assert from "node:assert/strict";
import fc from "fast-check";
import {
  anyAgentWorld,
  registerAt,
  stampAt,
  tracksOnly,
  WORLD_START_MS,
} from "../../tests/fixtures/worlds.ts";
import { sayConfirmed, sayRemoved } from "./own_world.ts";
import { confirmationsOf, FORGET_MS, objectsOf } from "./world_objects.ts";
import {
  type AgentWorld,
  EMPTY_AGENT,
  EMPTY_WORLD,
  joinAgents,
  mergeAgent,
  type WorldState,
} from "./world_state.ts";

const NOW = WORLD_START_MS + 1000;

function stateOf(said: Readonly<Record<string, AgentWorld>>): WorldState {
  return Object.entries(said).reduce((state, [id, one]) => mergeAgent(state, id, one), EMPTY_WORLD);
}

/** A track born `bornMs` after the start, of which was spoken last 1 s after it. */
function born(bornMs: number, to: string | null = null, toBornMs = 0) {
  const alias = to === null ? null : { to, bornMs: WORLD_START_MS + toBornMs };
  return registerAt(1000, { bornMs: WORLD_START_MS + bornMs, alias });
}

function namesOf(state: WorldState, nowMs = NOW): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    objectsOf(state, nowMs).map(({ id, tracks }) => [id, tracks.map((track) => track.id)]),
  );
}

Deno.test("objectsOf() gives each track its own object where nobody says otherwise", () => {
  const state = stateOf({ b: tracksOnly([1, born(5)]), a: tracksOnly([2, born(9)], [1, born(7)]) });
  assert.deepEqual(namesOf(state), { "a:1": ["a:1"], "a:2": ["a:2"], "b:1": ["b:1"] });
});

Deno.test("objectsOf() follows names to the earliest track, over others", () => {
  const state = stateOf({
    a: tracksOnly([1, born(0)]),
    b: tracksOnly([1, born(5, "a:1")]),
    c: tracksOnly([1, born(9, "b:1", 5)]),
  });
  assert.deepEqual(namesOf(state), { "a:1": ["a:1", "b:1", "c:1"] });
  assert.equal(objectsOf(state, NOW)[0].bornMs, WORLD_START_MS);
});

Deno.test("objectsOf() keeps the name of a track that nobody remembers", () => {
  const state = stateOf({
    b: tracksOnly([1, born(5, "a:1", 2)]),
    c: tracksOnly([1, born(9, "a:1", 2)]),
  });
  assert.deepEqual(namesOf(state), { "a:1": ["b:1", "c:1"] });
  assert.equal(objectsOf(state, NOW)[0].bornMs, WORLD_START_MS + 2);
});

Deno.test("objectsOf() does not follow a name forward in time, so names never go in a circle", () => {
  const circle = stateOf({
    a: tracksOnly([1, born(5, "b:1", 0)]),
    b: tracksOnly([1, born(7, "a:1", 5)]),
  });
  assert.deepEqual(namesOf(circle), { "a:1": ["a:1", "b:1"] });
  const self = stateOf({ a: tracksOnly([1, born(5, "a:1", 0)]) });
  assert.deepEqual(namesOf(self), { "a:1": ["a:1"] });
  const later = stateOf({ a: tracksOnly([1, born(5, "x:1", 9)]) });
  assert.deepEqual(namesOf(later), { "a:1": ["a:1"] });
  const twins = stateOf({
    a: tracksOnly([1, born(5, "b:1", 5)]),
    b: tracksOnly([1, born(5, "a:1", 5)]),
  });
  assert.deepEqual(namesOf(twins), { "a:1": ["a:1", "b:1"] });
});

Deno.test("objectsOf() forgets a track of which nobody spoke for a minute", () => {
  const state = stateOf({ a: tracksOnly([1, registerAt(0)]) });
  assert.equal(objectsOf(state, WORLD_START_MS + FORGET_MS).length, 1);
  assert.equal(objectsOf(state, WORLD_START_MS + FORGET_MS + 1).length, 0);
});

Deno.test("objectsOf() is without what was removed after its last track was added", () => {
  const tracks = stateOf({ a: tracksOnly([1, born(0)]), b: tracksOnly([1, born(5, "a:1")]) });
  const removedBy = (id: string, ms: number) =>
    namesOf(mergeAgent(tracks, "c", sayRemoved(EMPTY_AGENT, id, stampAt(ms))));
  const all = { "a:1": ["a:1", "b:1"] };
  assert.deepEqual(removedBy("a:1", 0), {});
  assert.deepEqual(removedBy("b:1", 0), {});
  assert.deepEqual(removedBy("a:1", -1), all);
  assert.deepEqual(removedBy("x:1", 5), all);
  const again = tracksOnly([2, { ...born(50, "a:1"), added: stampAt(60) }]);
  const state = mergeAgent(
    mergeAgent(tracks, "b", again),
    "c",
    sayRemoved(EMPTY_AGENT, "a:1", stampAt(59)),
  );
  assert.equal(objectsOf(state, NOW).length, 1);
});

Deno.test("objectsOf() are the same for the same state, however it came about", () => {
  const agents = ["a", "b", "c"];
  const said = fc.tuple(fc.constantFrom(...agents), anyAgentWorld(agents));
  fc.assert(
    fc.property(fc.array(said, { maxLength: 6 }), (all) => {
      const merge = (list: typeof all) =>
        list.reduce((state, [id, one]) => mergeAgent(state, id, one), EMPTY_WORLD);
      const [state, turned] = [merge(all), merge(all.toReversed())];
      assert.deepEqual(objectsOf(turned, NOW), objectsOf(state, NOW));
      const named = objectsOf(state, NOW).flatMap(({ tracks }) => tracks.map(({ id }) => id));
      assert.equal(new Set(named).size, named.length);
    }),
    { seed: 96, numRuns: 500 },
  );
});

Deno.test("confirmationsOf() counts an agent once, of which track and how often it ever confirmed", () => {
  const confirmed = (own: AgentWorld, ...ids: readonly string[]) =>
    ids.reduce((said, id, i) => sayConfirmed(said, id, stampAt(i)), own);
  const state = stateOf({
    a: confirmed(tracksOnly([1, born(0)]), "b:1"),
    b: confirmed(tracksOnly([1, born(5, "a:1")]), "a:1", "b:1", "b:1", "z:9"),
    c: confirmed(EMPTY_AGENT, "z:9"),
  });
  const [object] = objectsOf(state, NOW);
  assert.deepEqual([...confirmationsOf(state, object)], [["a", 1], ["b", 3]]);
  const doubled = [...state].reduce(
    (all, [id, own]) => mergeAgent(all, id, joinAgents(own, EMPTY_AGENT)),
    state,
  );
  assert.deepEqual([...confirmationsOf(doubled, object)], [["a", 1], ["b", 3]]);
});
