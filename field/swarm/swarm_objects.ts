/**
 * What lies on the swarm's ground, cut out of the free pictures. Crop, size, tilt and brightness were searched for
 * with the shipped detector at this size, until it was sure of each object wherever it lies in a frame
 * (`tests/swarm_detector_test.ts`).
 */
import {
  type Cutout,
  cutOut,
  type CutoutPlan,
  outline,
  roundedRectangle,
} from "../cutout/cutout.ts";
import { CAT, CUP, HEAD_AND_TRUNK } from "../cutout/objects.ts";
import { shrunk } from "./canvas.ts";
import type { SwarmPictures } from "./swarm_options.ts";
import type { SwarmLabel } from "./swarm_report.ts";

/** Cut out so many times larger, then averaged: taken at its size at once, it would be coarse. */
const FINER = 4;

/** Without the helmet, which passes for a ball at this size. */
const PERSON: CutoutPlan = {
  shape: outline([
    [36, 508],
    [24, 470],
    ...HEAD_AND_TRUNK,
    [350, 372],
    [328, 420],
    [328, 470],
    [336, 508],
  ]),
  crop: [14, 4, 368, 512],
  object: [22, 12, 360, 508],
  scaleX: 1,
  scaleY: 1,
  tilt: 0,
  gain: 1,
  gamma: 1,
  rim: 4,
};

/** With the spoon, which keeps it from passing for a sink. */
const CUP_CROP = [158, 17, 480, 328] as const;
const SPOONED_CUP: CutoutPlan = {
  ...{ ...CUP, tilt: 0, crop: CUP_CROP, object: CUP_CROP },
  shape: roundedRectangle(CUP_CROP, 115),
};

interface ObjectPlan {
  readonly picture: keyof SwarmPictures;
  readonly plan: CutoutPlan;
  /** Of the object on the ground's picture, pixels. */
  readonly heightPx: number;
}

export const OBJECT_PLANS: Readonly<Record<SwarmLabel, ObjectPlan>> = {
  person: { picture: "astronaut", plan: PERSON, heightPx: 116 },
  cat: { picture: "chelsea", plan: CAT, heightPx: 112 },
  cup: { picture: "coffee", plan: SPOONED_CUP, heightPx: 138 },
};

export function cutSwarmObjects(pictures: SwarmPictures): Readonly<Record<SwarmLabel, Cutout>> {
  const cut = (label: SwarmLabel) => {
    const { picture, plan, heightPx } = OBJECT_PLANS[label];
    const [, top, , bottom] = plan.object;
    const size = FINER * heightPx / ((bottom - top) * plan.scaleY);
    return shrunk(cutOut(pictures[picture], plan, size), FINER);
  };
  return { person: cut("person"), cat: cut("cat"), cup: cut("cup") };
}
