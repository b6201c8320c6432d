import type { Tensor, Tensors } from "../../kernels/engine.ts";
import { isEmpty, toDetection, withinInput } from "../detection_box.ts";
import type { ModelDetection } from "../model.ts";
import { type Candidate, type Corners, suppressOverlaps } from "../suppress.ts";
import { type Anchor, ANCHOR_GRIDS } from "./anchors.ts";
import {
  CENTRE_SCALE,
  FIRST_CLASS,
  INPUT_SIZE,
  MAX_OVERLAP,
  MIN_SCORE,
  SIZE_SCALE,
} from "./output_format.ts";
import { LABELS } from "./labels.ts";

const ANCHORS: readonly Anchor[] = ANCHOR_GRIDS.flatMap(({ anchors }) => anchors);
const CLASSES = FIRST_CLASS + LABELS.length;

/**
 * What the plan's head does, in floats, for comparison: the network's outputs `class_logits`
 * `[1, 1917, 24]` and `box_encodings` `[1, 1917, 4]` (y, x, height, width) to detections, best first,
 * boxes cut at the frame's edge.
 */
export function decode(outputs: Tensors): ModelDetection[] {
  const logits = floats(outputs, "class_logits", ANCHORS.length * CLASSES);
  const offsets = floats(outputs, "box_encodings", ANCHORS.length * 4);
  const candidates: Candidate[] = [];
  ANCHORS.forEach((anchor, index) => {
    const box = withinInput(boxOf(anchor, offsets, index * 4), INPUT_SIZE);
    if (isEmpty(box)) return;
    for (let label = 0; label < LABELS.length; label++) {
      const score = 1 / (1 + Math.exp(-logits[index * CLASSES + FIRST_CLASS + label]));
      if (score >= MIN_SCORE) candidates.push({ label, score, ...box });
    }
  });
  return suppressOverlaps(candidates, MAX_OVERLAP)
    .map((candidate) => toDetection(candidate, LABELS, INPUT_SIZE));
}

function boxOf([x, y, width, height]: Anchor, offsets: Float32Array, at: number): Corners {
  const centreY = y + offsets[at] / CENTRE_SCALE * height;
  const centreX = x + offsets[at + 1] / CENTRE_SCALE * width;
  const halfHeight = height * Math.exp(offsets[at + 2] / SIZE_SCALE) / 2;
  const halfWidth = width * Math.exp(offsets[at + 3] / SIZE_SCALE) / 2;
  return {
    left: (centreX - halfWidth) * INPUT_SIZE,
    top: (centreY - halfHeight) * INPUT_SIZE,
    right: (centreX + halfWidth) * INPUT_SIZE,
    bottom: (centreY + halfHeight) * INPUT_SIZE,
  };
}

function floats(outputs: Tensors, name: string, length: number): Float32Array {
  const output: Tensor | undefined = outputs[name];
  if (output?.data instanceof Float32Array && output.data.length === length) return output.data;
  throw new Error(`Cannot decode: output ${name} is missing or is not ${length} floats`);
}
