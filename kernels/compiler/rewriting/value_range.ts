import type { Activation, GivenRange, GraphNode } from "../graph.ts";
import type { GraphEditor } from "./graph_editor.ts";

const ANY: GivenRange = { low: -Infinity, high: Infinity };
/** How far to look back; beyond, nothing is known. */
const MAX_DEPTH = 16;

/** What a value's elements surely lie in, whatever the network's inputs are. */
export function rangeOf(editor: GraphEditor, name: string): GivenRange {
  return new RangeSearch(editor).of(name, 0);
}

/** Looks at each value once, though many ways may lead to it. */
class RangeSearch {
  readonly #editor: GraphEditor;
  readonly #found = new Map<string, GivenRange>();

  constructor(editor: GraphEditor) {
    this.#editor = editor;
  }

  of(name: string, depth: number): GivenRange {
    const known = this.#found.get(name);
    if (known) return known;
    const node = this.#editor.producer(name);
    const range = node && depth < MAX_DEPTH
      ? rangeOfNode(node, () => node.inputs.map((input) => this.of(input, depth + 1)))
      : ANY;
    this.#found.set(name, range);
    return range;
  }
}

function rangeOfNode(node: GraphNode, inputs: () => readonly GivenRange[]): GivenRange {
  switch (node.kind) {
    case "conv":
    case "unary":
      return rangeOfActivation(node.activation);
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "max":
    case "min":
      return node.activation.kind === "none" && node.kind === "add"
        ? inputs().reduce((a, b) => ({ low: a.low + b.low, high: a.high + b.high }))
        : rangeOfActivation(node.activation);
    case "max_pool":
    case "resize":
    case "reshape":
    case "transpose":
    case "slice":
    case "concat":
      return union(inputs());
    case "average_pool":
      return node.countPadding ? union([...inputs(), { low: 0, high: 0 }]) : union(inputs());
    case "pad":
      return union([...inputs(), { low: node.value, high: node.value }]);
    case "softmax":
      return { low: 0, high: 1 };
  }
}

function rangeOfActivation(activation: Activation): GivenRange {
  switch (activation.kind) {
    case "clip":
      return activation;
    case "sigmoid":
    case "hard_sigmoid":
      return { low: 0, high: 1 };
    case "tanh":
      return { low: -1, high: 1 };
    case "exp":
    case "sqrt":
    case "abs":
      return { low: 0, high: Infinity };
    case "none":
    case "silu":
    case "hard_swish":
    case "leaky":
      return ANY;
  }
}

function union(ranges: readonly GivenRange[]): GivenRange {
  return {
    low: Math.min(...ranges.map(({ low }) => low)),
    high: Math.max(...ranges.map(({ high }) => high)),
  };
}
