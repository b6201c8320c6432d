import type { ResizeNode, ResizeTap } from "./graph.ts";
import { spatialAxes } from "./layout.ts";
import type { Lowering } from "./lowering.ts";

/** Of a whole step between two positions; resize kernels weigh in these (plan.ts, ResizeOp). */
const SHARES = 128;

/** The same in integers and in floats. */
export function lowerResize(lowering: Lowering, node: ResizeNode): void {
  const axes = spatialAxes(lowering.shape(node.output));
  const input = lowering.operand(node.inputs[0], axes).tensor;
  const { constants } = lowering.builder;
  const rows = constants.add(resizeTable(node.rows));
  const columns = constants.add(resizeTable(node.columns));
  lowering.produce(
    node.output,
    axes,
    (output) => lowering.builder.op({ op: "resize", input, output, rows, columns }),
  );
}

/** An axis as the op reads it: first position, second position, share of the second. */
function resizeTable(taps: readonly ResizeTap[]): Int16Array {
  return Int16Array.from(
    taps.flatMap(({ first, second, share }) => [first, second, Math.round(share * SHARES)]),
  );
}
