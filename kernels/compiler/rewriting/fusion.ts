/** Residual adds and activations joined with the convolution or binary node before them. */
import type { BinaryNode, ConvNode, UnaryNode } from "../graph.ts";
import { joinedClips } from "./activation_patterns.ts";
import type { GraphEditor } from "./graph_editor.ts";
import { isBinary, isConv, type Rule, ruleFor } from "./rule.ts";

const activation = ruleFor(["unary"], (editor, node) => {
  const producer = editor.producer(node.inputs[0]);
  if (!(isConv(producer) || isBinary(producer)) || editor.readers(producer.output) > 1) {
    return false;
  }
  if (isConv(producer) && !fitsChannels(editor, producer, node)) return false;
  const joined = producer.activation.kind === "none"
    ? node.activation
    : joinedClips(producer.activation, node.activation);
  if (!joined) return false;
  editor.replace({ ...producer, output: node.output, activation: joined });
  return true;
});

/** A slope a channel is by axis 1, which is not that of a matrix's channels if there are more than two. */
function fitsChannels(editor: GraphEditor, conv: ConvNode, node: UnaryNode): boolean {
  const isOne = node.activation.kind !== "leaky" || node.activation.slopes.length === 1;
  return isOne || !conv.isMatrix || editor.shape(conv.output).length === 2;
}

/** The convolution then runs where the add stood: both its operands are there. */
const residual = ruleFor(["add"], (editor, node) => {
  const [a, b] = node.inputs;
  const isPlain = a !== b && editor.shape(a).join() === editor.shape(b).join();
  if (!isPlain) return false;
  const ready = [a, b].filter((name) => canTakeResidual(editor, name));
  // Of two the later: what the earlier needs could be forgotten sooner.
  const [chosen] = ready.length > 1 && editor.isBefore(ready[0], ready[1]) ? [ready[1]] : ready;
  const conv = chosen === undefined ? undefined : editor.producer(chosen);
  if (!isConv(conv)) return false;
  editor.replace(withResidual(conv, chosen === a ? b : a, node));
  return true;
});

function canTakeResidual(editor: GraphEditor, name: string): boolean {
  const conv = editor.producer(name);
  return isConv(conv) && editor.readers(name) === 1 && conv.activation.kind === "none" &&
    !conv.hasResidual && !isDepthwise(conv);
}

/** Depthwise kernels add no residual. */
function isDepthwise({ groups, bias }: ConvNode): boolean {
  return groups > 1 && groups === bias.length;
}

function withResidual(conv: ConvNode, other: string, { output, activation }: BinaryNode): ConvNode {
  return { ...conv, inputs: [conv.inputs[0], other], output, activation, hasResidual: true };
}

export const FUSION_RULES: readonly Rule[] = [activation, residual];
