import type { Tensor, Tensors } from "../../kernels/engine.ts";
import { isEmpty, toDetection, withinInput } from "../detection_box.ts";
import type { ModelDetection } from "../model.ts";
import { type Candidate, suppressOverlaps } from "../suppress.ts";
import { MAX_OVERLAP, MIN_SCORE } from "./compile_options.ts";
import { BINS, SIDES, STRIDES } from "./grid.ts";
import { LABELS } from "./labels.ts";

/**
 * For a network that is not a plan: its outputs `scores_<stride>` `[1, cells, 80]` (already 0..1) and `boxes_<stride>`
 * `[1, cells, 44]` to detections, best first, boxes cut at the frame's edge. `inputSize` in pixels.
 * Source: "Generalized Focal Loss", arXiv:2006.04388, section 3.
 */
export function decode(outputs: Tensors, inputSize: number): ModelDetection[] {
  const candidates = STRIDES.flatMap((stride) => gridCandidates(outputs, inputSize, stride));
  return suppressOverlaps(candidates, MAX_OVERLAP)
    .map((candidate) => toDetection(candidate, LABELS, inputSize));
}

function gridCandidates(outputs: Tensors, inputSize: number, stride: number): Candidate[] {
  const side = inputSize / stride;
  const scores = floats(outputs, `scores_${stride}`, side * side * LABELS.length);
  const distances = floats(outputs, `boxes_${stride}`, side * side * SIDES * BINS);
  const candidates: Candidate[] = [];
  for (let cell = 0; cell < side * side; cell++) {
    const best = bestLabel(scores, cell * LABELS.length);
    const score = scores[cell * LABELS.length + best];
    if (score < MIN_SCORE) continue;
    const box = withinInput(boxOf(distances, cell, side, stride), inputSize);
    if (!isEmpty(box)) candidates.push({ label: best, score, ...box });
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
    left: centreX - distance(0),
    top: centreY - distance(1),
    right: centreX + distance(2),
    bottom: centreY + distance(3),
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

function floats(outputs: Tensors, name: string, length: number): Float32Array {
  const output: Tensor | undefined = outputs[name];
  if (output?.data instanceof Float32Array && output.data.length === length) return output.data;
  throw new Error(`Cannot decode: output ${name} is missing or is not ${length} floats`);
}
