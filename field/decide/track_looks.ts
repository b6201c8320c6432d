/** What a track's looks show of the rules: zones entered and left, lines crossed, agents that agree. */
import { assertNever } from "../errors.ts";
import type { WorldTrack } from "../world/world_track.ts";
import type { SubjectMemory, TrackTrace } from "./decide_state.ts";
import { type LineTrace, NOT_AT_LINE, settleLine } from "./line.ts";
import { type Occasion, subjectOf } from "./occasion.ts";
import { inThousandths, type Reason, sayingsOf } from "./reason.ts";
import type { Kind, Rule, RuleSet, SeenCondition, Way, ZoneCondition } from "./rule.ts";
import type { Settled } from "./settled.ts";
import { distance2, MOST_RADIUS_MM, radiusOf, type SitePoint } from "./site_point.ts";
import { OUTSIDE, settleZone } from "./zone.ts";

/** A track is still where it was, if it is not further from there than this and two standard deviations. */
const STILL_MM = 1000;
const STILL_SIGMAS = 2;
/** A confidence that was enough stays so until it is by this lower, thousandths. */
const CONFIDENCE_MARGIN = 100;

/** That a track went over a line, as a line's rule counts it. */
export interface Crossing {
  readonly rule: Rule;
  readonly occasion: Omit<Occasion, "reason">;
  readonly by: Pick<Reason & { kind: "line" }, "label" | "by">;
}

export interface Looked {
  readonly memory: SubjectMemory;
  readonly occasions: readonly Occasion[];
  readonly crossings: readonly Crossing[];
}

/** A track's look, and where it is. */
export interface Look {
  readonly track: WorldTrack;
  readonly place: SitePoint;
}

/** After one more look; a call without a new sighting changes nothing. `before.trace` is null for a new track. */
export function lookAt(set: RuleSet, look: Look, before: SubjectMemory): Looked {
  if (before.trace?.lastAtMs === look.track.lastAtMs) {
    return { memory: before, occasions: [], crossings: [] };
  }
  const zones = settleZones(set, look, before.trace);
  const { lines, ways } = settleLines(set, look, before.trace);
  const on = new Set(before.on);
  const occasions = set.rules.flatMap((rule) => {
    const reason = changeOf(rule, look, { zones, on, set });
    return reason ? [{ ...bareOccasion(rule, look), reason }] : [];
  });
  const crossings = set.rules.flatMap((rule) => crossingOf(rule, look, ways) ?? []);
  const { lastAtMs, label } = look.track;
  const trace: TrackTrace = { lastAtMs, label, place: look.place, zones, lines };
  return {
    memory: { ...before, on, fired: stillFired(before, look), trace },
    occasions,
    crossings,
  };
}

/** How far an object that stands still may seem to be from where it was, mm. */
export function stillRadius({ covariance }: WorldTrack): number {
  return Math.min(MOST_RADIUS_MM, STILL_MM + radiusOf(covariance, STILL_SIGMAS));
}

function settleZones(
  { zones, rules }: RuleSet,
  { track, place }: Look,
  trace: TrackTrace | null,
): ReadonlyMap<string, Settled<boolean>> {
  const settled = new Map<string, Settled<boolean>>();
  for (const { id, corners } of zones) {
    if (!rules.some(({ when }) => "zone" in when && when.zone === id)) continue;
    const after = settleZone(trace?.zones.get(id) ?? OUTSIDE, corners, place, track.covariance);
    if (after !== OUTSIDE) settled.set(id, after);
  }
  return settled;
}

function settleLines(
  { lines, rules }: RuleSet,
  { track, place }: Look,
  trace: TrackTrace | null,
): {
  readonly lines: ReadonlyMap<string, LineTrace>;
  readonly ways: ReadonlyMap<string, { readonly way: Way; readonly isFirst: boolean }>;
} {
  const traces = new Map<string, LineTrace>();
  const ways = new Map<string, { way: Way; isFirst: boolean }>();
  for (const line of lines) {
    if (!rules.some(({ when }) => when.kind === "line" && when.line === line.id)) continue;
    const before = trace?.lines.get(line.id) ?? NOT_AT_LINE;
    const after = settleLine(before, line, place, track.covariance);
    traces.set(line.id, after.trace);
    const isFirst = after.trace.crossed.length === 1;
    if (after.way) ways.set(line.id, { way: after.way, isFirst });
  }
  return { lines: traces, ways };
}

interface Now {
  readonly zones: ReadonlyMap<string, Settled<boolean>>;
  /** Changed by what is found. */
  readonly on: Set<string>;
  readonly set: RuleSet;
}

/** Why the rule decides now; null when it does not. */
function changeOf({ id, when }: Rule, look: Look, { zones, on, set }: Now): Reason | null {
  const isIn = (zone: string) => zones.get(zone)?.value === true;
  const wasOn = on.has(id);
  const turn = (isOn: boolean) => isOn ? on.add(id) : on.delete(id);
  switch (when.kind) {
    case "zone": {
      const isOn = isIn(when.zone) && (wasOn || isOfKind(when, look.track));
      turn(isOn);
      const isChange = when.change === "entered" ? isOn && !wasOn : wasOn && !isOn;
      return isChange ? zoneReason(when, look, set) : null;
    }
    case "seen": {
      const least = when.confidence - (wasOn ? CONFIDENCE_MARGIN : 0);
      const isOn = (when.zone === null || isIn(when.zone)) && isSeen(when, look.track, least);
      turn(isOn);
      return isOn && !wasOn ? seenReason(when, look, set) : null;
    }
    case "line":
    case "anomaly":
    case "silence":
      return null;
    default:
      return assertNever(when);
  }
}

function crossingOf(
  rule: Rule,
  look: Look,
  ways: ReadonlyMap<string, { readonly way: Way; readonly isFirst: boolean }>,
): Crossing | null {
  const { when } = rule;
  const gone = when.kind === "line" ? ways.get(when.line) : undefined;
  if (when.kind !== "line" || !gone || !isOfKind(when, look.track)) return null;
  const counts = when.way === "both" ? gone.isFirst : gone.way === when.way;
  const { label } = look.track;
  const by = { label, by: sayingsOf(look.track) };
  return counts ? { rule, occasion: bareOccasion(rule, look), by } : null;
}

function isOfKind({ labels, confidence }: Kind, track: WorldTrack): boolean {
  return (labels.length === 0 || labels.includes(track.label)) &&
    inThousandths(track.confidence) >= confidence;
}

function isSeen({ label, agents }: SeenCondition, track: WorldTrack, least: number): boolean {
  const agreeing = sayingsOf(track).filter((one) => one.label === label && one.confidence >= least);
  return new Set(agreeing.map(({ agent }) => agent)).size >= agents;
}

function bareOccasion({ id }: Rule, { track, place }: Look): Omit<Occasion, "reason"> {
  const seeing = [...new Set(track.sources.map(({ agent }) => agent))].sort();
  const subject = subjectOf("track", track.id);
  return { rule: id, subject, atMs: track.lastAtMs, place, seeing };
}

function zoneReason({ zone, change }: ZoneCondition, { track }: Look, set: RuleSet): Reason {
  const { label, lastAtMs } = track;
  const by = sayingsOf(track);
  return { kind: "zone", change, zone: nameOf(set, zone), label, by, atMs: lastAtMs };
}

function seenReason({ label, zone }: SeenCondition, { track }: Look, set: RuleSet): Reason {
  const name = zone === null ? null : nameOf(set, zone);
  return { kind: "seen", label, zone: name, by: sayingsOf(track), atMs: track.lastAtMs };
}

function nameOf({ zones }: RuleSet, id: string): string {
  return zones.find((zone) => zone.id === id)?.name ?? id;
}

/** Once it has been elsewhere, it is no longer still. */
function stillFired(
  { fired }: SubjectMemory,
  { track, place }: Look,
): SubjectMemory["fired"] {
  const radius2 = stillRadius(track) ** 2;
  return new Map([...fired].map(([rule, one]) => {
    const hasMoved = one.isStill && (!one.place || distance2(one.place, place) > radius2);
    return [rule, hasMoved ? { ...one, isStill: false } : one];
  }));
}
