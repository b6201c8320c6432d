import type { AnchorHead, ImageInput } from "../../kernels/compiler/options.ts";
import { ANCHOR_GRIDS } from "./anchors.ts";
import { LABELS } from "./labels.ts";
import { CENTRE_SCALE, FIRST_CLASS, MAX_OVERLAP, MIN_SCORE, SIZE_SCALE } from "./output_format.ts";

/** Red, green, blue, from −1 to 1. */
export const IMAGE: ImageInput = {
  fit: "stretch",
  order: [0, 1, 2],
  mean: [127.5, 127.5, 127.5],
  deviation: [127.5, 127.5, 127.5],
  fill: 0,
};

/** "SSD", arXiv:1512.02325, section 2.2; values as `build.ts` names them. */
export const HEAD: AnchorHead = {
  kind: "anchors",
  classes: FIRST_CLASS + LABELS.length,
  firstClass: FIRST_CLASS,
  centreScale: CENTRE_SCALE,
  sizeScale: SIZE_SCALE,
  levels: ANCHOR_GRIDS.map(({ side, anchors, anchorsPerCell }) => ({
    scores: `classes_${side}`,
    boxes: `boxes_${side}`,
    anchors,
    anchorsPerCell,
  })),
  minScore: MIN_SCORE,
  maxOverlap: MAX_OVERLAP,
  maxDetections: 100,
};
