/**
 * Decides for one agent of which objects its tracks are: a track that falls where others see an object begun
 * before it takes that one's name, at once when nothing else could be meant. Only the agent that began a track
 * says so of it, and only of the later of two, so that two agents never point at each other.
 */
import { assign } from "./assignment.ts";
import { distance2, plus, trace } from "./covariance.ts";
import type { Estimate } from "./fusion.ts";
import { isEarlier, objectsOf, type ObjectTrack, type WorldObject } from "./world_objects.ts";
import type { Alias, WorldState } from "./world_state.ts";
import { fuse, voteOf } from "./world_view.ts";

/** Seen within as long, a track can be compared with another. */
const FRESH_MS = 3_000;
/** What is less sure than 5 m one way could be many things. */
const MOST_TRACE_M2 = 2 * 5 ** 2;
/** Of what is one, 99.9 % lies within: χ² with two degrees of freedom. */
const SAME_DISTANCE2 = 13.82;
/** By so much another pairing must be less likely: exp(−9.21 / 2) is one in a hundred. */
const CLEAR_BY = 9.21;
/**
 * Objects of different agents so near to each other are one, with two names for now: the median of χ² with two
 * degrees of freedom. Were they rivals, three agents that begin to see a thing at once might wait for ever.
 */
const TWO_NAMES_DISTANCE2 = 1.39;
/** A pairing that is not clear must hold for as long. */
const UNCLEAR_MS = 2_000;
/** Further apart than this, for as long, it was not the same after all. In 2 s chance alone hardly does that. */
const PART_DISTANCE2 = 25;
const PART_MS = 2_000;

/** An object as the agents other than this one have it. */
interface Candidate {
  readonly object: WorldObject;
  readonly estimate: Estimate;
  readonly label: string;
  readonly agents: ReadonlySet<string>;
}

interface Mine {
  readonly track: ObjectTrack;
  readonly object: WorldObject;
  readonly estimate: Estimate;
  readonly label: string;
}

export class AliasKeeper {
  readonly #agent: string;
  /** By own track: names that it has or had. It never takes one again, so no name goes back and forth. */
  readonly #had = new Map<number, Set<string>>();
  readonly #apartSinceMs = new Map<number, number>();
  readonly #unclear = new Map<number, { readonly name: string; readonly sinceMs: number }>();

  constructor(agent: string) {
    this.#agent = agent;
  }

  /**
   * The aliases of this agent's tracks, by number; the state has what the agent said last. Call it after each
   * step of the tracker and before what follows from it is said. `atMs`: now.
   */
  next(state: WorldState, atMs: number): ReadonlyMap<number, Alias | null> {
    const objects = objectsOf(state, atMs);
    const mine = objects.flatMap((object) => this.#mineIn(object, atMs));
    this.#forget(mine);
    for (const { track: { n, register: { alias } } } of mine) {
      if (alias) this.#had.set(n, (this.#had.get(n) ?? new Set()).add(alias.to));
    }
    const aliases = new Map(mine.map(({ track }) => [track.n, track.register.alias]));
    for (const one of mine) {
      if (this.#isApart(one, atMs)) aliases.set(one.track.n, null);
      else if (one.track.register.alias) aliases.set(one.track.n, shortAlias(one));
    }
    const candidates = objects.flatMap((object) => this.#candidate(object, atMs) ?? []);
    for (const [one, { object }] of this.#chosen(mine, candidates, atMs)) {
      aliases.set(one.track.n, aliasTo(object));
    }
    return aliases;
  }

  #mineIn(object: WorldObject, atMs: number): readonly Mine[] {
    return object.tracks.filter((track) => track.agent === this.#agent && isFresh(track, atMs))
      .map((track) => ({
        ...{ track, object, estimate: fuse([track], atMs), label: voteOf([track]).label },
      }));
  }

  #candidate(object: WorldObject, atMs: number): Candidate | null {
    const others = object.tracks.filter((track) => isFresh(track, atMs));
    if (others.length === 0 || others.some(({ agent }) => agent === this.#agent)) return null;
    const estimate = fuse(others, atMs);
    if (trace(estimate.covariance) > MOST_TRACE_M2) return null;
    const agents = new Set(others.map(({ agent }) => agent));
    return { object, estimate, label: voteOf(others).label, agents };
  }

  /** True when it has been something else for long than what the others of its object see. */
  #isApart(one: Mine, atMs: number): boolean {
    const { n, register: { alias } } = one.track;
    const isFar = alias !== null && (isDoubled(one) || isFarFromOthers(one, atMs));
    // what the others do not see just now speaks neither for it nor against it
    if (isFar === null) return false;
    if (!isFar) {
      this.#apartSinceMs.delete(n);
      return false;
    }
    const sinceMs = this.#apartSinceMs.get(n) ?? atMs;
    this.#apartSinceMs.set(n, sinceMs);
    return atMs - sinceMs >= PART_MS;
  }

  /** Each own track with at most one object, and each object with at most one of them. */
  #chosen(
    mine: readonly Mine[],
    candidates: readonly Candidate[],
    atMs: number,
  ): readonly (readonly [Mine, Candidate])[] {
    const distances = mine.map((one) => candidates.map((other) => distanceOf(one, other)));
    const costs = mine.map((one, i) =>
      candidates.map((other, j) => this.#mayBe(one, other, atMs) ? distances[i][j] : Infinity)
    );
    const pairs = assign(costs, SAME_DISTANCE2);
    const taken = new Map(pairs);
    mine.forEach(({ track: { n } }, i) => taken.has(i) || this.#unclear.delete(n));
    return pairs.filter(([i, j]) =>
      this.#isSettled(mine[i], candidates[j], isClear(distances, candidates, i, j), atMs)
    ).map(([i, j]) => [mine[i], candidates[j]] as const);
  }

  /** True when this agent can say that the two are one. */
  #mayBe({ track, object }: Mine, other: Candidate, atMs: number): boolean {
    const fresh = object.tracks.filter((one) => isFresh(one, atMs));
    // else the agent of the object's own first track decides for all of it
    const mayMove = object.id === track.id || fresh.length === 1;
    return mayMove && isEarlier(other.object, object) &&
      !fresh.some(({ agent }) => other.agents.has(agent)) &&
      !this.#had.get(track.n)?.has(other.object.id);
  }

  #isSettled({ track: { n } }: Mine, { object }: Candidate, clear: boolean, atMs: number): boolean {
    if (clear) return true;
    const before = this.#unclear.get(n);
    const sinceMs = before?.name === object.id ? before.sinceMs : atMs;
    this.#unclear.set(n, { name: object.id, sinceMs });
    return atMs - sinceMs >= UNCLEAR_MS;
  }

  /** Of tracks that are no longer followed nothing is kept. */
  #forget(mine: readonly Mine[]): void {
    const followed = new Set(mine.map(({ track }) => track.n));
    for (const kept of [this.#had, this.#apartSinceMs, this.#unclear]) {
      for (const n of kept.keys()) if (!followed.has(n)) kept.delete(n);
    }
  }
}

/** Straight to the name, also when one between is forgotten. */
function shortAlias({ track, object }: Mine): Alias | null {
  return object.id === track.id ? null : aliasTo(object);
}

function aliasTo({ id, bornMs }: WorldObject): Alias {
  return { to: id, bornMs };
}

/** This agent saw another track of the object in the same frame: the two are not one. */
function isDoubled({ track, object }: Mine): boolean {
  return object.tracks.some((other) =>
    other.agent === track.agent && other.register.atMs === track.register.atMs &&
    isEarlier({ ...other, ...other.register }, { ...track, ...track.register })
  );
}

/** Null when no other agent sees the object just now. */
function isFarFromOthers({ track, object, estimate }: Mine, atMs: number): boolean | null {
  const others = object.tracks.filter((one) => one.agent !== track.agent && isFresh(one, atMs));
  if (others.length === 0) return null;
  return distance2Of(estimate, fuse(others, atMs)) > PART_DISTANCE2;
}

/** Infinite when the two have different labels. */
function distanceOf(one: Mine, other: Candidate): number {
  return one.label === other.label ? distance2Of(one.estimate, other.estimate) : Infinity;
}

/** True when neither of the two could as well go with another. */
function isClear(
  distances: readonly (readonly number[])[],
  candidates: readonly Candidate[],
  i: number,
  j: number,
): boolean {
  const most = Math.max(SAME_DISTANCE2, distances[i][j] + CLEAR_BY);
  const isRival = (k: number) => k !== j && !isOne(candidates[k], candidates[j]);
  return distances[i].every((distance, k) => !isRival(k) || distance > most) &&
    distances.every((row, k) => k === i || row[j] > most);
}

function isOne(a: Candidate, b: Candidate): boolean {
  return a.label === b.label && ![...a.agents].some((agent) => b.agents.has(agent)) &&
    distance2Of(a.estimate, b.estimate) <= TWO_NAMES_DISTANCE2;
}

function isFresh({ register }: ObjectTrack, atMs: number): boolean {
  return atMs - register.atMs <= FRESH_MS;
}

function distance2Of(a: Estimate, b: Estimate): number {
  return distance2(a.position, b.position, plus(a.covariance, b.covariance));
}
