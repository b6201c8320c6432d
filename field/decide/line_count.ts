/** Counts what goes over lines. */
import type { RuleMemory } from "./decide_state.ts";
import { inOrder, type Occasion } from "./occasion.ts";
import type { LineCondition, Rule, RuleSet } from "./rule.ts";
import type { Crossing } from "./track_looks.ts";

export interface Counted {
  readonly memory: RuleMemory;
  readonly occasions: readonly Occasion[];
}

/** Each `count` within the time is an occasion, and begins the count anew. Holds fewer than `count` times. */
export function countCrossings(
  { lines }: RuleSet,
  rule: Rule,
  before: RuleMemory,
  crossings: readonly Crossing[],
): Counted {
  const own = crossings.filter((one) => one.rule === rule);
  if (rule.when.kind !== "line" || own.length === 0) return { memory: before, occasions: [] };
  const { line: id, count, withinMs } = rule.when;
  const name = lines.find((line) => line.id === id)?.name ?? id;
  const occasions: Occasion[] = [];
  let times = before.crossingsMs;
  for (const crossing of own.toSorted((a, b) => inOrder(a.occasion, b.occasion))) {
    const { atMs } = crossing.occasion;
    times = [...times.filter((ms) => Math.abs(atMs - ms) < withinMs), atMs].sort((a, b) => a - b);
    if (times.length < count) continue;
    times = [];
    occasions.push(occasionOf(crossing, rule.when, name));
  }
  return { memory: { ...before, crossingsMs: times }, occasions };
}

/** Without those that another agent's decision has counted. */
export function uncountedBy(heard: Occasion, memory: RuleMemory): RuleMemory {
  return { ...memory, crossingsMs: memory.crossingsMs.filter((ms) => ms > heard.atMs) };
}

function occasionOf(
  { occasion, by }: Crossing,
  { way, count, withinMs }: LineCondition,
  line: string,
): Occasion {
  const { atMs } = occasion;
  return { ...occasion, reason: { kind: "line", line, way, count, withinMs, ...by, atMs } };
}
