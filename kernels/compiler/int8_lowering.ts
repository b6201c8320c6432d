import { quantizedConstant } from "./constant_value.ts";
import { sumName } from "./expose_sums.ts";
import type { Activation, GivenRange } from "./graph.ts";
import { Lowering } from "./lowering.ts";
import { numbersFor, tableOf } from "./numbers.ts";
import type { Numbers } from "./plan_builder.ts";
import type { QuantizedGraph } from "./quantized_graph.ts";

/** A lowering that knows its values' ranges. */
export class Int8Lowering extends Lowering {
  constructor(readonly quantized: QuantizedGraph) {
    super(quantized.graph, {
      numbersOf: (value) => numbersOf(quantized, value),
      convert: converted,
      materialize: (lowering, name) =>
        quantizedConstant(lowering, name, numbersOf(quantized, name)),
    });
  }

  /** Range of what a node computes before its activation, where it is known. */
  sumRange(
    node: { readonly output: string; readonly activation: Activation },
  ): GivenRange | undefined {
    const name = node.activation.kind === "none" ? node.output : sumName(node.output);
    return this.quantized.ranges.get(name);
  }
}

function numbersOf({ graph, numbers }: QuantizedGraph, value: string): Numbers {
  const known = numbers.get(value);
  if (known) return known;
  const constant = graph.constants.get(value);
  if (!constant) throw new Error(`the range of ${value} is not known`);
  const [low, high] = constant.data.reduce(
    ([low, high], each) => [Math.min(low, each), Math.max(high, each)],
    [0, 0],
  );
  return numbersFor({ low, high });
}

function converted(from: Numbers, to: Numbers): Uint8Array {
  if (from.type !== "u7" || to.type !== "u7") {
    throw new Error(`${from.type} does not become ${to.type} on the way`);
  }
  return tableOf(128, from, to, (real) => real);
}
