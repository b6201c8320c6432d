/** What a crew wants to be told, and done, about the world: data, so that all agents go by the same. */
import type { TileMark } from "../world/tiles.ts";
import type { SitePoint } from "./site_point.ts";

/** A polygon; its outline belongs to it. */
export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly corners: readonly SitePoint[];
}

/** A segment. Forward is from the left to the right of who looks along it, `from` to `to`. */
export interface Line {
  readonly id: string;
  readonly name: string;
  readonly from: SitePoint;
  readonly to: SitePoint;
}

export const WAYS = ["forward", "back"] as const;
export type Way = typeof WAYS[number];

/** Which tracks. Empty `labels`: all. `confidence`: at least, in thousandths. */
export interface Kind {
  readonly labels: readonly string[];
  readonly confidence: number;
}

/** A track of that kind is in the zone, or was and is no more. */
export interface ZoneCondition extends Kind {
  readonly kind: "zone";
  readonly zone: string;
  readonly change: "entered" | "left";
}

/** `count` tracks of that kind went over the line within `withinMs`. */
export interface LineCondition extends Kind {
  readonly kind: "line";
  readonly line: string;
  /** With "both" a track counts once, whichever way it went first. */
  readonly way: Way | "both";
  readonly count: number;
  readonly withinMs: number;
}

/** As many agents each say `label` of a track with that confidence (thousandths); in the zone, if there is one. */
export interface SeenCondition {
  readonly kind: "seen";
  readonly label: string;
  readonly confidence: number;
  readonly agents: number;
  readonly zone: string | null;
}

/** A source's anomaly score is at least `score` (thousandths). Null: any source. */
export interface AnomalyCondition {
  readonly kind: "anomaly";
  readonly source: string | null;
  readonly score: number;
}

/** Nothing was heard of an agent for as long. Null: of any. */
export interface SilenceCondition {
  readonly kind: "silence";
  readonly agent: string | null;
  readonly forMs: number;
}

export type Condition =
  | ZoneCondition
  | LineCondition
  | SeenCondition
  | AnomalyCondition
  | SilenceCondition;

export const SOUNDS = ["none", "chime", "alarm"] as const;
export const VIBRATIONS = ["none", "short", "long"] as const;

export interface AlertAction {
  readonly kind: "alert";
  readonly sound: typeof SOUNDS[number];
  readonly vibration: typeof VIBRATIONS[number];
  readonly notification: boolean;
}

/** Whose rate: of the agents that see it, of the one nearest to it, or of a certain one. */
export type RateTarget = "seeing" | "nearest" | { readonly agent: string };

export interface RateAction {
  readonly kind: "rate";
  readonly of: RateTarget;
  /** Of the usual rate: above 100 raises it, below lowers it. */
  readonly percent: number;
  readonly forMs: number;
}

/** Asks the nearest agent to have a look. */
export interface ConfirmAction {
  readonly kind: "confirm";
}

/** Marks the tile where it happened. */
export interface MarkAction {
  readonly kind: "mark";
  readonly mark: TileMark;
}

export type Action = AlertAction | RateAction | ConfirmAction | MarkAction;

/** The least urgent first. */
export const URGENCIES = ["note", "warning", "alarm"] as const;
export type Urgency = typeof URGENCIES[number];

export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly urgency: Urgency;
  readonly when: Condition;
  readonly actions: readonly Action[];
  /** After a decision the rule is silent for `ruleMs`, and of the same track, agent or source for `subjectMs`. */
  readonly coolDown: { readonly ruleMs: number; readonly subjectMs: number };
}

/** Sorted by id, each once; what rules name is there. See `parseRules`. */
export interface RuleSet {
  readonly zones: readonly Zone[];
  readonly lines: readonly Line[];
  readonly rules: readonly Rule[];
}

export const NO_RULES: RuleSet = { zones: [], lines: [], rules: [] };
