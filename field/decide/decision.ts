/** What is to be done, and why: data. `explain.ts` says it in words. */
import { type AgentBeat, type Ask, askFor, isUnmet, type Unmet } from "./actions.ts";
import { type Occasion, occasionId } from "./occasion.ts";
import type { Count, Reason } from "./reason.ts";
import { type Rule, URGENCIES, type Urgency } from "./rule.ts";

export interface Decision {
  /** See `occasionId`. Done once, whoever decides it. */
  readonly id: string;
  /** The rule's name; null for a summary, which is for this agent's user alone. */
  readonly rule: string | null;
  readonly urgency: Urgency;
  /** When it was decided: ms of the hybrid clock. */
  readonly atMs: number;
  /** What to tell the other agents; null for a summary. */
  readonly occasion: Occasion | null;
  readonly reason: Reason;
  /** How many more like it there were since the rule decided last. */
  readonly more: number;
  readonly asks: readonly Ask[];
  readonly unmet: readonly Unmet[];
}

/** With all that its rule asks for. */
export function decisionOf(
  rule: Rule,
  occasion: Occasion,
  more: number,
  { agents, nowMs }: { readonly agents: readonly AgentBeat[]; readonly nowMs: number },
): Decision {
  const all = rule.actions.flatMap((action) => askFor(action, occasion, agents, nowMs));
  return {
    id: occasionId(rule, occasion),
    ...{ rule: rule.name, urgency: rule.urgency, atMs: nowMs },
    ...{ occasion, reason: occasion.reason, more },
    asks: all.filter((one): one is Ask => !isUnmet(one)),
    unmet: all.filter(isUnmet),
  };
}

/** There were too many alerts: this one is told of in a summary. */
export function withoutAlert(decision: Decision): Decision {
  return {
    ...decision,
    asks: decision.asks.filter(({ kind }) => kind !== "alert"),
    unmet: [...decision.unmet, { action: "alert", because: "too-many-alerts" }],
  };
}

export function hasAlert({ asks }: Decision): boolean {
  return asks.some(({ kind }) => kind === "alert");
}

/** "12 more": one alert for all that were too many. */
export function summaryOf(rules: readonly Count[], urgency: Urgency, nowMs: number): Decision {
  return {
    ...{ id: `summary/${nowMs}`, rule: null, urgency, atMs: nowMs, occasion: null, more: 0 },
    reason: { kind: "held-back", rules },
    asks: [{ kind: "alert", sound: "chime", vibration: "short", notification: true }],
    unmet: [],
  };
}

/** The most urgent first; of equals the first in order of the ids. */
export function inUrgency(
  a: { readonly urgency: Urgency; readonly id: string },
  b: { readonly urgency: Urgency; readonly id: string },
): number {
  const by = URGENCIES.indexOf(b.urgency) - URGENCIES.indexOf(a.urgency);
  return by || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
