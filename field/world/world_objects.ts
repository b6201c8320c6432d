/**
 * Which tracks are of one object: a pure function of the state and the time, so that agents with the same state
 * have the same objects. Each track names at most one other that was begun before it (`Alias`); following these
 * leads to the earliest, whose id is the object's. Aliases only ever lead back in time, so there is no circle
 * among them, and the name of an object only changes to that of an earlier track, or when an agent takes an
 * alias back.
 */
import { type Stamp, stampMs } from "../clock.ts";
import { groupBy } from "../group_by.ts";
import type { TrackRegister, WorldState } from "./world_state.ts";
import { trackId } from "./world_track.ts";

/** A track of which was not spoken for as long is forgotten, by all alike. */
export const FORGET_MS = 60_000;

export interface ObjectTrack {
  readonly id: string;
  readonly agent: string;
  readonly n: number;
  readonly register: TrackRegister;
}

export interface WorldObject {
  /** Of the earliest track, remembered or not. */
  readonly id: string;
  /** When that began, ms. */
  readonly bornMs: number;
  /** In the order of agents and numbers; never empty. */
  readonly tracks: readonly ObjectTrack[];
}

/** All that is remembered at `nowMs` and not removed, in the order of the ids. */
export function objectsOf(state: WorldState, nowMs: number): readonly WorldObject[] {
  const known = rememberedTracks(state, nowMs);
  const removed = lastRemovals(state);
  const byName = groupBy(known.values(), (track) => nameOf(track, known));
  return [...byName].map(([id, tracks]): WorldObject => ({
    id,
    bornMs: bornMsOf(id, tracks),
    tracks,
  }))
    .filter((object) => isThere(object, removed))
    .sort((a, b) => a.id < b.id ? -1 : 1);
}

/** How often each agent has confirmed an object: each once, whatever tracks of it they said it of. */
export function confirmationsOf(
  state: WorldState,
  { id, tracks }: WorldObject,
): ReadonlyMap<string, number> {
  const ids = new Set([id, ...tracks.map((track) => track.id)]);
  const counts = new Map<string, number>();
  for (const [agent, { confirmations }] of [...state].sort(([a], [b]) => a < b ? -1 : 1)) {
    const count = [...ids].reduce((sum, one) => sum + (confirmations.get(one)?.count ?? 0), 0);
    if (count > 0) counts.set(agent, count);
  }
  return counts;
}

/** True when one with this birth and id is the earlier of the two. */
export function isEarlier(
  one: { readonly bornMs: number; readonly id: string },
  other: { readonly bornMs: number; readonly id: string },
): boolean {
  return one.bornMs !== other.bornMs ? one.bornMs < other.bornMs : one.id < other.id;
}

function rememberedTracks(state: WorldState, nowMs: number): ReadonlyMap<string, ObjectTrack> {
  const known = new Map<string, ObjectTrack>();
  for (const [agent, { tracks }] of [...state].sort(([a], [b]) => a < b ? -1 : 1)) {
    for (const [n, register] of [...tracks].sort(([a], [b]) => a - b)) {
      if (nowMs - stampMs(register.stamp) > FORGET_MS) continue;
      const id = trackId(agent, n);
      known.set(id, { id, agent, n, register });
    }
  }
  return known;
}

/** Each step leads to an earlier track, so it ends. */
function nameOf(track: ObjectTrack, known: ReadonlyMap<string, ObjectTrack>): string {
  for (let at = track;;) {
    const { alias, bornMs } = at.register;
    if (!alias) return at.id;
    const next = known.get(alias.to);
    const to = { id: alias.to, bornMs: next?.register.bornMs ?? alias.bornMs };
    if (!isEarlier(to, { id: at.id, bornMs })) return at.id;
    if (!next) return alias.to;
    at = next;
  }
}

/** A track that is forgotten is known by what the others say of it. */
function bornMsOf(id: string, tracks: readonly ObjectTrack[]): number {
  const named = tracks.find((track) => track.id === id);
  if (named) return named.register.bornMs;
  const said = tracks.flatMap(({ register: { alias } }) => alias?.to === id ? [alias.bornMs] : []);
  return Math.min(...said);
}

function lastRemovals(state: WorldState): ReadonlyMap<string, Stamp> {
  const last = new Map<string, Stamp>();
  for (const { removals } of state.values()) {
    for (const [id, { stamp }] of removals) last.set(id, Math.max(stamp, last.get(id) ?? 0));
  }
  return last;
}

/** Last writer wins: in, when the last track was added after the last removal of any of them. */
function isThere({ id, tracks }: WorldObject, removed: ReadonlyMap<string, Stamp>): boolean {
  if (removed.size === 0) return true;
  const last = Math.max(removed.get(id) ?? -1, ...tracks.map((one) => removed.get(one.id) ?? -1));
  return tracks.some(({ register }) => register.added > last);
}
