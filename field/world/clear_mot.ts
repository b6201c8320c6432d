/**
 * The CLEAR MOT measures: Bernardin & Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR
 * MOT Metrics", 2008, section 2.1.
 */
import { assign } from "./assignment.ts";
import type { Vector } from "./world_track.ts";

/** Something with a name, somewhere: a true object, or a track. */
export interface Named {
  readonly id: string;
  readonly position: Vector;
}

/** One moment: what is there, and what is shown. */
export interface TrackingFrame {
  readonly truth: readonly Named[];
  readonly tracks: readonly Named[];
}

export interface ClearMot {
  /** 1 − (misses + false positives + switches) / true objects, over all frames. NaN without a true object. */
  readonly mota: number;
  /** Mean distance of the pairs, m (MOTP as first defined). NaN without a pair. */
  readonly meanErrorM: number;
  readonly misses: number;
  readonly falsePositives: number;
  /** How often a true object is another track's than the last time that it was any's. */
  readonly switches: number;
  readonly truths: number;
}

/**
 * Pairs of each frame: those of the frame before that are still within `gateM`, then of the rest as many as can
 * be, with the least distances.
 */
export function clearMot(frames: readonly TrackingFrame[], gateM: number): ClearMot {
  const last = new Map<string, string>();
  let pairs = 0, error = 0, truths = 0, tracks = 0, switches = 0;
  let current: ReadonlyMap<string, string> = new Map();
  for (const frame of frames) {
    current = pairsOf(frame, current, gateM);
    for (const [truth, track] of current) {
      if (last.has(truth) && last.get(truth) !== track) switches++;
      last.set(truth, track);
      error += distanceIn(frame, truth, track);
    }
    pairs += current.size;
    truths += frame.truth.length;
    tracks += frame.tracks.length;
  }
  const [misses, falsePositives] = [truths - pairs, tracks - pairs];
  const mota = 1 - (misses + falsePositives + switches) / truths;
  const isEmpty = truths === 0;
  return {
    mota: isEmpty ? NaN : mota,
    meanErrorM: error / pairs,
    ...{ misses, falsePositives, switches, truths },
  };
}

/** A frame's tracks by their true objects. */
export function pairsOf(
  { truth, tracks }: TrackingFrame,
  before: ReadonlyMap<string, string>,
  gateM: number,
): ReadonlyMap<string, string> {
  const kept = truth.flatMap((one): (readonly [string, string])[] => {
    const track = tracks.find(({ id }) => id === before.get(one.id));
    return track && distanceM(one, track) <= gateM ? [[one.id, track.id]] : [];
  });
  const used = new Set(kept.map(([, track]) => track));
  const free = truth.filter(({ id }) => !kept.some(([one]) => one === id));
  const others = tracks.filter(({ id }) => !used.has(id));
  return new Map([...kept, ...nearestPairs(free, others, gateM)]);
}

/** As many pairs as can be, and of these the nearest. */
function nearestPairs(
  truth: readonly Named[],
  tracks: readonly Named[],
  gateM: number,
): readonly (readonly [string, string])[] {
  // being alone costs more than any detour that pairs could save by leaving one out
  const alone = 1 + gateM * (1 + Math.min(truth.length, tracks.length));
  const costs = truth.map((one) =>
    tracks.map((track) => {
      const distance = distanceM(one, track);
      return distance <= gateM ? distance : Infinity;
    })
  );
  return assign(costs, alone).map(([i, j]) => [truth[i].id, tracks[j].id] as const);
}

function distanceIn({ truth, tracks }: TrackingFrame, object: string, track: string): number {
  return distanceM(
    truth.find(({ id }) => id === object)!,
    tracks.find(({ id }) => id === track)!,
  );
}

export function distanceM({ position: a }: Named, { position: b }: Named): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
