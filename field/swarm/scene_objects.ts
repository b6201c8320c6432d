/** Who is where on the ground: a few stand, a few walk to and fro. Only + − × ÷: the same on every device. */
import type { Vector } from "../world/world_track.ts";
import type { Chance } from "./chance.ts";
import { MARGIN_M, ROW_M, ROWS, STRIP_M } from "./layout.ts";
import { SWARM_LABELS, type SwarmLabel } from "./swarm_report.ts";

export interface SceneObject {
  readonly id: string;
  readonly label: SwarmLabel;
  /** Its middle at both ends of its way; one that stands has no way. */
  readonly from: Vector;
  readonly to: Vector;
  /** From one end to the other, ms. */
  readonly wayMs: number;
  /** How far it is on its way at the start, ms. */
  readonly aheadMs: number;
}

/** Of three places in a strip where something may stand, so many are taken, in the mean. */
const STANDING_A_STRIP = 1.6;
/** What walks: a cup does not. */
const WALKERS: readonly SwarmLabel[] = ["person", "cat"];
/** Most of a walker's speed, m/s: in the middle of its way. */
const MOST_SPEED = [0.5, 1] as const;
/** From the edge of the searched part to the ends of a way, and between two ways of a row. */
const CLEARANCE_M = 4;
const EAST_JITTER_M = 2;
const NORTH_JITTER_M = 0.4;

/** Apart from each other by more than the widest of them. */
export function placeObjects(chance: Chance, drones: number): readonly SceneObject[] {
  return [...standing(chance, drones), ...walking(chance, drones)];
}

function standing(chance: Chance, drones: number): readonly SceneObject[] {
  const slots = Array.from({ length: Math.ceil(ROWS / 2) * drones }, (_, i) => i);
  const taken = shuffled(slots, chance).slice(0, Math.round(STANDING_A_STRIP * drones));
  return taken.map((slot, i) => {
    const [row, strip] = [2 * Math.floor(slot / drones), slot % drones];
    const east = MARGIN_M + (strip + 0.5) * STRIP_M + chance.between(-EAST_JITTER_M, EAST_JITTER_M);
    const place: Vector = [
      east,
      middleOf(row) + chance.between(-NORTH_JITTER_M, NORTH_JITTER_M),
    ];
    const label = SWARM_LABELS[i % SWARM_LABELS.length];
    return { id: `${label}-${i + 1}`, label, from: place, to: place, wayMs: 1, aheadMs: 0 };
  });
}

/** In each odd row two, each to and fro on its half: over the borders of several strips. */
function walking(chance: Chance, drones: number): readonly SceneObject[] {
  const half = drones * STRIP_M / 2;
  return Array.from({ length: Math.floor(ROWS / 2) * 2 }, (_, i) => {
    const row = 2 * Math.floor(i / 2) + 1;
    const west = MARGIN_M + i % 2 * half + CLEARANCE_M;
    const east = MARGIN_M + (i % 2 + 1) * half - CLEARANCE_M;
    const north = middleOf(row) + chance.between(-NORTH_JITTER_M, NORTH_JITTER_M);
    // three halves of the mean speed is the most: see `smooth`
    const wayMs = Math.round(1500 * (east - west) / chance.between(...MOST_SPEED));
    const label = WALKERS[i % WALKERS.length];
    const ends: readonly [Vector, Vector] = [[west, north], [east, north]];
    const [from, to] = chance.is(0.5) ? ends : [ends[1], ends[0]];
    const aheadMs = chance.below(2 * wayMs);
    return { id: `${label}-w${i + 1}`, label, from, to, wayMs, aheadMs };
  });
}

/** Its middle, metres; `ms` since the start. */
export function placeAt({ from, to, wayMs, aheadMs }: SceneObject, ms: number): Vector {
  const part = (ms + aheadMs) % (2 * wayMs) / wayMs;
  const done = smooth(part < 1 ? part : 2 - part);
  return [from[0] + (to[0] - from[0]) * done, from[1] + (to[1] - from[1]) * done];
}

/** From 0 to 1, at rest at both ends. */
function smooth(part: number): number {
  return part * part * (3 - 2 * part);
}

function middleOf(row: number): number {
  return MARGIN_M + (row + 0.5) * ROW_M;
}

function shuffled(values: readonly number[], chance: Chance): readonly number[] {
  const left = [...values];
  return values.map(() => left.splice(chance.below(left.length), 1)[0]);
}
