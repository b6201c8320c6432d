/** What comes from elsewhere, held to `world_codec.ts` before anything is made of it. */
import { type Bytes, isHex, toHex } from "../bytes.ts";
import { decodeCbor, isCount } from "../cbor.ts";
import { isStamp, type Stamp, stampMs } from "../clock.ts";
import { isProper } from "./covariance.ts";
import { areVotes, type LabelVote, MOST_LABELS } from "./label_votes.ts";
import { MOST_TILES, type TileBits, type TwoPhaseTiles } from "./tiles.ts";
import { AGENT_BYTES, FORMAT } from "./world_codec.ts";
import {
  MOST_CONFIRMED,
  MOST_DISTANCE_MM,
  MOST_LAG_MS,
  MOST_LEAD_MS,
  MOST_SPEED_MM,
  MOST_VARIANCE_MM2,
} from "./own_world.ts";
import {
  type AgentWorld,
  type Alias,
  type Confirmation,
  MOST_CONFIRMATIONS_OF_AGENT,
  MOST_REMOVALS_OF_AGENT,
  MOST_TRACKS_OF_AGENT,
  type Removal,
  type TrackRegister,
} from "./world_state.ts";
import { isAgent, isTrackNumber, trackId } from "./world_track.ts";

/** More than 64 tracks with the longest names take up, and less than a feed's entry holds. */
export const MOST_WORLD_BYTES = 50_000;
/** A stamp further ahead is a wrong clock, and would win over all that is said until then (as in `../clock.ts`). */
export const TRUSTED_AHEAD_MS = 5 * 60_000;
const MOST_WORDS = MOST_TRACKS_OF_AGENT * MOST_LABELS;
const MOST_AGENT_NAMES = MOST_TRACKS_OF_AGENT + MOST_REMOVALS_OF_AGENT +
  MOST_CONFIRMATIONS_OF_AGENT;

interface Context {
  readonly stamp: Stamp;
  readonly labels: readonly string[];
  readonly agents: readonly string[];
}

/**
 * What an agent said: the caller knows from the signature who, and nothing in the bytes can say it of another.
 * Null when it is not what {@link encodeAgentWorld} writes, or stamped more than five minutes after `nowMs`.
 */
export function parseAgentWorld(bytes: Bytes, nowMs: number): AgentWorld | null {
  const value = bytes.length <= MOST_WORLD_BYTES ? decodeCbor(bytes)?.value : undefined;
  if (!Array.isArray(value) || value.length !== 8 || value[0] !== FORMAT) return null;
  const [, stamp, labels, agents, ...parts] = value as unknown[];
  if (!isStamp(stamp) || stampMs(stamp) > nowMs + TRUSTED_AHEAD_MS) return null;
  const names = isList(agents, MOST_AGENT_NAMES) && agents.map(agentOf);
  if (!isList(labels, MOST_WORDS) || !labels.every(isText) || !names) return null;
  if (!names.every((name) => name !== null)) return null;
  return parseParts(parts, { stamp, labels, agents: names });
}

function parseParts(parts: readonly unknown[], context: Context): AgentWorld | null {
  const tracks = parseRows(parts[0], MOST_TRACKS_OF_AGENT, (row) => parseTrack(row, context));
  const removals = parseRows(parts[1], MOST_REMOVALS_OF_AGENT, (row) => parseRemoval(row, context));
  const confirmations = parseRows(
    parts[2],
    MOST_CONFIRMATIONS_OF_AGENT,
    (row) => parseConfirmation(row, context),
  );
  const bits = isList(parts[3], 4) && parts[3].length === 4 ? parts[3].map(parseBits) : [null];
  if (!tracks || !removals || !confirmations || !bits.every((one) => one !== null)) return null;
  const tiles = (i: number): TwoPhaseTiles => ({ added: bits[i], removed: bits[i + 1] });
  return { tracks, removals, confirmations, tiles: { searched: tiles(0), cleared: tiles(2) } };
}

/** In the order of the keys, each once. */
function parseRows<K extends string | number, V>(
  rows: unknown,
  most: number,
  parse: (row: readonly unknown[]) => readonly [K, V] | null,
): ReadonlyMap<K, V> | null {
  if (!isList(rows, most)) return null;
  const parsed = new Map<K, V>();
  let last: K | null = null;
  for (const row of rows) {
    const entry = Array.isArray(row) ? parse(row) : null;
    if (!entry || last !== null && entry[0] <= last) return null;
    parsed.set(...entry);
    last = entry[0];
  }
  return parsed;
}

function parseTrack(
  row: readonly unknown[],
  context: Context,
): readonly [number, TrackRegister] | null {
  const [n, ...numbers] = row.slice(0, 12);
  const [votes, alias] = [parseVotes(row[12], context), parseAlias(row[13], context)];
  if (row.length !== 14 || !isTrackNumber(n) || !numbers.every(isWhole) || !votes) return null;
  const [below, added, lag, age, x, y, vx, vy, xx, xy, yy] = numbers;
  if (
    ![below, added, age].every(isCount) || lag > MOST_LAG_MS || lag < -MOST_LEAD_MS ||
    alias === undefined
  ) {
    return null;
  }
  const stamp = context.stamp - below;
  const atMs = stampMs(stamp) - lag;
  const register: TrackRegister = {
    ...{ stamp, added: stamp - added, bornMs: atMs - age, atMs },
    ...{ position: [x, y], velocity: [vx, vy], covariance: [xx, xy, yy], votes, alias },
  };
  return isSound(register) ? [n, register] : null;
}

function isSound(register: TrackRegister): boolean {
  const { stamp, added, bornMs, position, velocity, covariance } = register;
  const isUpTo = (most: number) => (number: number) => Math.abs(number) <= most;
  return isStamp(stamp) && isStamp(added) && isCount(bornMs) &&
    position.every(isUpTo(MOST_DISTANCE_MM)) && velocity.every(isUpTo(MOST_SPEED_MM)) &&
    covariance.every(isUpTo(MOST_VARIANCE_MM2)) && isProper(covariance);
}

function parseVotes(value: unknown, { labels }: Context): readonly LabelVote[] | null {
  if (!isList(value, 3 * MOST_LABELS) || value.length % 3 !== 0 || !value.every(isCount)) {
    return null;
  }
  const votes: LabelVote[] = [];
  for (let i = 0; i < value.length; i += 3) {
    const [label, weight, frames] = [labels[value[i]], value[i + 1], value[i + 2]];
    if (label === undefined) return null;
    votes.push({ label, weight, frames });
  }
  return areVotes(votes) ? votes : null;
}

/** Undefined when it is none. */
function parseAlias(value: unknown, context: Context): Alias | null | undefined {
  if (!isList(value, 3)) return undefined;
  if (value.length === 0) return null;
  const to = parseId(value, context);
  const bornMs = value[2];
  return to !== null && isCount(bornMs) ? { to, bornMs } : undefined;
}

function parseRemoval(row: readonly unknown[], context: Context): [string, Removal] | null {
  const [id, stamp] = [parseId(row, context), parseStamp(row[2], context)];
  return row.length === 3 && id !== null && stamp !== null ? [id, { stamp }] : null;
}

function parseConfirmation(
  row: readonly unknown[],
  context: Context,
): [string, Confirmation] | null {
  const [id, stamp, count] = [parseId(row, context), parseStamp(row[2], context), row[3]];
  if (row.length !== 4 || id === null || stamp === null) return null;
  return isCount(count) && count > 0 && count <= MOST_CONFIRMED ? [id, { stamp, count }] : null;
}

function parseId([agent, n]: readonly unknown[], { agents }: Context): string | null {
  const name = isCount(agent) ? agents[agent] : undefined;
  return name !== undefined && isTrackNumber(n) ? trackId(name, n) : null;
}

function parseStamp(below: unknown, { stamp }: Context): Stamp | null {
  return isCount(below) && isStamp(stamp - below) ? stamp - below : null;
}

function parseBits(value: unknown): TileBits | null {
  if (!isList(value, 2)) return null;
  if (value.length === 0) return 0n;
  const [first, bytes] = value;
  if (!isCount(first) || !(bytes instanceof Uint8Array) || bytes.length === 0) return null;
  if (first + bytes.length > MOST_TILES / 8 || bytes[0] === 0 || bytes.at(-1) === 0) return null;
  return BigInt(`0x${toHex(bytes.toReversed())}`) << BigInt(8 * first);
}

/** A text that could be 32 bytes has another form already. */
function agentOf(value: unknown): string | null {
  if (value instanceof Uint8Array) return value.length === AGENT_BYTES ? toHex(value) : null;
  return isAgent(value) && !isHex(value, AGENT_BYTES) ? value : null;
}

function isList(value: unknown, most: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= most;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
