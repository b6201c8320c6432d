/** What an agent says of the world: the only way in which its part of the state changes. */
import { type Stamp, stampMs } from "../clock.ts";
import { bitOf, joinTiles, NO_TILES, type TileMark } from "./tiles.ts";
import { isProper } from "./covariance.ts";
import { type AgentTrack } from "./world_tracker.ts";
import {
  type AgentWorld,
  type Alias,
  EMPTY_AGENT,
  joinAgents,
  type TrackRegister,
} from "./world_state.ts";
import type { Covariance } from "./world_track.ts";

const MM = 1000;
/** A kilometre in a second, and 100 km from the origin: beyond it something is wrong with the camera's pose. */
export const MOST_SPEED_MM = 1e6;
export const MOST_DISTANCE_MM = 1e8;
/** A standard deviation of 1 km. */
export const MOST_VARIANCE_MM2 = 1e12;
/** How far a track's time may be before its stamp: a minute, and as far as others may pull the hybrid clock ahead. */
export const MOST_LAG_MS = 6 * 60_000;
/** And after it: as far as a device's clock may be behind what it takes for the time. */
export const MOST_LEAD_MS = 5 * 60_000;
export const MOST_CONFIRMED = 1e6;

/**
 * With the tracks that the agent follows, those that changed; `aliases` says of tracks by number which object
 * they are of, where that is to change. All of it gets `stamp`, which is above all that the agent gave before.
 * A track that cannot be where it is, or when, is left out.
 */
export function sayTracks(
  own: AgentWorld,
  tracks: readonly AgentTrack[],
  aliases: ReadonlyMap<number, Alias | null>,
  stamp: Stamp,
): AgentWorld {
  const changed = tracks.flatMap((track): (readonly [number, TrackRegister])[] => {
    const before = own.tracks.get(track.n);
    const alias = aliases.get(track.n) ?? (aliases.has(track.n) ? null : before?.alias ?? null);
    const isOld = before?.atMs === Math.round(track.lastAtMs) && isSameAlias(before.alias, alias);
    const register = isOld ? null : registerOf(track, alias, before?.added ?? stamp, stamp);
    return register ? [[track.n, register]] : [];
  });
  return joinAgents(own, { ...EMPTY_AGENT, tracks: new Map(changed) });
}

/** That the object of this track is not there: holds for all of its tracks that were begun before now. */
export function sayRemoved(own: AgentWorld, id: string, stamp: Stamp): AgentWorld {
  return joinAgents(own, { ...EMPTY_AGENT, removals: new Map([[id, { stamp }]]) });
}

/** That a track of this agent is there, whoever removed it before now. */
export function sayRestored(own: AgentWorld, n: number, stamp: Stamp): AgentWorld {
  const register = own.tracks.get(n);
  if (!register || stampMs(stamp) - register.atMs > MOST_LAG_MS) return own;
  const again = { ...register, stamp, added: stamp };
  return joinAgents(own, { ...EMPTY_AGENT, tracks: new Map([[n, again]]) });
}

/** That this agent, or its user, confirms the object of this track, once more. */
export function sayConfirmed(own: AgentWorld, id: string, stamp: Stamp): AgentWorld {
  const before = own.confirmations.get(id) ?? { stamp, count: 0 };
  const more = { stamp: before.stamp, count: Math.min(MOST_CONFIRMED, before.count + 1) };
  return joinAgents(own, { ...EMPTY_AGENT, confirmations: new Map([[id, more]]) });
}

/** Marks a tile, or takes the mark away: for good, and for all. Throws when there is no such tile. */
export function sayTile(
  own: AgentWorld,
  mark: TileMark,
  tile: number,
  is: "added" | "removed",
): AgentWorld {
  const bits = { added: 0n, removed: 0n, [is]: bitOf(tile) };
  return { ...own, tiles: joinTiles(own.tiles, { ...NO_TILES, [mark]: bits }) };
}

function registerOf(
  { position, velocity, covariance, votes, firstAtMs, lastAtMs }: AgentTrack,
  alias: Alias | null,
  added: Stamp,
  stamp: Stamp,
): TrackRegister | null {
  const at = inSteps(position, MM);
  const speed = inSteps(velocity, MM);
  const spread = covarianceInMm(covariance);
  const [bornMs, atMs] = [Math.round(firstAtMs), Math.round(lastAtMs)];
  const lagMs = stampMs(stamp) - atMs;
  const isSound = areUpTo(at, MOST_DISTANCE_MM) && areUpTo(speed, MOST_SPEED_MM) && spread &&
    bornMs <= atMs && lagMs >= -MOST_LEAD_MS && lagMs <= MOST_LAG_MS;
  if (!isSound) return null;
  return {
    stamp,
    added,
    bornMs,
    atMs,
    position: at,
    velocity: speed,
    covariance: spread,
    votes,
    alias,
  };
}

/** Null when it is none, or too large to say anything. */
function covarianceInMm([xx, xy, yy]: Covariance): Covariance | null {
  const [east, both, north] = [xx, xy, yy].map((value) => whole(value * MM * MM));
  // rounding may make a narrow ellipse a line
  const spread: Covariance = [east + 1, both, north + 1];
  return isProper(spread) && east < MOST_VARIANCE_MM2 && north < MOST_VARIANCE_MM2 ? spread : null;
}

function inSteps([x, y]: readonly [number, number], steps: number): [number, number] {
  return [whole(x * steps), whole(y * steps)];
}

/** Rounded, and never −0, which CBOR tells from 0. */
function whole(value: number): number {
  return Math.round(value) + 0;
}

function areUpTo(numbers: readonly number[], most: number): boolean {
  return numbers.every((number) => Math.abs(number) <= most);
}

function isSameAlias(a: Alias | null, b: Alias | null): boolean {
  return a?.to === b?.to && a?.bornMs === b?.bornMs;
}
