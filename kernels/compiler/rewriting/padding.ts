import type { PadNode, PoolNode } from "../graph.ts";
import type { GraphEditor } from "./graph_editor.ts";
import { type Rule, ruleFor } from "./rule.ts";
import { rangeOf } from "./value_range.ts";

type Edges = readonly [number, number, number, number];

/** Rows and columns that a pad node adds; undefined if it adds channels. */
function edgesOf({ before, after }: PadNode): Edges | undefined {
  const isSpatial = before.length === 4 && [before, after].every(([n, c]) => n === 0 && c === 0);
  return isSpatial ? [before[2], before[3], after[2], after[3]] : undefined;
}

function spatialPad(editor: GraphEditor, name: string) {
  const pad = editor.producer(name);
  const edges = pad?.kind === "pad" ? edgesOf(pad) : undefined;
  return pad?.kind === "pad" && edges
    ? { edges, value: pad.value, input: pad.inputs[0] }
    : undefined;
}

function sum(a: Edges, b: Edges): Edges {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

const convolution = ruleFor(["conv"], (editor, node) => {
  const pad = spatialPad(editor, node.inputs[0]);
  const isPlain = !node.isMatrix && node.upsample[0] === 1 && node.upsample[1] === 1;
  if (!pad || pad.value !== 0 || !isPlain) return false;
  const inputs = [pad.input, ...node.inputs.slice(1)];
  editor.replace({ ...node, inputs, padding: sum(node.padding, pad.edges) });
  return true;
});

/** Zeros count in a mean. What the pool itself pads must count as well, or not be there. */
const averagePool = ruleFor(["average_pool"], (editor, node) => {
  const pad = spatialPad(editor, node.inputs[0]);
  const countsAll = node.countPadding || node.padding.every((edge) => edge === 0);
  if (!pad || pad.value !== 0 || !countsAll) return false;
  const padding = sum(node.padding, pad.edges);
  editor.replace({ ...node, inputs: [pad.input], padding, countPadding: true });
  return true;
});

/** What is never the largest may as well not be there, if every window sees something else. */
const maxPool = ruleFor(["max_pool"], (editor, node) => {
  const pad = spatialPad(editor, node.inputs[0]);
  if (!pad || !(pad.value <= rangeOf(editor, pad.input).low)) return false;
  const padding = sum(node.padding, pad.edges);
  if (!isInside(node, padding)) return false;
  editor.replace({ ...node, inputs: [pad.input], padding });
  return true;
});

function isInside({ kernel, dilation }: PoolNode, padding: Edges): boolean {
  const extents = [0, 1].map((axis) => (kernel[axis] - 1) * dilation[axis] + 1);
  return padding.every((edge, k) => edge < extents[k % 2]);
}

export const PADDING_RULES: readonly Rule[] = [convolution, averagePool, maxPool];
