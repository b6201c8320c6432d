/** No storms of alerts: what of the occasions becomes a decision. */
import type { Fired, RuleMemory, SubjectMemory } from "./decide_state.ts";
import { isWithin, NEW_SUBJECT } from "./decide_state.ts";
import { inOrder, isTrackSubject, type Occasion } from "./occasion.ts";
import type { Rule, Urgency } from "./rule.ts";

/**
 * Alerts in any minute, by how urgent the next one is: what is less urgent cannot take the room of what is more.
 */
export const MOST_ALERTS: Readonly<Record<Urgency, number>> = { note: 4, warning: 6, alarm: 8 };
export const ALERTS_PER_MS = 60_000;

/** The subject's memory when this is news of it; null when it was decided of just before, or has not moved since. */
export function admit(
  rule: Rule,
  occasion: Occasion,
  before: SubjectMemory | undefined,
  nowMs: number,
): SubjectMemory | null {
  const memory = before ?? { ...NEW_SUBJECT, touchedMs: nowMs };
  const last = memory.fired.get(rule.id);
  if (last && (last.isStill || isWithin(last.atMs, occasion.atMs, rule.coolDown.subjectMs))) {
    return null;
  }
  const { atMs, place, subject } = occasion;
  const fired: Fired = { atMs, place, isStill: place !== null && isTrackSubject(subject) };
  return { ...memory, fired: new Map(memory.fired).set(rule.id, fired) };
}

export interface Restrained {
  readonly memory: RuleMemory;
  /** What to decide of, the last that happened; null for nothing now. */
  readonly lead: Occasion | null;
  /** How many more there were since the rule decided last. */
  readonly more: number;
}

/** While the rule cools down its occasions are counted; afterwards the last of them stands for all. */
export function restrain(
  rule: Rule,
  before: RuleMemory,
  admitted: readonly Occasion[],
  nowMs: number,
): Restrained {
  const count = before.held + admitted.length;
  const last = admitted.toSorted(inOrder).at(-1) ?? before.lastHeld;
  const isCooling = before.firedMs !== null &&
    isWithin(before.firedMs, nowMs, rule.coolDown.ruleMs);
  if (isCooling || !last) {
    return { memory: { ...before, held: count, lastHeld: last }, lead: null, more: 0 };
  }
  const memory = { ...before, firedMs: nowMs, held: 0, lastHeld: null };
  return { memory, lead: last, more: count - 1 };
}

/** Is there room for one more alert? `alertsMs`: when others were given. */
export function hasRoom(alertsMs: readonly number[], urgency: Urgency, nowMs: number): boolean {
  return recent(alertsMs, nowMs).length < MOST_ALERTS[urgency];
}

/** Those of the last minute. */
export function recent(alertsMs: readonly number[], nowMs: number): readonly number[] {
  return alertsMs.filter((atMs) => isWithin(atMs, nowMs, ALERTS_PER_MS));
}
