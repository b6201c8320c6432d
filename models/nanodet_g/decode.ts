import type { Tensor, Tensors } from "../../kernels/engine.ts";
import type { ModelDetection } from "../model.ts";
import { type Candidate, suppressOverlaps } from "../suppress.ts";
import { LABELS } from "./labels.ts";
import { INPUT_SIZE } from "./prepare.ts";

/** The network looks at three grids; their cells are this many input pixels apart. */
const STRIDES = [8, 16, 32] as const;
/** A side's distance from the cell's centre is a distribution over 0, 1, … 10 strides. */
const BINS = 11;
const SIDES = 4;
/** Two boxes of one class that overlap more than this are one object. */
const OVERLAP_LIMIT = 0.5;

/** Below this NanoDet-g mostly reports texture. */
export const MIN_SCORE = 0.3;

/**
 * The network's outputs `scores_<stride>` `[1, cells, 80]` (already 0..1) and `boxes_<stride>`
 * `[1, cells, 44]` to detections: best first, boxes cut at the frame's edge.
 * Source: "Generalized Focal Loss", arXiv:2006.04388, section 3.
 */
export function decode(outputs: Tensors): ModelDetection[] {
  const candidates = STRIDES.flatMap((stride) => gridCandidates(outputs, stride));
  return suppressOverlaps(candidates, OVERLAP_LIMIT).map(toDetection);
}

function gridCandidates(outputs: Tensors, stride: number): Candidate[] {
  const side = INPUT_SIZE / stride;
  const scores = floats(outputs, `scores_${stride}`, side * side * LABELS.length);
  const distances = floats(outputs, `boxes_${stride}`, side * side * SIDES * BINS);
  const candidates: Candidate[] = [];
  for (let cell = 0; cell < side * side; cell++) {
    const best = bestLabel(scores, cell * LABELS.length);
    const score = scores[cell * LABELS.length + best];
    if (score < MIN_SCORE) continue;
    const box = boxOf(distances, cell, side, stride);
    if (box.right > box.left && box.bottom > box.top) {
      candidates.push({ label: best, score, ...box });
    }
  }
  return candidates;
}

function bestLabel(scores: Float32Array, start: number): number {
  let best = 0;
  for (let label = 1; label < LABELS.length; label++) {
    if (scores[start + label] > scores[start + best]) best = label;
  }
  return best;
}

function boxOf(distances: Float32Array, cell: number, side: number, stride: number) {
  const centreX = (cell % side + 0.5) * stride;
  const centreY = (Math.floor(cell / side) + 0.5) * stride;
  const distance = (k: number) => stride * expectation(distances, (cell * SIDES + k) * BINS);
  return {
    left: withinInput(centreX - distance(0)),
    top: withinInput(centreY - distance(1)),
    right: withinInput(centreX + distance(2)),
    bottom: withinInput(centreY + distance(3)),
  };
}

/** Mean bin under the softmax of the `BINS` numbers from `start`. */
function expectation(logits: Float32Array, start: number): number {
  let peak = -Infinity;
  for (let bin = 0; bin < BINS; bin++) peak = Math.max(peak, logits[start + bin]);
  let weights = 0;
  let sum = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const weight = Math.exp(logits[start + bin] - peak);
    weights += weight;
    sum += weight * bin;
  }
  return sum / weights;
}

function withinInput(position: number): number {
  return Math.min(Math.max(position, 0), INPUT_SIZE);
}

function toDetection({ label, score, left, top, right, bottom }: Candidate): ModelDetection {
  return {
    label: LABELS[label],
    score,
    box: {
      x: left / INPUT_SIZE,
      y: top / INPUT_SIZE,
      width: (right - left) / INPUT_SIZE,
      height: (bottom - top) / INPUT_SIZE,
    },
  };
}

function floats(outputs: Tensors, name: string, length: number): Float32Array {
  const output: Tensor | undefined = outputs[name];
  if (output?.data instanceof Float32Array && output.data.length === length) return output.data;
  throw new Error(`Cannot decode: output ${name} is missing or is not ${length} floats`);
}
