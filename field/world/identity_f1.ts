/**
 * How long true objects keep one name: Ristani, Solera, Zou, Cucchiara, Tomasi, "Performance Measures and a Data
 * Set for Multi-Target, Multi-Camera Tracking", 2016, section 3.
 */
import { assign } from "./assignment.ts";
import { distanceM, type TrackingFrame } from "./clear_mot.ts";

export interface IdentityScore {
  /** 2 IDTP / (2 IDTP + IDFP + IDFN): NaN when there is neither an object nor a track. */
  readonly idf1: number;
  /** IDTP / tracks shown, and IDTP / true objects, over all frames. */
  readonly precision: number;
  readonly recall: number;
}

/** True objects and tracks are paired for all frames at once, so that most frames agree within `gateM`. */
export function identityScore(frames: readonly TrackingFrame[], gateM: number): IdentityScore {
  const objects = idsOf(frames.map(({ truth }) => truth));
  const tracks = idsOf(frames.map((frame) => frame.tracks));
  const shared = [...objects.keys()].map(() => [...tracks.keys()].map(() => 0));
  for (const frame of frames) {
    for (const one of frame.truth) {
      for (const track of frame.tracks) {
        if (distanceM(one, track) > gateM) continue;
        shared[objects.get(one.id)!][tracks.get(track.id)!]++;
      }
    }
  }
  const agreeing = mostShared(shared, frames.length);
  const truths = frames.reduce((sum, { truth }) => sum + truth.length, 0);
  const shown = frames.reduce((sum, frame) => sum + frame.tracks.length, 0);
  return {
    idf1: 2 * agreeing / (truths + shown),
    precision: agreeing / shown,
    recall: agreeing / truths,
  };
}

/** The most frames that a pairing can have in common. */
function mostShared(shared: readonly (readonly number[])[], frames: number): number {
  const costs = shared.map((row) => row.map((count) => frames - count));
  return assign(costs, frames + 1).reduce((sum, [i, j]) => sum + shared[i][j], 0);
}

/** Each id with a number. */
function idsOf(
  lists: readonly (readonly { readonly id: string }[])[],
): ReadonlyMap<string, number> {
  const ids = new Set(lists.flatMap((list) => list.map(({ id }) => id)));
  return new Map([...ids].map((id, i) => [id, i]));
}
