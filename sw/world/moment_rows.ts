/** A moment of the world as plain rows for this device's own disk, and back. */
import { type Guard, hasShape, isArrayOf, isNumber, isPair, isString } from "../../field/shape.ts";
import { parsePose } from "../../field/world/pose_bounds.ts";
import type { TwoPhaseTiles } from "../../field/world/tiles.ts";
import type { Covariance, TrackSource, WorldTrack } from "../../field/world/world_track.ts";
import type { WorldAgentPlace, WorldMoment } from "../../field/world_messages.ts";

/** Numbers without their names: `[confidence, east, north, vx, vy, xx, xy, yy, firstAtMs, lastAtMs]`. */
type TrackRow = readonly [id: string, label: string, numbers: readonly number[], readonly Source[]];
type Source = readonly [agent: string, label: string, confidence: number, atMs: number];
type TilesRow = Omit<WorldMoment["tiles"][number], "marks"> & {
  /** Searched, removed of it, cleared, removed of it: hexadecimal. */
  readonly marks: readonly string[];
};
interface MomentRow {
  readonly atMs: number;
  readonly agents: readonly WorldAgentPlace[];
  readonly tracks: readonly TrackRow[];
  readonly tiles: readonly TilesRow[];
}

const TRACK_NUMBERS = 10;

/** What {@link momentOfRow} reads. */
export function rowOfMoment({ atMs, agents, tracks, tiles }: WorldMoment): MomentRow {
  return {
    ...{ atMs, agents, tracks: tracks.map(rowOfTrack) },
    tiles: tiles.map(({ grid, marks: { searched, cleared } }) => ({
      grid,
      marks: [searched, cleared].flatMap(({ added, removed }) => [hex(added), hex(removed)]),
    })),
  };
}

/** Null when it is none of this version. */
export function momentOfRow(value: unknown): WorldMoment | null {
  if (!isMomentRow(value)) return null;
  const { atMs, agents, tracks, tiles } = value;
  return {
    ...{ atMs, agents, tracks: tracks.map(trackOfRow) },
    tiles: tiles.map(({ grid, marks: [searched, unsearched, cleared, uncleared] }) => ({
      grid,
      marks: { searched: bits(searched, unsearched), cleared: bits(cleared, uncleared) },
    })),
  };
}

function rowOfTrack(track: WorldTrack): TrackRow {
  const { id, label, confidence, position, velocity, covariance, sources } = track;
  const numbers = [confidence, ...position, ...velocity, ...covariance];
  return [
    id,
    label,
    [...numbers, track.firstAtMs, track.lastAtMs],
    sources.map(({ agent, label, confidence, atMs }) => [agent, label, confidence, atMs]),
  ];
}

function trackOfRow([id, label, numbers, sources]: TrackRow): WorldTrack {
  const [confidence, east, north, vx, vy, xx, xy, yy, firstAtMs, lastAtMs] = numbers;
  const covariance: Covariance = [xx, xy, yy];
  return {
    ...{ id, label, confidence, position: [east, north], velocity: [vx, vy], covariance },
    sources: sources.map(([agent, label, confidence, atMs]): TrackSource => ({
      ...{ agent, label, confidence, atMs },
    })),
    ...{ firstAtMs, lastAtMs },
  };
}

function hex(tiles: bigint): string {
  return tiles.toString(16);
}

function bits(added: string, removed: string): TwoPhaseTiles {
  return { added: BigInt(`0x${added}`), removed: BigInt(`0x${removed}`) };
}

function isTuple<T extends readonly unknown[]>(
  ...guards: { readonly [K in keyof T]: Guard<T[K]> }
): Guard<T> {
  return (value): value is T =>
    Array.isArray(value) && value.length === guards.length &&
    guards.every((is, i) => is(value[i]));
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length === TRACK_NUMBERS && value.every(isNumber);
}

function isPose(value: unknown): value is WorldAgentPlace["pose"] {
  return parsePose(value) !== null;
}

function isMarks(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length === 4 &&
    value.every((one) => isString(one) && /^[0-9a-f]{1,1024}$/.test(one));
}

const isSource = isTuple<Source>(isString, isString, isNumber, isNumber);

const isMomentRow = hasShape<MomentRow>({
  atMs: isNumber,
  agents: isArrayOf(hasShape<WorldAgentPlace>({
    ...{ id: isString, name: isString, pose: isPose, lastAtMs: isNumber },
  })),
  tracks: isArrayOf(isTuple<TrackRow>(isString, isString, isNumbers, isArrayOf(isSource))),
  tiles: isArrayOf(hasShape<TilesRow>({
    grid: hasShape<TilesRow["grid"]>({ corner: isPair, tileM: isNumber }),
    marks: isMarks,
  })),
});
