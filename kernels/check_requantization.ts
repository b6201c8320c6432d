import type { Checker } from "./op_definition.ts";
import type { Requantization } from "./plan.ts";
import { checkActivationTable } from "./table/check_table.ts";

const TABLE_ENTRIES = 256;

/** That the numbers by which sums of `channels` channels become activations are what kernels define. */
export function checkRequantization(op: Requantization, channels: number, checker: Checker): void {
  checker.require(op.shift >= 0 && op.shift <= 31, "the shift is not 0..31");
  checkFactors(op.multiplier, channels, 1, checker);
  if (op.slope !== undefined) checkFactors(op.slope, channels, 0, checker);
  const highest = op.table === undefined ? 127 : TABLE_ENTRIES - 1;
  const isRange = op.low >= 0 && op.low <= op.high && op.high <= highest;
  checker.require(isRange, `low and high are not in order within 0..${highest}`);
  checker.require(op.zero >= 0 && op.zero <= 255, "the zero point is not 0..255");
  if (op.table !== undefined) checkActivationTable(op.table, TABLE_ENTRIES, checker);
}

/** That `channels` i16 lie in the data and none is below `least`. */
function checkFactors(offset: number, channels: number, least: 0 | 1, checker: Checker): void {
  checker.data(offset, channels * 2);
  const { buffer, byteOffset } = checker.plan.data;
  const factors = new DataView(buffer, byteOffset + offset, channels * 2);
  for (let channel = 0; channel < channels; channel++) {
    const factor = factors.getInt16(channel * 2, true);
    checker.require(factor >= least, `multiplier or slope ${factor} of channel ${channel}`);
  }
}
