import type { Checker } from "./op_definition.ts";
import type { PlanTensor, Window } from "./plan.ts";

/** Positions that a window may range over along an axis, so that none overflows 32 bits. */
const MAX_REACH = 2 ** 21;
const MAX_WINDOW_PIXELS = 65536;

/** Positions along an axis, missing ones too, from the first window's first to the last one's last. */
export function reachOf({ kernel, stride, dilation }: Window, output: number, axis: 0 | 1): number {
  return output === 0 ? 0 : (output - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1;
}

/** That the window has a size, and that no position in it overflows. */
export function checkWindow(window: Window, output: PlanTensor, checker: Checker): void {
  const { kernel, stride, dilation, padding } = window;
  const outputs = [output.height, output.width];
  for (const axis of [0, 1] as const) {
    const isPositive = [kernel, stride, dilation].every((pair) => pair[axis] > 0);
    checker.require(isPositive, "the window's kernel, stride or dilation is below 1");
    checker.require(padding[axis] >= 0 && padding[axis] <= MAX_REACH, "padding is out of range");
    const isBounded = [kernel, stride, dilation].every((pair) => pair[axis] <= MAX_REACH);
    const isReachable = reachOf(window, outputs[axis], axis) <= MAX_REACH;
    checker.require(isBounded && isReachable, "the window reaches too far");
  }
  checker.require(kernel[0] * kernel[1] <= MAX_WINDOW_PIXELS, "the window has over 65,536 pixels");
}

/** That each of the output's windows covers a pixel of the input, so that a largest or a mean exists. */
export function checkWindowsCover(
  window: Window,
  { input, output }: { readonly input: PlanTensor; readonly output: PlanTensor },
  checker: Checker,
): void {
  if (output.height === 0 || output.width === 0) return;
  const axes = [[input.height, output.height], [input.width, output.width]];
  axes.forEach(([size, outputs], axis) => {
    const [kernel, stride, dilation, padding] = [
      window.kernel[axis],
      window.stride[axis],
      window.dilation[axis],
      window.padding[axis],
    ];
    // No wider than the input, a step cannot pass over it: then only the first and last window can miss.
    checker.require(kernel === 1 || dilation <= size, "the dilation is above the input's size");
    const firstReaches = (kernel - 1) * dilation >= padding;
    const lastReaches = (outputs - 1) * stride - padding < size;
    checker.require(size > 0 && firstReaches && lastReaches, "a window covers no pixel");
  });
}
