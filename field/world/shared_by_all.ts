/** How soon what is there is on every agent's map. */
import { distanceM, type Named } from "./clear_mot.ts";

/** One moment: what is there, and what each agent shows. */
export interface SharedMoment {
  readonly atMs: number;
  readonly truth: readonly Named[];
  readonly views: readonly (readonly Named[])[];
}

/**
 * For each true object, in ms: from the first moment in which it was there to the first in which all agents
 * show a track within `gateM` of it, under one id. Null for one that they never all show.
 */
export function msUntilHeldByAll(
  moments: readonly SharedMoment[],
  gateM: number,
): ReadonlyMap<string, number | null> {
  const firstMs = new Map<string, number>();
  const heldMs = new Map<string, number | null>();
  for (const { atMs, truth, views } of moments) {
    for (const one of truth) {
      const sinceMs = firstMs.get(one.id) ?? atMs;
      firstMs.set(one.id, sinceMs);
      if (typeof heldMs.get(one.id) === "number") continue;
      heldMs.set(one.id, isHeldByAll(one, views, gateM) ? atMs - sinceMs : null);
    }
  }
  return heldMs;
}

function isHeldByAll(
  one: Named,
  views: readonly (readonly Named[])[],
  gateM: number,
): boolean {
  const [first, ...others] = views.map((view) =>
    view.filter((track) => distanceM(one, track) <= gateM).map(({ id }) => id)
  );
  return first?.some((id) => others.every((ids) => ids.includes(id))) ?? false;
}
