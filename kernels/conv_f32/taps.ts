import type { Pair, PlanTensor, Window } from "../plan.ts";

/** A window over one axis of an input that `upsample` has spread. */
export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
  readonly upsample: number;
  /** Input positions. */
  readonly size: number;
}

/** Rows are axis 0, columns 1. */
export function windowAxis(
  window: Window,
  axis: 0 | 1,
  { height, width }: PlanTensor,
  upsample: Pair = [1, 1],
): WindowAxis {
  return {
    kernel: window.kernel[axis],
    stride: window.stride[axis],
    dilation: window.dilation[axis],
    padding: window.padding[axis],
    upsample: upsample[axis],
    size: axis === 0 ? height : width,
  };
}

/** A tap of the window and the input position that it meets. */
export interface Tap {
  readonly tap: number;
  readonly position: number;
}

/** The taps of the window at output position `output` that meet an input position, first to last. */
export function tapsOf(axis: WindowAxis, output: number): Tap[] {
  const taps: Tap[] = [];
  for (let tap = 0; tap < axis.kernel; tap++) {
    const spread = output * axis.stride - axis.padding + tap * axis.dilation;
    const position = spread / axis.upsample;
    if (Number.isInteger(position) && position >= 0 && position < axis.size) {
      taps.push({ tap, position });
    }
  }
  return taps;
}
