/**
 * What an agent tells its crew of its part of the world, in messages of which any may be lost, doubled or
 * overtaken: mostly what changed since the last one, all of it now and then, and at once to who is new.
 */
import type { Bytes } from "../bytes.ts";
import { stampMs } from "../clock.ts";
import { NO_TILES, tilesBeyond } from "./tiles.ts";
import { encodeAgentWorld } from "./world_codec.ts";
import { FORGET_MS } from "./world_objects.ts";
import { type AgentWorld, EMPTY_AGENT } from "./world_state.ts";

/** Of an ephemeral message (`../sync/ephemeral_message.ts`). */
export const MOST_TELLING_BYTES = 4 * 1024;
/** Between two messages, where the links bear it. */
export const TELL_EVERY_MS = 100;
/** All again, for who lost a message. */
const WHOLE_EVERY_MS = 2_000;
/** To be known at once, all is said so often: with 30 % loss, all but one in a thousand get one of them. */
const WHOLES_AT_ONCE = 6;
const AT_ONCE_EVERY_MS = 30;

export class WorldTeller {
  #told: AgentWorld = EMPTY_AGENT;
  #toldAtMs = -Infinity;
  #wholeAtMs = -Infinity;
  #wholesDue = 0;

  /**
   * Somebody is there who was not, or something was said that all must know at once: the next calls say all, soon
   * after each other.
   */
  repeat(): void {
    this.#wholesDue = WHOLES_AT_ONCE;
    this.#toldAtMs = -Infinity;
  }

  /**
   * What to send now; empty when there is nothing to say, or it is too early. Call it often. `usualMs`: between two
   * messages, but for what all must know at once.
   */
  next(own: AgentWorld, nowMs: number, usualMs = TELL_EVERY_MS): readonly Bytes[] {
    const everyMs = this.#wholesDue > 0 ? AT_ONCE_EVERY_MS : usualMs;
    if (isWithin(nowMs - this.#toldAtMs, everyMs)) return [];
    const isWhole = this.#wholesDue > 0 || !isWithin(nowMs - this.#wholeAtMs, WHOLE_EVERY_MS);
    const said = isWhole ? remembered(own, nowMs) : difference(own, this.#told);
    if (isNothing(said)) return [];
    this.#told = own;
    this.#toldAtMs = nowMs;
    if (isWhole) this.#wholeAtMs = nowMs;
    if (isWhole) this.#wholesDue = Math.max(0, this.#wholesDue - 1);
    return messagesOf(said);
  }
}

/** Without tracks that all have forgotten by now. */
function remembered(own: AgentWorld, nowMs: number): AgentWorld {
  const tracks = [...own.tracks].filter(([, { stamp }]) => nowMs - stampMs(stamp) <= FORGET_MS);
  return { ...own, tracks: new Map(tracks) };
}

/** What of `own` is not in `told`: a delta state, which merges as the whole would. */
export function difference(own: AgentWorld, told: AgentWorld): AgentWorld {
  return {
    tracks: entriesBeyond(own.tracks, told.tracks),
    removals: entriesBeyond(own.removals, told.removals),
    confirmations: entriesBeyond(own.confirmations, told.confirmations),
    tiles: tilesBeyond(own.tiles, told.tiles),
  };
}

/** Each small enough for a message; what was seen last goes first. */
export function messagesOf(said: AgentWorld): readonly Bytes[] {
  const bytes = encodeAgentWorld(said);
  if (bytes.length <= MOST_TELLING_BYTES) return [bytes];
  const [first, second] = halves(said);
  return [...messagesOf(first), ...messagesOf(second)];
}

/** The parts by themselves, then each map in two. */
function halves(said: AgentWorld): readonly [AgentWorld, AgentWorld] {
  const { tracks, removals, confirmations, tiles } = said;
  const isMixed = [tracks, removals, confirmations].filter(({ size }) => size > 0).length > 1 ||
    !isEmpty(tiles);
  if (isMixed && tracks.size > 0) {
    return [{ ...EMPTY_AGENT, tracks }, { ...said, tracks: new Map() }];
  }
  if (!isEmpty(tiles)) return [{ ...EMPTY_AGENT, tiles }, { ...said, tiles: NO_TILES }];
  const half = (which: 0 | 1): AgentWorld => ({
    tracks: halfOf(tracks, which),
    removals: halfOf(removals, which),
    confirmations: halfOf(confirmations, which),
    tiles,
  });
  return [half(0), half(1)];
}

/** What is new in `said`. */
function entriesBeyond<K, V>(
  said: ReadonlyMap<K, V>,
  known: ReadonlyMap<K, V>,
): ReadonlyMap<K, V> {
  return new Map([...said].filter(([key, entry]) => known.get(key) !== entry));
}

function halfOf<K, V extends { readonly stamp: number }>(
  entries: ReadonlyMap<K, V>,
  which: 0 | 1,
): ReadonlyMap<K, V> {
  const sorted = [...entries].sort(([, a], [, b]) => b.stamp - a.stamp);
  const middle = Math.ceil(sorted.length / 2);
  return new Map(which === 0 ? sorted.slice(0, middle) : sorted.slice(middle));
}

function isNothing({ tracks, removals, confirmations, tiles }: AgentWorld): boolean {
  return tracks.size + removals.size + confirmations.size === 0 && isEmpty(tiles);
}

function isEmpty({ searched, cleared }: AgentWorld["tiles"]): boolean {
  return [searched, cleared].every(({ added, removed }) => added === 0n && removed === 0n);
}

/** False also for a clock that was set back. */
function isWithin(sinceMs: number, mostMs: number): boolean {
  return sinceMs >= 0 && sinceMs < mostMs;
}
