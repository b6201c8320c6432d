import type { Frame, Tensors } from "../kernels/engine.ts";
import { RECORD_WORDS } from "../kernels/plan.ts";
import { toDetection } from "./detection_box.ts";
import type { ModelDetection } from "./model.ts";

/** A record's positions are in parts of an input pixel, its score in parts of 1. */
const PIXEL_PARTS = 16;
const SCORE_PARTS = 32768;

export interface PlanClasses {
  readonly labels: readonly string[];
  /** The network's number of the first label: 1 where 0 is the background. */
  readonly firstClass: number;
  /** Edge of the plan's square input, pixels. */
  readonly inputSize: number;
}

/** The input of a plan that takes frames as they are: it scales and normalises them itself. */
export function frameInput({ width, height, data }: Frame): Tensors {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { image: { data: bytes, shape: [height, width, 4] } };
}

/**
 * The output `detections` of a plan that ends in a detector's head (kernels/plan.ts, RECORD_WORDS), best
 * first. Throws when there is none or it holds what no such plan writes.
 */
export function planDetections(outputs: Tensors, classes: PlanClasses): ModelDetection[] {
  const records = outputs.detections?.data;
  if (!(records instanceof Int32Array)) throw new Error("Cannot decode: no output detections");
  const count = records[0];
  if (!(count >= 0 && (count + 1) * RECORD_WORDS <= records.length)) {
    throw new Error(`Cannot decode: ${count} detections in ${records.length} words`);
  }
  return Array.from({ length: count }, (_, k) => {
    const at = (k + 1) * RECORD_WORDS;
    return detectionOf(records.subarray(at, at + RECORD_WORDS), classes);
  });
}

function detectionOf(record: Int32Array, { labels, firstClass, inputSize }: PlanClasses) {
  const [number, score] = record;
  const label = number - firstClass;
  if (labels[label] === undefined) throw new Error(`Cannot decode: there is no class ${number}`);
  const [left, top, right, bottom] = record.subarray(2, 6);
  const size = inputSize * PIXEL_PARTS;
  return toDetection({ label, score: score / SCORE_PARTS, left, top, right, bottom }, labels, size);
}
