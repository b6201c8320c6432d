/**
 * How the demo's objects are cut out of their pictures, for a frame 480 pixels high. Crop, size, tilt and
 * brightness were searched for with the shipped detector until it was sure of each object (mean score
 * .59 to .72) and took it for nothing else; `tests/demo_accuracy_test.ts` holds that.
 */
import { type CutoutPlan, outline, roundedRectangle } from "./cutout.ts";

/** Of the astronaut, from her right hip over her hair to her left elbow. */
export const HEAD_AND_TRUNK: readonly (readonly [number, number])[] = [
  [22, 400],
  [36, 335],
  [42, 285],
  [60, 252],
  [118, 214],
  [114, 190],
  [130, 164],
  [182, 148],
  [164, 118],
  [152, 84],
  [166, 46],
  [200, 20],
  [238, 12],
  [276, 28],
  [298, 58],
  [302, 92],
  [288, 124],
  [272, 140],
  [262, 168],
  [298, 186],
  [308, 226],
  [304, 250],
  [342, 264],
  [356, 300],
  [364, 346],
];

/** Hair, collar, suit and helmet, without the flag and the shuttle behind. */
export const ASTRONAUT: CutoutPlan = {
  shape: outline([
    [50, 540],
    [22, 470],
    ...HEAD_AND_TRUNK,
    [404, 341],
    [446, 356],
    [482, 396],
    [498, 450],
    [512, 490],
    [512, 540],
  ]),
  crop: [14, 4, 512, 512],
  // Without the helmet: it is not part of her.
  object: [22, 16, 370, 512],
  scaleX: 0.66,
  scaleY: 0.66,
  tilt: 0,
  gain: 1,
  gamma: 1,
  rim: 4,
};

const CAT_CROP = [57, 3, 415, 279] as const;
export const CAT: CutoutPlan = {
  shape: roundedRectangle(CAT_CROP, 14),
  crop: CAT_CROP,
  object: CAT_CROP,
  scaleX: 0.66,
  scaleY: 0.608,
  tilt: -0.053,
  gain: 1.18,
  gamma: 0.89,
  rim: 4,
};

const CUP_CROP = [158, 17, 480, 328] as const;
export const CUP: CutoutPlan = {
  shape: roundedRectangle(CUP_CROP, 115),
  crop: CUP_CROP,
  object: [165, 17, 412, 312],
  scaleX: 1.278,
  scaleY: 1.181,
  tilt: -0.116,
  gain: 1.04,
  gamma: 0.78,
  rim: 4,
};
