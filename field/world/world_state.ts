/**
 * The shared world as a state-based CRDT (Shapiro et al., "A comprehensive study of Convergent and Commutative
 * Replicated Data Types", 2011): of each agent what it says, in parts that only that agent writes. A part of a
 * state is a state, so what is new since the last message is merged as the whole is (delta states: Almeida,
 * Shoker, Baquero, 2018).
 *
 * Each map holds, under each key, the greatest of all entries that were ever said of it in one total order,
 * stamp first; and of the keys those `MOST_…` whose entries have the greatest stamps. Entries only rise, so what
 * one order of merging leaves out every other leaves out in the end too.
 */
import type { Stamp } from "../clock.ts";
import type { LabelVote } from "./label_votes.ts";
import { joinTiles, type MarkedTiles, NO_TILES, type TileMark, tilesIn } from "./tiles.ts";

/** That a track is of the object that another track, begun before it, is of too. */
export interface Alias {
  /** The track's id. It names the object also when nobody remembers that track any more. */
  readonly to: string;
  /** When that track began, ms: an alias to a later one counts for nothing. */
  readonly bornMs: number;
}

/** What an agent says of its own track: last writer wins, by `stamp`. Whole numbers, so all compute with the same. */
export interface TrackRegister {
  readonly stamp: Stamp;
  /** When the track was put into the set of those that are there: a removal holds for what was put in before it. */
  readonly added: Stamp;
  /** Seen first and last, ms since the epoch. */
  readonly bornMs: number;
  readonly atMs: number;
  /** mm east and north of the site's origin, and mm/s. */
  readonly position: readonly [number, number];
  readonly velocity: readonly [number, number];
  /** xx, xy, yy in mm². */
  readonly covariance: readonly [number, number, number];
  readonly votes: readonly LabelVote[];
  readonly alias: Alias | null;
}

/** That an object is not there, said of the id of any of its tracks: with `added`, a last-writer-wins element set. */
export interface Removal {
  readonly stamp: Stamp;
}

/** How often the agent itself has confirmed an object: a counter that only grows. */
export interface Confirmation {
  /** Of the first time. */
  readonly stamp: Stamp;
  readonly count: number;
}

/** What one agent says. Nobody else writes it. */
export interface AgentWorld {
  /** By the number that the agent gave the track. */
  readonly tracks: ReadonlyMap<number, TrackRegister>;
  /** By track id, of any agent. */
  readonly removals: ReadonlyMap<string, Removal>;
  readonly confirmations: ReadonlyMap<string, Confirmation>;
  readonly tiles: MarkedTiles;
}

/** By agent. */
export type WorldState = ReadonlyMap<string, AgentWorld>;

export const MOST_TRACKS_OF_AGENT = 64;
export const MOST_REMOVALS_OF_AGENT = 64;
export const MOST_CONFIRMATIONS_OF_AGENT = 64;
/** Of more, those whose ids come first in order: a crew is smaller. */
export const MOST_AGENTS = 64;

export const EMPTY_WORLD: WorldState = new Map();
export const EMPTY_AGENT: AgentWorld = {
  ...{ tracks: new Map(), removals: new Map(), confirmations: new Map(), tiles: NO_TILES },
};

/** Commutative, associative, idempotent. The same object as `a` when `b` says nothing new. */
export function mergeWorlds(a: WorldState, b: WorldState): WorldState {
  return [...b].reduce((state, [agent, said]) => mergeAgent(state, agent, said), a);
}

/** With what `agent` says; the same object when that is nothing new. */
export function mergeAgent(state: WorldState, agent: string, said: AgentWorld): WorldState {
  const before = state.get(agent) ?? EMPTY_AGENT;
  const merged = joinAgents(before, said);
  if (merged === before) return state;
  const all = new Map(state).set(agent, merged);
  if (all.size <= MOST_AGENTS) return all;
  all.delete([...all.keys()].reduce((last, one) => one > last ? one : last));
  return all;
}

/** Both of one agent. The same object as `a` when `b` says nothing new. */
export function joinAgents(a: AgentWorld, b: AgentWorld): AgentWorld {
  const tracks = joinMaps(a.tracks, b.tracks, isLaterTrack, MOST_TRACKS_OF_AGENT);
  const removals = joinMaps(a.removals, b.removals, isLater, MOST_REMOVALS_OF_AGENT);
  const confirmations = joinMaps(
    a.confirmations,
    b.confirmations,
    isMoreConfirmed,
    MOST_CONFIRMATIONS_OF_AGENT,
  );
  const tiles = joinTiles(a.tiles, b.tiles);
  const isSame = tracks === a.tracks && removals === a.removals &&
    confirmations === a.confirmations && tiles === a.tiles;
  return isSame ? a : { tracks, removals, confirmations, tiles };
}

/** The tiles with a mark: added by anybody and removed by nobody. */
export function markedTiles(state: WorldState, mark: TileMark): readonly number[] {
  const all = [...state.values()].reduce((tiles, one) => joinTiles(tiles, one.tiles), NO_TILES);
  return tilesIn(all[mark]);
}

interface Entry {
  readonly stamp: Stamp;
}

function joinMaps<K extends string | number, V extends Entry>(
  a: ReadonlyMap<K, V>,
  b: ReadonlyMap<K, V>,
  isAbove: (one: V, other: V) => boolean,
  most: number,
): ReadonlyMap<K, V> {
  const joined = new Map(a);
  let isNew = false;
  for (const [key, entry] of b) {
    const before = joined.get(key);
    if (before && !isAbove(entry, before)) continue;
    joined.set(key, entry);
    isNew = true;
  }
  if (!isNew) return a;
  const bounded = joined.size <= most ? joined : greatest(joined, most);
  return isEqual(bounded, a) ? a : bounded;
}

function greatest<K extends string | number, V extends Entry>(
  entries: ReadonlyMap<K, V>,
  most: number,
): ReadonlyMap<K, V> {
  const sorted = [...entries].sort(([aKey, a], [bKey, b]) =>
    b.stamp - a.stamp || (aKey > bKey ? -1 : 1)
  );
  return new Map(sorted.slice(0, most));
}

function isEqual<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean {
  return a.size === b.size && [...a].every(([key, entry]) => b.get(key) === entry);
}

function isLater(one: Entry, other: Entry): boolean {
  return one.stamp > other.stamp;
}

/**
 * No agent gives two registers of a track one stamp, unless it is faulty, or restored from a copy: then what
 * they say decides, so that all choose the same.
 */
function isLaterTrack(one: TrackRegister, other: TrackRegister): boolean {
  if (one.stamp !== other.stamp) return one.stamp > other.stamp;
  return one !== other && contentOf(one) > contentOf(other);
}

function contentOf(register: TrackRegister): string {
  const { added, bornMs, atMs, position, velocity, covariance, votes, alias } = register;
  const said = votes.map(({ label, weight, frames }) => [label, weight, frames]);
  const same = alias && [alias.to, alias.bornMs];
  return JSON.stringify([added, bornMs, atMs, position, velocity, covariance, said, same]);
}

/** A counter that was forgotten for newer ones and begun again counts from then. */
function isMoreConfirmed(one: Confirmation, other: Confirmation): boolean {
  return one.stamp !== other.stamp ? one.stamp > other.stamp : one.count > other.count;
}
