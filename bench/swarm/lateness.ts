/** How long after what there was to decide each drone knows the decision. Times are ms since the start. */
import type { Event } from "./oracle.ts";
import { DRONES } from "./recording.ts";
import { APART_S, BEGAN_MS, isApart, SECONDS } from "./scenario.ts";
import type { KnownDecision } from "./team.ts";

/** Of what is seen later than so long before the links are cut, or the run ends, not all can be known by then. */
const DECIDED_WITHIN_MS = 2_000;
const END_MS = SECONDS * 1000;

/** That one drone is to know of one event. */
export interface Lateness {
  /** While all were linked, and for long enough after; while they were apart; or in between. */
  readonly when: "linked" | "apart" | "between";
  /** Of the drone that took the frame. */
  readonly isOwn: boolean;
  /** From the frame on; to the end of the run where it never knew. */
  readonly lateMs: number;
  readonly isNever: boolean;
  /** It knew before the links were there again. */
  readonly isWhileApart: boolean;
}

/** Of each event and drone. From the first frame that would have been enough, or the one that it rests on. */
export function latenessOf(
  events: readonly Event[],
  decisions: readonly KnownDecision[],
): readonly Lateness[] {
  const firsts = firstsOf(decisions);
  return events.filter(({ atMs }) => atMs <= END_MS - DECIDED_WITHIN_MS).flatMap((event) =>
    Array.from({ length: DRONES }, (_, drone): Lateness => {
      const first = firsts.get(keyOf(event.rule, drone));
      const seenAtMs = first ? first.seenAtMs - BEGAN_MS : event.atMs;
      const knownAtMs = first ? first.atMs - BEGAN_MS : END_MS;
      return {
        ...{ when: whenOf(event.atMs), isOwn: drone === event.drone, isNever: !first },
        lateMs: knownAtMs - Math.min(event.atMs, seenAtMs),
        isWhileApart: first !== undefined && knownAtMs < APART_S[1] * 1000,
      };
    })
  );
}

/** Decisions that a drone knew of besides, a drone: an object under another name, or none. */
export function beyondOf(events: readonly Event[], decisions: readonly KnownDecision[]): number {
  const rules = new Set(events.map(({ rule }) => rule));
  const firsts = [...firstsOf(decisions).values()].filter(({ rule }) => rules.has(rule));
  return (decisions.length - firsts.length) / DRONES;
}

/** By rule and drone. */
function firstsOf(decisions: readonly KnownDecision[]): ReadonlyMap<string, KnownDecision> {
  const firsts = new Map<string, KnownDecision>();
  for (const one of decisions) {
    const key = keyOf(one.rule, one.drone);
    const known = firsts.get(key);
    if (!known || one.atMs < known.atMs) firsts.set(key, one);
  }
  return firsts;
}

function keyOf(rule: string, drone: number): string {
  return `${drone} ${rule}`;
}

function whenOf(ms: number): Lateness["when"] {
  if (isApart(ms)) return "apart";
  return isApart(ms + DECIDED_WITHIN_MS) ? "between" : "linked";
}
