/** Nodes that only move elements: less of them. */
import type { ReshapeNode } from "../graph.ts";
import type { GraphEditor } from "./graph_editor.ts";
import { dropNode, type Rule, ruleFor } from "./rule.ts";

function sameShape(editor: GraphEditor, a: string, b: string): boolean {
  return editor.shape(a).join() === editor.shape(b).join();
}

/** Of a reshape of a reshape the first is not needed; one to the same shape not at all. */
const reshape = ruleFor(["reshape"], (editor, node) => {
  const [input] = node.inputs;
  if (sameShape(editor, input, node.output)) return dropNode(editor, node);
  const producer = editor.producer(input);
  if (producer?.kind !== "reshape") return false;
  editor.replace({ ...node, inputs: producer.inputs });
  return true;
});

/** A transposition that keeps the order of all axes of more than one element is a reshape. */
const transpose = ruleFor(["transpose"], (editor, node) => {
  const [input] = node.inputs;
  const shape = editor.shape(input);
  const moved = node.permutation.filter((axis) => shape[axis] > 1);
  if (moved.every((axis, k) => k === 0 || axis > moved[k - 1])) {
    const { name, source, inputs, output } = node;
    const plain: ReshapeNode = { name, source, inputs, output, kind: "reshape" };
    editor.replace(plain);
    return true;
  }
  const producer = editor.producer(input);
  if (producer?.kind !== "transpose") return false;
  const permutation = node.permutation.map((axis) => producer.permutation[axis]);
  editor.replace({ ...node, inputs: producer.inputs, permutation });
  return true;
});

const concat = ruleFor(["concat"], (editor, node) => {
  return node.inputs.length === 1 && dropNode(editor, node);
});

const slice = ruleFor(["slice"], (editor, node) => {
  const isWhole = sameShape(editor, node.inputs[0], node.output) &&
    node.steps.every((step) => step > 0);
  return isWhole && dropNode(editor, node);
});

const pad = ruleFor(["pad"], (editor, node) => {
  return sameShape(editor, node.inputs[0], node.output) && dropNode(editor, node);
});

export const MOVE_RULES: readonly Rule[] = [reshape, transpose, concat, slice, pad];
