/** Which scale and zero point each value of a graph gets. */
import { DisjointSets } from "./disjoint_sets.ts";
import type { GivenRange, Graph, GraphNode } from "./graph.ts";
import { isMove } from "./lower_moves.ts";
import { HIGHEST, numbersFor } from "./numbers.ts";
import type { Numbers } from "./plan_builder.ts";

export interface NumbersOptions {
  readonly ranges: ReadonlyMap<string, GivenRange>;
  /** Values whose numbers are given: a head's logits. */
  readonly given: ReadonlyMap<string, Numbers>;
}

/** 16-bit values get this many steps to each side: fine enough, and multipliers still differ by 32. */
const WIDE_STEPS = 1024;
/** What calibration saw of an output may be exceeded by this factor. */
const WIDE_MARGIN = 1.25;
/** Of values that were 0 whenever they were measured. */
const LEAST_WIDE = 1e-6;
const NO_LOGITS =
  "Cannot cut the network at %: a head's logits must come straight from a convolution, without an activation, and go nowhere else";
const SOFTMAX: Numbers = { type: "u7", scale: Math.fround(1 / HIGHEST), zero: 0 };

/**
 * Numbers of each computed value. What only moves keeps its numbers, and a concatenation's operands share
 * them. What leads from convolutions without an activation straight to outputs has 16 bits.
 * Throws where a value's range is not known.
 */
export function chooseNumbers(graph: Graph, options: NumbersOptions): Map<string, Numbers> {
  const groups = groupValues(graph, options.given);
  const members = new Map<string, string[]>();
  for (const value of computedValues(graph)) {
    const root = groups.sets.find(value);
    members.set(root, [...members.get(root) ?? [], value]);
  }
  const numbers = new Map<string, Numbers>();
  for (const [root, values] of members) {
    const chosen = groups.fixed.get(root) ?? numbersOfGroup(graph, values, options.ranges);
    const isPossible = chosen.type !== "i16" || isWide(graph, values);
    if (!isPossible) throw new Error(NO_LOGITS.replace("%", values[0]));
    for (const value of values) numbers.set(value, chosen);
  }
  return numbers;
}

function computedValues({ inputs, nodes }: Graph): string[] {
  return [...inputs, ...nodes.map(({ output }) => output)];
}

interface Groups {
  readonly sets: DisjointSets;
  /** By the group's name. */
  readonly fixed: ReadonlyMap<string, Numbers>;
}

function groupValues(graph: Graph, given: ReadonlyMap<string, Numbers>): Groups {
  const sets = new DisjointSets();
  for (const node of graph.nodes) if (keepsNumbers(node)) sets.join(node.inputs[0], node.output);
  const fixed = new Map([...given].map(([value, numbers]) => [sets.find(value), numbers]));
  for (const { kind, output } of graph.nodes) {
    if (kind === "softmax") fixed.set(sets.find(output), SOFTMAX);
  }
  for (const node of graph.nodes.filter(({ kind }) => kind === "concat")) {
    for (const operand of node.inputs) {
      const isFree = !graph.constants.has(operand) && !fixed.has(sets.find(operand));
      if (isFree && !fixed.has(sets.find(node.output))) sets.join(node.output, operand);
    }
  }
  return { sets, fixed };
}

/** Whether the output's elements are elements of the input, or lie between them. */
function keepsNumbers(node: GraphNode): boolean {
  return (isMove(node) && node.kind !== "concat") || node.kind === "max_pool" ||
    node.kind === "resize";
}

function numbersOfGroup(
  graph: Graph,
  values: readonly string[],
  ranges: ReadonlyMap<string, GivenRange>,
): Numbers {
  const range = rangeOfGroup(graph, values, ranges);
  if (!range) {
    throw new Error(
      `Cannot quantize ${
        values[0]
      }: its range is not known. Calibrate with pictures, or compile with --fp32`,
    );
  }
  if (!isWide(graph, values)) return numbersFor(range);
  const most = Math.max(-range.low, range.high, LEAST_WIDE) * WIDE_MARGIN;
  return { type: "i16", scale: Math.fround(most / WIDE_STEPS), zero: 0 };
}

function rangeOfGroup(
  graph: Graph,
  values: readonly string[],
  ranges: ReadonlyMap<string, GivenRange>,
): GivenRange | undefined {
  const group = new Set(values);
  const known = values.flatMap((value) => ranges.get(value) ?? []);
  if (known.length === 0) return undefined;
  const pads = graph.nodes.flatMap((node) =>
    node.kind === "pad" && group.has(node.output) ? [node.value] : []
  );
  return {
    low: Math.min(...known.map(({ low }) => low), ...pads),
    high: Math.max(...known.map(({ high }) => high), ...pads),
  };
}

/** Whether all that makes or reads the values can do with 16 bits: convolutions, moves and outputs. */
function isWide(graph: Graph, values: readonly string[]): boolean {
  const group = new Set(values);
  const makers = graph.nodes.filter(({ output }) => group.has(output));
  const readers = graph.nodes.filter(({ inputs }) => inputs.some((input) => group.has(input)));
  const isMade = !graph.inputs.some((input) => group.has(input)) &&
    makers.every((node) => isPlainConv(graph, node) || isPlainMove(graph, node));
  return isMade && readers.every((node) => isPlainMove(graph, node));
}

function isPlainConv({ shapes }: Graph, node: GraphNode): boolean {
  if (node.kind !== "conv" || node.activation.kind !== "none") return false;
  const isDepthwise = node.groups > 1 && node.groups === node.bias.length &&
    node.groups === shapes.get(node.inputs[0])?.[1];
  return !isDepthwise;
}

function isPlainMove({ constants }: Graph, node: GraphNode): boolean {
  return isMove(node) && node.kind !== "pad" && !node.inputs.some((input) => constants.has(input));
}
