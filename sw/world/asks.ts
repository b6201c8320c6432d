/** What decisions ask of this device; asked for twice, it is done once. */
import type { Ask } from "../../field/decide/actions.ts";
import type { Decision } from "../../field/decide/decision.ts";
import type { DeviceId } from "../../field/observation.ts";
import { tileAt } from "../../field/world/tiles.ts";
import type { WorldAgent } from "../../field/world/world_agent.ts";
import { GRID } from "./site.ts";

/** A source stays awake, and does not do without rest, whatever a rule says. */
const [LEAST_FACTOR, MOST_FACTOR] = [0.05, 10];
const MM = 1000;

/** Of the usual rate of this device's looks: what the last decision that still holds says; 1 without one. */
export function rateFactor(
  decisions: readonly Decision[],
  self: DeviceId,
  nowMs: number,
): number {
  let factor = 1;
  for (const { asks, atMs } of decisions) {
    for (const ask of asks) {
      const holds = ask.kind === "rate" && ask.agent === self && nowMs - atMs < ask.forMs;
      if (holds) factor = ask.percent / 100;
    }
  }
  return Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, factor));
}

/** Marks the tiles that were asked for; what was marked, or taken back for good, stays as it is. */
export function markTiles(agent: WorldAgent, decisions: readonly Decision[]): void {
  for (const { mark, place: [east, north] } of marksOf(decisions)) {
    const tile = tileAt(GRID, [east / MM, north / MM]);
    if (tile !== null) agent.mark(mark, tile);
  }
}

function marksOf(decisions: readonly Decision[]): readonly (Ask & { kind: "mark" })[] {
  return decisions.flatMap(({ asks }) => asks.flatMap((ask) => ask.kind === "mark" ? ask : []));
}
