import type { Level } from "./camera_pose.ts";

/**
 * How high things of the models' labels usually are: the upper end of a detector's box above the ground, m. Only
 * those that stand on it and differ little.
 *
 * - People: adults' means lie between 1.49 and 1.83 m (NCD-RisC, "A century of trends in adult human height", eLife 5
 *   (2016) e13410). KITTI's labelled pedestrians deviate by 0.113 m, its cars are 1.526 ± 0.137 m (means of its
 *   training set, in MonoFlex, CVPR 2021).
 * - Animals: at the withers most cats have 0.23 to 0.25 m, sheep 0.6 to 0.9, cattle 1.35 to 1.8, ponies and horses 1.2
 *   to 1.7 (breed descriptions); with a deviation for breeds, and for the head, which is carried above or below.
 */
const USUAL_HEIGHTS: ReadonlyMap<string, Level> = new Map(
  ([
    ["person", 1.7, 0.1],
    ["car", 1.5, 0.15],
    ["cat", 0.28, 0.05],
    ["sheep", 0.8, 0.12],
    ["cow", 1.5, 0.15],
    ["cattle", 1.5, 0.15],
    ["horse", 1.6, 0.25],
  ] as const).map(([label, heightM, deviationM]) => [label, { heightM, deviationM }]),
);

/** Null: such things are of all heights, or do not stand on the ground. */
export function usualHeight(label: string): Level | null {
  return USUAL_HEIGHTS.get(label) ?? null;
}
