import assert from "node:assert/strict";
import { HybridClock } from "../../field/clock.ts";
import type { Ask } from "../../field/decide/actions.ts";
import { type Decision, decisionOf } from "../../field/decide/decision.ts";
import { tileAt } from "../../field/world/tiles.ts";
import { WorldAgent } from "../../field/world/world_agent.ts";
import { markedTiles } from "../../field/world/world_state.ts";
import { DECIDE_START_MS, IN_NORTH, occasionAt, ruleOf } from "../../tests/fixtures/decisions.ts";
import { idOf } from "../../tests/fixtures/devices.ts";
import { markTiles, rateFactor } from "./asks.ts";
import { GRID } from "./site.ts";

const [ANN, BOB] = [idOf(1), idOf(2)];

function asking(atMs: number, ...asks: readonly Ask[]): Decision {
  const nowMs = DECIDE_START_MS + atMs;
  const decision = decisionOf(ruleOf({ when: IN_NORTH }), occasionAt(nowMs), 0, {
    ...{ agents: [], nowMs },
  });
  return { ...decision, asks };
}
const rate = (agent: string, percent: number, forMs: number): Ask => ({
  ...{ kind: "rate", agent, percent, forMs },
});

Deno.test("rateFactor() is what the last decision says that still holds, within what a source bears", () => {
  const decisions = [
    asking(0, rate(ANN, 300, 60_000)),
    asking(1_000, rate(BOB, 900, 60_000), rate(ANN, 50, 10_000)),
  ];
  const at = (ms: number) => rateFactor(decisions, ANN, DECIDE_START_MS + ms);
  assert.deepEqual([at(1_000), at(10_999), at(11_000), at(59_999), at(60_000)], [
    ...[0.5, 0.5, 3, 3, 1],
  ]);
  assert.equal(rateFactor([], ANN, DECIDE_START_MS), 1);
  assert.equal(rateFactor([asking(0, rate(ANN, 0, 9_000))], ANN, DECIDE_START_MS), 0.05);
  assert.equal(rateFactor([asking(0, rate(ANN, 5000, 9_000))], ANN, DECIDE_START_MS), 10);
});

Deno.test("markTiles() marks the tile of the place, once, and none that was taken back or lies beyond", () => {
  const agent = new WorldAgent(ANN, new HybridClock(() => DECIDE_START_MS));
  const mark = (place: readonly [number, number]): Ask => ({
    ...{ kind: "mark", mark: "searched", place },
  });
  const asked = [asking(0, mark([7_000, -3_000])), asking(0, mark([900_000, 0]))];
  markTiles(agent, asked);
  const tile = tileAt(GRID, [7, -3]) ?? assert.fail();
  assert.deepEqual(markedTiles(agent.state, "searched"), [tile]);
  const { state } = agent;
  markTiles(agent, asked);
  assert.equal(agent.state, state, "nothing new to keep");
  agent.mark("searched", tile, "removed");
  markTiles(agent, asked);
  assert.deepEqual(markedTiles(agent.state, "searched"), []);
});
