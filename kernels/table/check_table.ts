import type { Checker } from "../op_definition.ts";

/** That a table lies inside the constants and gives activations: all kernels rely on u7 being 0..127. */
export function checkActivationTable(offset: number, entries: number, checker: Checker): void {
  checker.data(offset, entries);
  const table = checker.plan.data.subarray(offset, offset + entries);
  checker.require(table.every((entry) => entry <= 127), "a table has entries above 127");
}
