/** The sentences of `explain.ts` in English. Another language is another {@link Words}. */
import { assertNever } from "../errors.ts";
import type { Decision } from "./decision.ts";
import type { Reason, Saying } from "./reason.ts";

export interface Words {
  readonly sentence: (decision: Decision, says: Says) => string;
}

/** How names and times are said. */
export interface Says {
  readonly agentName: (agent: string) => string;
  readonly timeOf: (atMs: number) => string;
}

/** So many agents are named; of more it is said how many. */
const MOST_NAMED = 4;

export const ENGLISH: Words = { sentence };

function sentence({ rule, reason, more }: Decision, says: Says): string {
  if (reason.kind === "held-back") return summary(reason);
  const others = more === 0 ? "" : ` (${more} more like it)`;
  return `${rule} at ${says.timeOf(timeOf(reason))}, because: ${because(reason, says)}${others}.`;
}

type OfRule = Exclude<Reason, { readonly kind: "held-back" }>;

/** Of silence, when it became one. */
function timeOf(reason: OfRule): number {
  return reason.kind === "silence" ? reason.sinceMs + reason.forMs : reason.atMs;
}

function because(reason: OfRule, says: Says): string {
  switch (reason.kind) {
    case "zone":
      return `${sayings(reason, says)} ${reason.change} zone ${reason.zone}`;
    case "line":
      return lineCount(reason, says);
    case "seen": {
      const where = reason.zone === null ? "" : ` in zone ${reason.zone}`;
      return `${sayings(reason, says)}${where}`;
    }
    case "anomaly": {
      const { agent, source, score, least } = reason;
      return `${source} of ${says.agentName(agent)} is unusual, ${decimal(score)} where ` +
        `${decimal(least)} is enough`;
    }
    case "silence": {
      const { agent, sinceMs, forMs } = reason;
      return `nothing was heard of ${says.agentName(agent)} since ${says.timeOf(sinceMs)}, ` +
        `for ${duration(forMs)}`;
    }
    default:
      return assertNever(reason);
  }
}

function lineCount(reason: Reason & { kind: "line" }, says: Says): string {
  const { line, way, count, withinMs } = reason;
  const how = way === "both" ? "" : way === "forward" ? " forward" : " backward";
  if (count === 1) return `${sayings(reason, says)} crossed line ${line}${how}`;
  return `${count} crossed line ${line}${how} within ${duration(withinMs)}, ` +
    `the last one ${sayings(reason, says)}`;
}

function summary({ rules }: Reason & { kind: "held-back" }): string {
  const total = rules.reduce((sum, { count }) => sum + count, 0);
  const each = rules.map(({ rule, count }) => `${rule} ${count}`).join(", ");
  return `${total} more ${total === 1 ? "alert" : "alerts"}: ${each}.`;
}

/** "person 0.81 by A and 0.64 by B, dog 0.55 by C": what the track is taken for first. */
function sayings(
  { label, by }: { readonly label: string; readonly by: readonly Saying[] },
  says: Says,
): string {
  const labels = [...new Set([label, ...by.map((one) => one.label)])];
  const named = by.slice(0, MOST_NAMED);
  const groups = labels.flatMap((name) => {
    const own = named.filter((one) => one.label === name);
    const each = own.map(({ agent, confidence }) =>
      `${decimal(confidence)} by ${says.agentName(agent)}`
    );
    return own.length > 0 ? `${name} ${each.join(" and ")}` : [];
  });
  const others = by.length - named.length;
  const all = groups.length > 0 ? groups.join(", ") : label;
  return others > 0 ? `${all} and ${others} more` : all;
}

/** Thousandths to two decimals. */
function decimal(thousandths: number): string {
  const hundredths = Math.round(thousandths / 10);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
