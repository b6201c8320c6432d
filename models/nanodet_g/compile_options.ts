import type { DistributionHead, ImageInput } from "../../kernels/compiler/options.ts";
import { BINS, STRIDES } from "./grid.ts";

/** Below this NanoDet-g mostly reports texture. */
export const MIN_SCORE = 0.3;

/** Two boxes of one class that overlap more than this are one object. */
export const MAX_OVERLAP = 0.5;

/** Blue, green, red, normalised by what the network was trained with. */
export const IMAGE: ImageInput = {
  fit: "stretch",
  order: [2, 1, 0],
  mean: [103.53, 116.28, 123.675],
  deviation: [57.375, 57.12, 58.395],
  fill: 0,
};

/** "Generalized Focal Loss", arXiv:2006.04388, section 3; values as `build.ts` names them. */
export const HEAD: DistributionHead = {
  kind: "distribution",
  bins: BINS,
  levels: STRIDES.map((stride) => ({
    scores: `score_logits_${stride}`,
    boxes: `box_logits_${stride}`,
    stride,
  })),
  minScore: MIN_SCORE,
  maxOverlap: MAX_OVERLAP,
  maxDetections: 100,
};
