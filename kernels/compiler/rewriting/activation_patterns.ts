/** Activations that exporters spell out in smaller ops. */
import type { Activation, BinaryNode, GraphNode } from "../graph.ts";
import type { GraphEditor } from "./graph_editor.ts";
import { dropNode, isBinary, isUnary, type Rule, ruleFor } from "./rule.ts";
import { rangeOf } from "./value_range.ts";

/** Constants in files are rounded: 0.16666667. */
const TOLERANCE = 1e-5;

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE;
}

/** `value` ∘ `scalar`, if that is what the node is. */
function withScalar(editor: GraphEditor, node: GraphNode | undefined, kind: BinaryNode["kind"]) {
  if (!isBinary(node) || node.kind !== kind || node.activation.kind !== "none") return undefined;
  const [value, operand] = node.inputs;
  const constant = editor.constant(operand);
  return constant?.data.length === 1 ? { value, scalar: constant.data[0] } : undefined;
}

function toUnary(
  editor: GraphEditor,
  node: GraphNode,
  input: string,
  activation: Activation,
): boolean {
  const { name, source, output } = node;
  editor.replace({ name, source, inputs: [input], output, kind: "unary", activation });
  return true;
}

/** clip(x + b, 0, h), as x, b and h. */
function shiftedClip(editor: GraphEditor, name: string) {
  const clip = editor.producer(name);
  if (!isUnary(clip) || clip.activation.kind !== "clip" || clip.activation.low !== 0) {
    return undefined;
  }
  const sum = withScalar(editor, editor.producer(clip.inputs[0]), "add");
  return sum && { value: sum.value, shift: sum.scalar, high: clip.activation.high };
}

/** clip(x + 3, 0, 6) of the hard swish. */
function isSwishClip(editor: GraphEditor, name: string, value: string): boolean {
  const clip = shiftedClip(editor, name);
  return clip !== undefined && clip.value === value && isNear(clip.shift, 3) &&
    isNear(clip.high, 6);
}

/** clip(x + b, 0, h) / h = hard sigmoid with alpha 1/h, beta b/h. */
const hardSigmoid = ruleFor(["mul"], (editor, node) => {
  const product = withScalar(editor, node, "mul");
  const clip = product && shiftedClip(editor, product.value);
  if (!clip || !isNear(product.scalar * clip.high, 1)) return false;
  const { scalar } = product;
  const activation = { kind: "hard_sigmoid", alpha: scalar, beta: clip.shift * scalar } as const;
  return toUnary(editor, node, clip.value, activation);
});

/** x · hard sigmoid(x) with alpha 1/6, beta 1/2, and x · clip(x + 3, 0, 6) with the sixth anywhere else. */
const hardSwish = ruleFor(["mul"], (editor, node) => {
  if (node.activation.kind !== "none") return false;
  const sixth = withScalar(editor, node, "mul");
  const inner = sixth && isNear(sixth.scalar, 1 / 6) ? editor.producer(sixth.value) : undefined;
  if (isBinary(inner) && inner.kind === "mul" && inner.activation.kind === "none") {
    const value = pairs(inner).find(([x, clip]) => isSwishClip(editor, clip, x))?.[0];
    return value !== undefined && toUnary(editor, node, value, { kind: "hard_swish" });
  }
  for (const [x, gate] of pairs(node)) {
    if (isSwishGate(editor, gate, x)) return toUnary(editor, node, x, { kind: "hard_swish" });
    const scaled = withScalar(editor, editor.producer(x), "mul");
    if (scaled && isNear(scaled.scalar, 1 / 6) && isSwishClip(editor, gate, scaled.value)) {
      return toUnary(editor, node, scaled.value, { kind: "hard_swish" });
    }
  }
  return false;
});

function isSwishGate(editor: GraphEditor, name: string, value: string): boolean {
  const gate = editor.producer(name);
  return isUnary(gate) && gate.inputs[0] === value && gate.activation.kind === "hard_sigmoid" &&
    isNear(gate.activation.alpha, 1 / 6) && isNear(gate.activation.beta, 0.5);
}

const silu = ruleFor(["mul"], (editor, node) => {
  if (node.activation.kind !== "none") return false;
  for (const [x, name] of pairs(node)) {
    const gate = editor.producer(name);
    if (isUnary(gate) && gate.inputs[0] === x && gate.activation.kind === "sigmoid") {
      return toUnary(editor, node, x, { kind: "silu" });
    }
  }
  return false;
});

/** max(x, slope · x) with a slope of at most 1. */
const leakyRelu = ruleFor(["max"], (editor, node) => {
  if (node.activation.kind !== "none") return false;
  for (const [x, name] of pairs(node)) {
    const scaled = withScalar(editor, editor.producer(name), "mul");
    if (scaled && scaled.value === x && scaled.scalar >= 0 && scaled.scalar <= 1) {
      return toUnary(editor, node, x, { kind: "leaky", slopes: Float32Array.of(scaled.scalar) });
    }
  }
  return false;
});

/** Both orders of the operands. */
function pairs({ inputs: [a, b] }: BinaryNode): [string, string][] {
  return [[a, b], [b, a]];
}

/** One clip after another is one. */
const clipOfClip = ruleFor(["unary"], (editor, node) => {
  const inner = editor.producer(node.inputs[0]);
  if (!isUnary(inner)) return false;
  const activation = joinedClips(inner.activation, node.activation);
  return activation !== undefined && toUnary(editor, node, inner.inputs[0], activation);
});

export function joinedClips(first: Activation, second: Activation): Activation | undefined {
  if (first.kind !== "clip" || second.kind !== "clip") return undefined;
  const bound = (value: number) => Math.min(second.high, Math.max(second.low, value));
  return { kind: "clip", low: bound(first.low), high: bound(first.high) };
}

/** A clip that no value of its input reaches. */
const idleClip = ruleFor(["unary"], (editor, node) => {
  if (node.activation.kind !== "clip") return false;
  const { low, high } = rangeOf(editor, node.inputs[0]);
  return node.activation.low <= low && node.activation.high >= high && dropNode(editor, node);
});

export const ACTIVATION_RULES: readonly Rule[] = [
  hardSigmoid,
  hardSwish,
  silu,
  leakyRelu,
  clipOfClip,
  idleClip,
];
