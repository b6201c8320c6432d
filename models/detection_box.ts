import type { ModelDetection } from "./model.ts";
import type { Candidate, Corners } from "./suppress.ts";

/** What a network saw, in its input's pixels, as what was in the frame that was stretched to it. */
export function toDetection(
  { label, score, left, top, right, bottom }: Candidate,
  labels: readonly string[],
  inputSize: number,
): ModelDetection {
  return {
    label: labels[label],
    score,
    box: {
      x: left / inputSize,
      y: top / inputSize,
      width: (right - left) / inputSize,
      height: (bottom - top) / inputSize,
    },
  };
}

/** Cut at the input's edges. */
export function withinInput({ left, top, right, bottom }: Corners, inputSize: number): Corners {
  const within = (position: number) => Math.min(Math.max(position, 0), inputSize);
  return { left: within(left), top: within(top), right: within(right), bottom: within(bottom) };
}

export function isEmpty({ left, top, right, bottom }: Corners): boolean {
  return !(right > left && bottom > top);
}
