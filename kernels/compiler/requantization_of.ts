import type { DataOffset, Requantization } from "../plan.ts";
import type { Ending } from "./activation_int8.ts";
import type { ConstantPool } from "./constant_pool.ts";
import type { QuantizedLayer } from "./quantize_weights.ts";

/** Bias and what follows the sum, as ops hold them. */
export function requantizationOf(
  { bias, shift, multiplier }: QuantizedLayer,
  { zero, low, high, table, slopes }: Ending,
  constants: ConstantPool,
): Requantization & { readonly bias: DataOffset } {
  return {
    bias: constants.add(bias),
    shift,
    multiplier: constants.add(multiplier),
    ...(slopes && { slope: constants.add(slopes) }),
    low,
    high,
    zero,
    ...(table && { table: constants.add(table) }),
  };
}
