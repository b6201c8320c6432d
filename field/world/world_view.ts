/**
 * The tracks that all agents show: a pure function of the state and the time. What it is made of are whole
 * numbers, in a fixed order and with + − × ÷ alone, and what it gives is rounded to millimetres, so that agents
 * with the same state have the same tracks to the last bit.
 *
 * What two agents say of an object is taken as independent: each tracks by its own detections and its own
 * camera's pose alone, never from another's estimate, so it is weighted by its information. (They share the
 * object's manoeuvres; that is small as long as it is seen several times a second.) Several tracks of one agent
 * have that agent's pose, and perhaps its frames, in common: they are joined by covariance intersection.
 */
import { groupBy } from "../group_by.ts";
import { shareOf, winnerOf } from "./label_votes.ts";
import { combine, type Estimate, estimateAt, intersect } from "./fusion.ts";
import { objectsOf, type ObjectTrack, type WorldObject } from "./world_objects.ts";
import type { WorldState } from "./world_state.ts";
import type { Covariance, TrackSource, Vector, WorldTrack } from "./world_track.ts";

/** Seen by nobody for as long, an object is no longer shown. */
export const SHOWN_MS = 10_000;
/** Of more, those seen last, and of these the first in order of the ids. */
export const MOST_WORLD_TRACKS = 256;

/**
 * In the order of the ids. `atMs`: now. A track said to be seen later than now, by a clock that is ahead, counts as
 * seen now.
 */
export function worldView(state: WorldState, atMs: number): readonly WorldTrack[] {
  return objectsOf(state, atMs).flatMap((object) => shownTrack(object, atMs) ?? [])
    .sort((a, b) => b.lastAtMs - a.lastAtMs || inOrder(a.id, b.id))
    .slice(0, MOST_WORLD_TRACKS)
    .sort((a, b) => inOrder(a.id, b.id));
}

/** Null when nobody has seen it lately. */
function shownTrack(object: WorldObject, atMs: number): WorldTrack | null {
  const fresh = object.tracks.filter(({ register }) => atMs - register.atMs <= SHOWN_MS);
  if (fresh.length === 0) return null;
  const { position, velocity, covariance } = fuse(fresh, atMs);
  return {
    id: object.id,
    ...voteOf(fresh),
    position: inMm(position),
    velocity: inMm(velocity),
    covariance: inMm2(covariance),
    sources: sourcesOf(fresh),
    firstAtMs: Math.min(object.bornMs, ...object.tracks.map(({ register }) => register.bornMs)),
    lastAtMs: Math.max(...fresh.map(({ register }) => register.atMs)),
  };
}

/** What these tracks say together; there is at least one. */
export function fuse(tracks: readonly ObjectTrack[], atMs: number): Estimate {
  const byAgent = groupBy(tracks, ({ agent }) => agent);
  return combine(
    [...byAgent.values()].map((own) =>
      intersect(own.map(({ register }) => estimateAt(register, atMs)))
    ),
  );
}

/** Each agent has one vote, which it may share between labels; its last track of the object speaks for it. */
export function voteOf(
  tracks: readonly ObjectTrack[],
): { readonly label: string; readonly confidence: number } {
  const said = lastOfEach(tracks).map(({ register }) => register.votes);
  const labels = [...new Set(said.flatMap((votes) => votes.map(({ label }) => label)))].sort();
  const totals = labels.map((label) => said.reduce((sum, votes) => sum + shareOf(votes, label), 0));
  const most = totals.indexOf(Math.max(...totals));
  return { label: labels[most], confidence: inThousandths(totals[most] / said.length) };
}

function sourcesOf(tracks: readonly ObjectTrack[]): readonly TrackSource[] {
  return lastOfEach(tracks).map(({ agent, register: { votes, atMs } }) => {
    const { label, confidence } = winnerOf(votes);
    return { agent, label, confidence: inThousandths(confidence), atMs };
  });
}

function lastOfEach(tracks: readonly ObjectTrack[]): readonly ObjectTrack[] {
  const byAgent = groupBy(tracks, ({ agent }) => agent);
  return [...byAgent.values()].map((own) =>
    own.reduce((last, one) => one.register.atMs >= last.register.atMs ? one : last)
  );
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function inThousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Rounded, and never −0. */
function inMm([x, y]: Vector): Vector {
  return [inThousandths(x) + 0, inThousandths(y) + 0];
}

function inMm2([xx, xy, yy]: Covariance): Covariance {
  const rounded = (value: number) => Math.round(value * 1e6) / 1e6 + 0;
  return [rounded(xx), rounded(xy), rounded(yy)];
}
