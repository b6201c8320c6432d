/** What there was to decide, and from which frame on: by one that knows every frame when it is taken. */
import type { RuleSet } from "../../field/decide/rule.ts";
import { Brain } from "./brain.ts";
import type { Recording } from "./recording.ts";
import { BEGAN_MS } from "./scenario.ts";

export interface Event {
  /** The rule's id: a rule is about one object (`rules.ts`), and counts the first time. */
  readonly rule: string;
  /** Of the frame that it rests on: who took it, and when, ms since the start. */
  readonly drone: number;
  readonly atMs: number;
}

/** No links, no losses, no latency of a detector; it decides at every frame. */
export function eventsOf({ seen }: Recording, rules: RuleSet): readonly Event[] {
  let nowMs = BEGAN_MS;
  const brain = new Brain(() => nowMs);
  const events = new Map<string, Event>();
  for (const { drone, seen: detections, atMs } of seen) {
    nowMs = BEGAN_MS + atMs;
    brain.see(drone, detections, nowMs);
    for (const { rule } of brain.decide(rules)) {
      if (!events.has(rule)) events.set(rule, { rule, drone, atMs });
    }
  }
  return [...events.values()];
}
