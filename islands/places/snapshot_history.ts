/** What is remembered of the world for looking back: moments of it, with what was decided by then. Pure. */
import type { Decision } from "../../field/decide/decision.ts";
import type { WorldMoment, WorldReport } from "../../field/world_messages.ts";
import type { PlaceSnapshot } from "./place_snapshot.ts";

/** Ten minutes, one a second. */
const MOST = 600;
const APART_MS = 1_000;

/** The moments that the worker remembers, oldest first. */
export function historyOf(
  past: readonly WorldMoment[],
  decisions: readonly Decision[],
): readonly PlaceSnapshot[] {
  return past.slice(-MOST).map((moment) => snapshotOf(moment, decisions));
}

/** With the world as it is now at the end: it takes the last one's place unless that is a second old. */
export function withNow(
  history: readonly PlaceSnapshot[],
  { now, decisions }: Pick<WorldReport, "now" | "decisions">,
): readonly PlaceSnapshot[] {
  const before = history.filter(({ atMs }) => atMs < now.atMs);
  const [earlier, last] = [before.at(-2), before.at(-1)];
  const isClose = earlier && last && last.atMs - earlier.atMs < APART_MS;
  const kept = isClose ? before.slice(0, -1) : before;
  return [...kept.slice(1 - MOST), snapshotOf(now, decisions)];
}

function snapshotOf(moment: WorldMoment, decisions: readonly Decision[]): PlaceSnapshot {
  const { atMs, agents, tracks, tiles } = moment;
  const decided = decisions.filter((decision) => decision.atMs <= atMs);
  return { atMs, agents, tracks, tiles, decisions: decided };
}
