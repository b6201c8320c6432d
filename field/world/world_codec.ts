/**
 * What an agent says, as bytes: canonical CBOR
 *
 *     [1, stamp, labels, agents, tracks, removals, confirmations, tiles]
 *
 * `stamp`: the greatest of all in it; other stamps are told by how much they are below it, in 1/1024 ms.
 * `labels`: texts. `agents`: ids of 32 bytes as bytes, others as texts; an id of a track is `[agent, n]`.
 * `tracks`: `[n, below, added, lag, age, x, y, vx, vy, xx, xy, yy, votes, alias]`, rising by n; `added`: how
 * far below the track's stamp; `lag`, ms: how far `atMs` is below it; `age`: `atMs` − `bornMs`; `votes`:
 * label, weight, frames, over and over; `alias`: `[]` or `[agent, n, bornMs]`.
 * `removals`: `[agent, n, below]`; `confirmations`: `[agent, n, below, count]`, in the order of the ids.
 * `tiles`: searched and removed from it, cleared and removed from it: `[]`, or the number of the first byte
 * that is not 0 and the bytes from there, least bits first.
 */
import { type Bytes, fromHex, isHex } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import { type Stamp, stampMs } from "../clock.ts";
import { TILE_MARKS, type TileBits } from "./tiles.ts";
import type { AgentWorld, TrackRegister } from "./world_state.ts";
import { parseTrackId } from "./world_track.ts";

export const FORMAT = 1;
export const AGENT_BYTES = 32;

/** What {@link parseAgentWorld} reads. Throws for an id that is none. */
export function encodeAgentWorld(said: AgentWorld): Bytes {
  const stamp = newestStamp(said);
  const words = new Words();
  const tracks = [...said.tracks].sort(([a], [b]) => a - b)
    .map(([n, register]) => trackRow(n, register, stamp, words));
  const removals = inOrder(said.removals)
    .map(([id, entry]) => [...words.id(id), stamp - entry.stamp]);
  const confirmations = inOrder(said.confirmations)
    .map(([id, entry]) => [...words.id(id), stamp - entry.stamp, entry.count]);
  const tiles = TILE_MARKS.flatMap((mark) => {
    const { added, removed } = said.tiles[mark];
    return [packBits(added), packBits(removed)];
  });
  const { labels, agents } = words;
  return encodeCbor([FORMAT, stamp, labels, agents, tracks, removals, confirmations, tiles]);
}

/** The greatest stamp in it, 0 when there is none. */
export function newestStamp({ tracks, removals, confirmations }: AgentWorld): Stamp {
  const all = [...tracks.values(), ...removals.values(), ...confirmations.values()];
  return all.reduce((most, { stamp }) => Math.max(most, stamp), 0);
}

function trackRow(n: number, register: TrackRegister, stamp: Stamp, words: Words): unknown[] {
  const { position, velocity, covariance, votes, alias, bornMs, atMs } = register;
  const times = [
    stamp - register.stamp,
    register.stamp - register.added,
    stampMs(register.stamp) - atMs,
    atMs - bornMs,
  ];
  const said = votes.flatMap(({ label, weight, frames }) => [words.label(label), weight, frames]);
  const same = alias ? [...words.id(alias.to), alias.bornMs] : [];
  return [n, ...times, ...position, ...velocity, ...covariance, said, same];
}

/** Each name once; rows have its number. */
class Words {
  readonly labels: string[] = [];
  readonly agents: (string | Bytes)[] = [];
  readonly #numbers = new Map<string, number>();

  label(label: string): number {
    return this.#numberOf(`label ${label}`, () => this.labels.push(label));
  }

  id(id: string): readonly [number, number] {
    const parsed = parseTrackId(id);
    if (!parsed) throw new Error(`Cannot encode ${id}: not a track's id`);
    const { agent, n } = parsed;
    const packed = isHex(agent, AGENT_BYTES) ? fromHex(agent) : agent;
    return [this.#numberOf(`agent ${agent}`, () => this.agents.push(packed)), n];
  }

  #numberOf(word: string, add: () => number): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    const number = add() - 1;
    this.#numbers.set(word, number);
    return number;
  }
}

function packBits(bits: TileBits): unknown[] {
  if (bits === 0n) return [];
  const digits = bits.toString(16);
  const bytes = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`).reverse();
  const first = bytes.findIndex((byte) => byte !== 0);
  return [first, bytes.slice(first)];
}

function inOrder<V>(entries: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...entries].sort(([a], [b]) => a < b ? -1 : 1);
}
