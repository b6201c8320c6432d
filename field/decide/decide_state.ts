/**
 * What a decider remembers: plain data that can be cloned and kept, so that a worker that starts again does not
 * alert again. Bounded, however many tracks come by.
 */
import type { LineTrace } from "./line.ts";
import type { Occasion } from "./occasion.ts";
import type { RuleSet } from "./rule.ts";
import type { Settled } from "./settled.ts";
import type { SitePoint } from "./site_point.ts";

/** That a rule has decided of a subject. */
export interface Fired {
  /** The occasion's time. */
  readonly atMs: number;
  readonly place: SitePoint | null;
  /** A track that has stayed at that place ever since. */
  readonly isStill: boolean;
}

/** Of a track: what its looks have shown so far. */
export interface TrackTrace {
  readonly lastAtMs: number;
  readonly label: string;
  readonly place: SitePoint;
  /** By zone or line; what is not here is as at the beginning. */
  readonly zones: ReadonlyMap<string, Settled<boolean>>;
  readonly lines: ReadonlyMap<string, LineTrace>;
}

/** Of a track, agent or source. */
export interface SubjectMemory {
  /** When it was there last, by the time that `decide` was told. */
  readonly touchedMs: number;
  /** Rules that hold for it now, and decide no more until they did not hold. */
  readonly on: ReadonlySet<string>;
  /** By rule. */
  readonly fired: ReadonlyMap<string, Fired>;
  readonly trace: TrackTrace | null;
}

export interface RuleMemory {
  /** When it decided last; null when never. */
  readonly firedMs: number | null;
  /** Occasions since that came too soon after it, and the last of them. */
  readonly held: number;
  readonly lastHeld: Occasion | null;
  /** Of a line's rule: when tracks went over, since it decided last; rising. */
  readonly crossingsMs: readonly number[];
}

export interface DecideState {
  readonly subjects: ReadonlyMap<string, SubjectMemory>;
  readonly rules: ReadonlyMap<string, RuleMemory>;
  /** Ids of the last decisions, the newest last. */
  readonly decided: ReadonlySet<string>;
  /** When the last alerts were given; rising. */
  readonly alertsMs: readonly number[];
  /** Alerts that were too many, by rule, since the last summary. */
  readonly heldBack: ReadonlyMap<string, number>;
}

export const EMPTY_STATE: DecideState = {
  ...{ subjects: new Map(), rules: new Map(), decided: new Set(), alertsMs: [] },
  heldBack: new Map(),
};

export const NEW_SUBJECT: SubjectMemory = {
  ...{ touchedMs: 0, on: new Set(), fired: new Map(), trace: null },
};

export const NEW_RULE: RuleMemory = { firedMs: null, held: 0, lastHeld: null, crossingsMs: [] };

/** Twice what is there at once: 256 tracks, 64 agents and 64 sources. Beyond it the longest unseen go. */
export const MOST_SUBJECTS = 1024;
export const MOST_DECIDED = 1024;
/** A subject that was not there for as long is forgotten, once its cool-downs are over. */
export const FORGET_MS = 5 * 60_000;

/** False also for a clock that was set back by more than that. */
export function isWithin(aMs: number, bMs: number, mostMs: number): boolean {
  return Math.abs(aMs - bMs) < mostMs;
}

/** Without what was not there for `keepMs`. */
export function remembered(
  subjects: ReadonlyMap<string, SubjectMemory>,
  nowMs: number,
  keepMs: number,
): ReadonlyMap<string, SubjectMemory> {
  const kept = [...subjects].filter(([, { touchedMs }]) => isWithin(nowMs, touchedMs, keepMs));
  if (kept.length <= MOST_SUBJECTS) return new Map(kept);
  const lastFirst = kept.sort(([aKey, a], [bKey, b]) =>
    b.touchedMs - a.touchedMs || (aKey < bKey ? -1 : 1)
  );
  return new Map(lastFirst.slice(0, MOST_SUBJECTS));
}

/** The newest of them. */
export function lastDecided(ids: readonly string[]): ReadonlySet<string> {
  return new Set(ids.slice(-MOST_DECIDED));
}

/** Without what was remembered of rules that are no more: else who edits rules would fill the memory. */
export function ofRules(state: DecideState, { rules }: RuleSet): DecideState {
  const ids = new Set(rules.map(({ id }) => id));
  if ([...state.rules.keys()].every((id) => ids.has(id))) return state;
  const subjects = [...state.subjects].map(([subject, memory]) => {
    const on = new Set([...memory.on].filter((id) => ids.has(id)));
    return [subject, { ...memory, on, fired: ofIds(memory.fired, ids) }] as const;
  });
  return { ...state, subjects: new Map(subjects), heldBack: ofIds(state.heldBack, ids) };
}

function ofIds<V>(entries: ReadonlyMap<string, V>, ids: ReadonlySet<string>): Map<string, V> {
  return new Map([...entries].filter(([id]) => ids.has(id)));
}
