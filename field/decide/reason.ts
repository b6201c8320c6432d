/** Why something was decided: data, from which `explain.ts` makes a sentence in any language. */
import type { WorldTrack } from "../world/world_track.ts";
import type { Way } from "./rule.ts";

/** That an agent says so. Confidence in thousandths. */
export interface Saying {
  readonly agent: string;
  readonly label: string;
  readonly confidence: number;
}

/** `by`: the surest first. `atMs`, `sinceMs`: ms of the hybrid clock. */
export type Reason =
  | {
    readonly kind: "zone";
    readonly change: "entered" | "left";
    /** Its name; so for the line below. */
    readonly zone: string;
    readonly label: string;
    readonly by: readonly Saying[];
    readonly atMs: number;
  }
  | {
    readonly kind: "line";
    readonly line: string;
    readonly way: Way | "both";
    readonly count: number;
    readonly withinMs: number;
    /** Of the last one. */
    readonly label: string;
    readonly by: readonly Saying[];
    readonly atMs: number;
  }
  | {
    readonly kind: "seen";
    readonly label: string;
    readonly zone: string | null;
    readonly by: readonly Saying[];
    readonly atMs: number;
  }
  | {
    readonly kind: "anomaly";
    readonly agent: string;
    readonly source: string;
    /** Thousandths. */
    readonly score: number;
    readonly least: number;
    readonly atMs: number;
  }
  | {
    readonly kind: "silence";
    readonly agent: string;
    readonly sinceMs: number;
    readonly forMs: number;
  }
  /** Alerts that were too many; by the rules' names. */
  | { readonly kind: "held-back"; readonly rules: readonly Count[] };

export interface Count {
  readonly rule: string;
  readonly count: number;
}

/** Fractions as rules have them. */
export function inThousandths(fraction: number): number {
  return Math.round(fraction * 1000) + 0;
}

/** What the agents say of a track. */
export function sayingsOf({ sources }: WorldTrack): readonly Saying[] {
  return sources.map(({ agent, label, confidence }) => ({
    agent,
    label,
    confidence: inThousandths(confidence),
  })).sort((a, b) => b.confidence - a.confidence || (a.agent < b.agent ? -1 : 1));
}
