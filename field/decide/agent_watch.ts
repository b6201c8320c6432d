/** What agents and their sources show of the rules: silence, and anomalies. */
import type { AgentBeat } from "./actions.ts";
import type { SubjectMemory } from "./decide_state.ts";
import { type Occasion, subjectOf } from "./occasion.ts";
import { inThousandths } from "./reason.ts";
import type { Rule } from "./rule.ts";
import { type SitePoint, sitePoint } from "./site_point.ts";

/** How unusual a source is just now. */
export interface AnomalyReading {
  readonly agent: string;
  /** The source's name with its agent. */
  readonly source: string;
  /** 0..1. */
  readonly score: number;
  /** ms of the hybrid clock. */
  readonly atMs: number;
}

/** A score that was enough stays so until it is by this lower, thousandths. */
const SCORE_MARGIN = 100;

/** What is watched of an agent or a source: which rules hold for it, and what to say of those that just came to. */
export interface Watched {
  readonly on: ReadonlySet<string>;
  readonly occasions: readonly Occasion[];
}

/** An agent is silent from `forMs` after its last beat to its next one. */
export function watchAgent(
  rules: readonly Rule[],
  { agent, atMs, position }: AgentBeat,
  before: SubjectMemory,
  nowMs: number,
): Watched {
  const place = position && sitePoint(position);
  const subject = subjectOf("agent", agent);
  return watch(rules, before, ({ id, when }) => {
    if (when.kind !== "silence" || when.agent !== null && when.agent !== agent) return null;
    if (nowMs - atMs < when.forMs) return null;
    const reason = { kind: "silence", agent, sinceMs: atMs, forMs: when.forMs } as const;
    return { rule: id, subject, atMs: atMs + when.forMs, place, seeing: [], reason };
  });
}

/** `place`: of the reading's agent. */
export function watchSource(
  rules: readonly Rule[],
  { agent, source, score, atMs }: AnomalyReading,
  before: SubjectMemory,
  place: SitePoint | null,
): Watched {
  const subject = sourceSubject({ agent, source });
  const thousandths = inThousandths(score);
  return watch(rules, before, ({ id, when }, wasOn) => {
    if (when.kind !== "anomaly" || when.source !== null && when.source !== source) return null;
    if (thousandths < when.score - (wasOn ? SCORE_MARGIN : 0)) return null;
    const least = when.score;
    const reason = { kind: "anomaly", agent, source, score: thousandths, least, atMs } as const;
    return { rule: id, subject, atMs, place, seeing: [agent], reason };
  });
}

/** Agents' ids have no colon. */
export function sourceSubject({ agent, source }: Pick<AnomalyReading, "agent" | "source">): string {
  return subjectOf("source", `${agent}:${source}`);
}

/** An occasion is when a rule begins to hold. */
function watch(
  rules: readonly Rule[],
  before: SubjectMemory,
  holds: (rule: Rule, wasOn: boolean) => Occasion | null,
): Watched {
  const holding = rules.flatMap((rule) => holds(rule, before.on.has(rule.id)) ?? []);
  const on = new Set(holding.map(({ rule }) => rule));
  return { on, occasions: holding.filter(({ rule }) => !before.on.has(rule)) };
}
