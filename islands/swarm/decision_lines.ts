/** The swarm's decisions as lines of a log. Pure. */
import type { DroneReport, SpokenDecision } from "../../field/swarm/swarm_report.ts";

export interface DecisionLine {
  readonly id: string;
  /** ms since the swarm began. */
  readonly atMs: number;
  readonly words: string;
  /** It sends a drone somewhere. */
  readonly isErrand: boolean;
}

const MOST_LINES = 30;
/** So long it is news, ms of the swarm's time. */
export const NEWS_MS = 6_000;

/** The newest of the lines that sends a drone somewhere; null when that is old. */
export function newsOf(lines: readonly DecisionLine[], nowMs: number): DecisionLine | null {
  return lines.find(({ isErrand, atMs }) => isErrand && nowMs - atMs <= NEWS_MS) ?? null;
}

/** Newest first. Each drone decides for itself: what several decided is one line, of who was first. */
export function decisionLines(
  drones: readonly Pick<DroneReport, "decisions">[],
): readonly DecisionLine[] {
  const first = new Map<string, SpokenDecision>();
  const errands = new Set<string>();
  for (const { decisions } of drones) {
    for (const decision of decisions) {
      const known = first.get(decision.id);
      if (!known || decision.atMs < known.atMs) first.set(decision.id, decision);
      if (decision.does.includes("confirm")) errands.add(decision.id);
    }
  }
  return [...first.values()]
    .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_LINES)
    .map(({ id, atMs, words }) => ({ id, atMs, words, isErrand: errands.has(id) }));
}
