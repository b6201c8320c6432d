/** Words of `Params` that several shaders share. */
import { ELEMENT_BYTES, type PlanTensor, type Requantization, type Window } from "../plan.ts";
import { NONE } from "./gpu_op.ts";

/** Bytes from a pixel to the next. */
export function strideBytes({ stride, type }: PlanTensor): number {
  return stride * ELEMENT_BYTES[type];
}

/** Whether every pixel, and every four bytes of its channels, begin at a 32-bit word. */
export function isWhole(tensor: PlanTensor): boolean {
  return tensor.offset % 4 === 0 && strideBytes(tensor) % 4 === 0;
}

/** Four bytes of the zero point. */
export function zeroBytes({ zero }: PlanTensor): number {
  return zero * 0x01010101;
}

/** stride_y, stride_x, padding_y, padding_x */
export function placeParams({ stride, padding }: Pick<Window, "stride" | "padding">): number[] {
  return [...stride, ...padding];
}

/** shift, multiplier, slope, low, high, zero, table */
export function requantizationParams(op: Requantization): number[] {
  const { shift, multiplier, slope = NONE, low, high, zero, table = NONE } = op;
  return [shift, multiplier, slope, low, high, zero, table];
}

/** Groups of four channels, of all pixels. */
export function quadsOf({ height, width, channels }: PlanTensor): number {
  return height * width * Math.ceil(channels / 4);
}
