/** Decisions that have a place, and those that are news. */
import type { Decision } from "../../field/decide/decision.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { inMetres } from "./outline_draft.ts";

export interface PlacedDecision {
  readonly decision: Decision;
  readonly place: Vector;
}

/** Older ones are in the list alone: the plan shows what matters now, ms. */
export const ON_PLAN_MS = 5 * 60_000;
/** As long a decision is said over the plan, ms. */
export const NEWS_MS = 60_000;

export function placedDecisions(
  all: readonly Decision[],
  nowMs: number,
): readonly PlacedDecision[] {
  return all.filter(({ atMs }) => nowMs - atMs <= ON_PLAN_MS).flatMap((decision) => {
    const place = decision.occasion?.place;
    return place ? [{ decision, place: inMetres(place) }] : [];
  });
}

/** The latest of the last minute; null when there is none. */
export function newestDecision(all: readonly Decision[], nowMs: number): Decision | null {
  const fresh = all.filter(({ atMs }) => nowMs - atMs <= NEWS_MS);
  return fresh.reduce<Decision | null>(
    (newest, one) => newest && newest.atMs > one.atMs ? newest : one,
    null,
  );
}
