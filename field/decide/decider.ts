/**
 * Decides by the crew's rules what is to be done about the world: a pure function of what it remembers, the
 * rules and what is there, so that agents which see the same decide the same, under the same ids.
 *
 * Each agent decides for itself, since any may be alone. What one decided, it tells the others; to them that is
 * an occasion like their own (`heard`), with the same id when they saw it too, and held to the same cool-downs.
 * So an agent's user is told of a thing once, whoever saw it, and also when only others did.
 */
import {
  type DecideState,
  FORGET_MS,
  isWithin,
  lastDecided,
  NEW_RULE,
  ofRules,
  remembered,
  type RuleMemory,
  type SubjectMemory,
} from "./decide_state.ts";
import {
  type Decision,
  decisionOf,
  hasAlert,
  inUrgency,
  summaryOf,
  withoutAlert,
} from "./decision.ts";
import { countCrossings, uncountedBy } from "./line_count.ts";
import { inOrder, type Occasion, occasionId } from "./occasion.ts";
import { admit, hasRoom, recent, restrain } from "./restraint.ts";
import type { Rule, RuleSet } from "./rule.ts";
import { first, watchWorld, type WorldInputs } from "./watch_world.ts";

export interface DecideInputs extends WorldInputs {
  /** What others decided, as they told it: parsed, and from members of the crew. Of more than the most the first. */
  readonly heard: readonly Occasion[];
}

export interface Decided {
  readonly state: DecideState;
  /** The most urgent first. */
  readonly decisions: readonly Decision[];
}

export const MOST_HEARD = 64;
/** What others decided longer ago is no news. */
export const HEARD_MS = 5 * 60_000;

/** What a step works on: its own copies. */
interface Draft {
  readonly subjects: Map<string, SubjectMemory>;
  readonly rules: Map<string, RuleMemory>;
  readonly decided: Set<string>;
  readonly heldBack: Map<string, number>;
  alertsMs: readonly number[];
  readonly decisions: Decision[];
}

/** To be called with each change of the world, and once a second without. `state` is not changed. */
export function decide(state: DecideState, set: RuleSet, inputs: DecideInputs): Decided {
  const { subjects, heldBack } = ofRules(state, set);
  const seen = watchWorld(subjects, set, inputs);
  const heard = heardLately(inputs);
  const draft: Draft = {
    subjects: new Map(seen.subjects),
    rules: new Map(set.rules.map(({ id }) => [id, state.rules.get(id) ?? NEW_RULE])),
    decided: new Set(state.decided),
    heldBack: new Map(heldBack),
    alertsMs: recent(state.alertsMs, inputs.nowMs),
    decisions: [],
  };
  summarize(draft, set, inputs.nowMs);
  for (const rule of set.rules.toSorted(inUrgency)) {
    const before = draft.rules.get(rule.id) ?? NEW_RULE;
    const counted = countCrossings(set, rule, before, seen.crossings);
    draft.rules.set(rule.id, counted.memory);
    const own = [...seen.occasions, ...counted.occasions].filter((one) => one.rule === rule.id);
    decideBy(draft, rule, own, heard.filter((one) => one.rule === rule.id), inputs);
  }
  return { state: stateOf(draft, set, inputs.nowMs), decisions: draft.decisions.sort(inUrgency) };
}

function heardLately({ heard, nowMs }: DecideInputs): readonly Occasion[] {
  const fresh = heard.filter(({ atMs }) => isWithin(atMs, nowMs, HEARD_MS));
  return first(fresh, MOST_HEARD, ({ rule, subject, atMs }) => `${rule} ${subject} ${atMs}`);
}

function decideBy(
  draft: Draft,
  rule: Rule,
  own: readonly Occasion[],
  heard: readonly Occasion[],
  inputs: DecideInputs,
): void {
  const before = heard.reduce(
    (memory, one) => uncountedBy(one, memory),
    draft.rules.get(rule.id) ?? NEW_RULE,
  );
  const admitted = [...own, ...heard].sort(inOrder).filter((one) =>
    isNews(draft, rule, one, inputs)
  );
  const { memory, lead, more } = restrain(rule, before, admitted, inputs.nowMs);
  draft.rules.set(rule.id, memory);
  if (!lead) return;
  draft.decided.add(occasionId(rule, lead));
  give(draft, rule, decisionOf(rule, lead, more, inputs), inputs.nowMs);
}

/** Remembers it, too. */
function isNews(draft: Draft, rule: Rule, occasion: Occasion, { nowMs }: DecideInputs): boolean {
  const { subject } = occasion;
  const memory = admit(rule, occasion, draft.subjects.get(subject), nowMs);
  if (memory) draft.subjects.set(subject, memory);
  return memory !== null && !draft.decided.has(occasionId(rule, occasion));
}

/** With its alert, if there is room for one more. */
function give(draft: Draft, rule: Rule, decision: Decision, nowMs: number): void {
  const isTooMuch = hasAlert(decision) && !hasRoom(draft.alertsMs, rule.urgency, nowMs);
  if (isTooMuch) {
    draft.heldBack.set(rule.id, (draft.heldBack.get(rule.id) ?? 0) + 1 + decision.more);
  } else if (hasAlert(decision)) draft.alertsMs = [...draft.alertsMs, nowMs];
  draft.decisions.push(isTooMuch ? withoutAlert(decision) : decision);
}

/** As soon as there is room, one alert tells of those that were too many. */
function summarize(draft: Draft, { rules }: RuleSet, nowMs: number): void {
  const held = rules.filter(({ id }) => draft.heldBack.has(id)).sort(inUrgency);
  if (held.length === 0 || !hasRoom(draft.alertsMs, held[0].urgency, nowMs)) return;
  const counts = held.map(({ id, name }) => ({ rule: name, count: draft.heldBack.get(id) ?? 0 }));
  draft.heldBack.clear();
  draft.alertsMs = [...draft.alertsMs, nowMs];
  draft.decisions.push(summaryOf(counts, held[0].urgency, nowMs));
}

function stateOf(draft: Draft, { rules }: RuleSet, nowMs: number): DecideState {
  const keepMs = Math.max(FORGET_MS, ...rules.map(({ coolDown }) => coolDown.subjectMs));
  return {
    subjects: remembered(draft.subjects, nowMs, keepMs),
    rules: draft.rules,
    decided: lastDecided([...draft.decided]),
    alertsMs: draft.alertsMs,
    heldBack: draft.heldBack,
  };
}
