import type { NotedObservation, Observation } from "../../field/observation.ts";

/**
 * Puts a page of observations into those that are known: newest first, each id once, the later record
 * of an id in place of the earlier. The very same list when nothing changed.
 */
export function mergeObservations(
  known: readonly NotedObservation[],
  page: readonly NotedObservation[],
): readonly NotedObservation[] {
  const byId = new Map(known.map((observation) => [observation.id, observation]));
  const changed = page.filter((observation) => isNews(byId.get(observation.id), observation));
  if (changed.length === 0) return known;
  for (const observation of changed) byId.set(observation.id, observation);
  return [...byId.values()].sort(newestFirst);
}

/** The later record of an observation has its latest frame; one that has ended stays ended. */
function isNews(known: NotedObservation | undefined, next: NotedObservation): boolean {
  if (!known) return true;
  // notes are small, and have their fields and labels in one order
  if (JSON.stringify(next.notes) !== JSON.stringify(known.notes)) return true;
  return next.last !== known.last || next.open !== known.open || next.frames !== known.frames ||
    next.thumb !== known.thumb || next.score !== known.score;
}

function newestFirst(a: Observation, b: Observation): number {
  return b.first - a.first || (a.id < b.id ? 1 : -1);
}
