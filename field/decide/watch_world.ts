/** What there is to decide of: the subjects' memories after one more look at the world, and what came true. */
import type { WorldTrack } from "../world/world_track.ts";
import type { AgentBeat } from "./actions.ts";
import { type AnomalyReading, sourceSubject, watchAgent, watchSource } from "./agent_watch.ts";
import { NEW_SUBJECT, type SubjectMemory, type TrackTrace } from "./decide_state.ts";
import { type Occasion, subjectOf } from "./occasion.ts";
import type { RuleSet } from "./rule.ts";
import { sitePoint } from "./site_point.ts";
import { foundAgain, lostObjects } from "./still_objects.ts";
import { type Crossing, type Look, lookAt } from "./track_looks.ts";

/** What is there. Each track, agent and source once, in any order; beyond the most they are left out. */
export interface WorldInputs {
  readonly tracks: readonly WorldTrack[];
  /** The agents of the crew, this one among them. */
  readonly agents: readonly AgentBeat[];
  readonly anomalies: readonly AnomalyReading[];
  /** ms of the hybrid clock. */
  readonly nowMs: number;
}

/** As many as the world shows (`../world/world_view.ts`); of more, those seen last. */
export const MOST_TRACKS = 256;
/** Of more, the first in order of the ids. */
export const MOST_AGENTS = 64;
export const MOST_SOURCES = 64;

export interface Seen {
  readonly subjects: ReadonlyMap<string, SubjectMemory>;
  readonly occasions: readonly Occasion[];
  readonly crossings: readonly Crossing[];
}

export function watchWorld(
  before: ReadonlyMap<string, SubjectMemory>,
  set: RuleSet,
  inputs: WorldInputs,
): Seen {
  const subjects = new Map(before);
  const looked = watchTracks(subjects, set, inputs);
  const silent = watchAgents(subjects, set, inputs);
  const unusual = watchSources(subjects, set, inputs);
  const occasions = [...looked.occasions, ...silent, ...unusual];
  return { subjects, occasions, crossings: looked.crossings };
}

function watchTracks(
  subjects: Map<string, SubjectMemory>,
  set: RuleSet,
  { tracks, nowMs }: WorldInputs,
): Omit<Seen, "subjects"> {
  const looks = looksOf(tracks);
  const there = new Set(looks.map(({ track }) => subjectOf("track", track.id)));
  const lost = new Map(lostObjects(subjects, (subject) => there.has(subject)));
  const [occasions, crossings]: [Occasion[], Crossing[]] = [[], []];
  for (const look of looks) {
    const subject = subjectOf("track", look.track.id);
    const looked = lookAt(set, look, memoryOf(subject, look, subjects, lost));
    subjects.set(subject, { ...looked.memory, touchedMs: nowMs });
    occasions.push(...looked.occasions);
    crossings.push(...looked.crossings);
  }
  return { occasions, crossings };
}

/** A new track that is a still object found again takes that one's memory over. */
function memoryOf(
  subject: string,
  look: Look,
  subjects: Map<string, SubjectMemory>,
  lost: Map<string, TrackTrace>,
): SubjectMemory {
  const known = subjects.get(subject);
  if (known?.trace) return known;
  const former = foundAgain(look, lost);
  const memory = former === null ? undefined : subjects.get(former);
  if (former === null || !memory) return known ?? NEW_SUBJECT;
  subjects.delete(former);
  lost.delete(former);
  return memory;
}

function watchAgents(
  subjects: Map<string, SubjectMemory>,
  { rules }: RuleSet,
  { agents, nowMs }: WorldInputs,
): readonly Occasion[] {
  return first(agents, MOST_AGENTS, ({ agent }) => agent).flatMap((beat) => {
    const subject = subjectOf("agent", beat.agent);
    const before = subjects.get(subject) ?? NEW_SUBJECT;
    const { on, occasions } = watchAgent(rules, beat, before, nowMs);
    subjects.set(subject, { ...before, on, touchedMs: nowMs });
    return occasions;
  });
}

function watchSources(
  subjects: Map<string, SubjectMemory>,
  { rules }: RuleSet,
  { agents, anomalies, nowMs }: WorldInputs,
): readonly Occasion[] {
  return first(anomalies, MOST_SOURCES, sourceSubject).flatMap((reading) => {
    const subject = sourceSubject(reading);
    const before = subjects.get(subject) ?? NEW_SUBJECT;
    const position = agents.find(({ agent }) => agent === reading.agent)?.position ?? null;
    const place = position && sitePoint(position);
    const { on, occasions } = watchSource(rules, reading, before, place);
    subjects.set(subject, { ...before, on, touchedMs: nowMs });
    return occasions;
  });
}

/** On the site, in the order of the ids. */
function looksOf(tracks: readonly WorldTrack[]): readonly Look[] {
  const looks = tracks.flatMap((track) => {
    const place = sitePoint(track.position);
    return place ? [{ track, place }] : [];
  });
  const lastFirst = looks.sort((a, b) =>
    b.track.lastAtMs - a.track.lastAtMs || (a.track.id < b.track.id ? -1 : 1)
  );
  return first(lastFirst.slice(0, MOST_TRACKS), MOST_TRACKS, ({ track }) => track.id);
}

/** In order of the keys. */
export function first<T>(all: readonly T[], most: number, keyOf: (one: T) => string): readonly T[] {
  return all.toSorted((a, b) => keyOf(a) < keyOf(b) ? -1 : 1).slice(0, most);
}
