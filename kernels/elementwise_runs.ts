import type { PlanTensor } from "./plan.ts";

/** Elements that lie side by side in every tensor of an elementwise op, so that a kernel need not see pixels. */
export interface Runs {
  readonly count: number;
  readonly length: number;
}

/** One run a pixel; one a row where all tensors are dense and `byChannel` does not ask for whole pixels. */
export function runsOf(tensors: readonly PlanTensor[], byChannel: boolean): Runs {
  const { height, width, channels } = tensors[0];
  const isDense = tensors.every((tensor) => tensor.stride === tensor.channels);
  return isDense && !byChannel
    ? { count: height, length: width * channels }
    : { count: height * width, length: channels };
}

/** Elements from a tensor's run to its next. */
export function runStride({ stride, channels }: PlanTensor, { length }: Runs): number {
  return stride === channels ? length : stride;
}
