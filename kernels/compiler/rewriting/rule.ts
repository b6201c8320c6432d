import type { BinaryNode, ConvNode, GraphNode, UnaryNode } from "../graph.ts";
import type { GraphEditor } from "./graph_editor.ts";

/** Changes the graph at a node, if it can; says whether it did. What it computes stays the same. */
export type Rule = (editor: GraphEditor, node: GraphNode) => boolean;

/** The node type that has kind `K`, among others perhaps. */
type NodeOfKind<K> = GraphNode extends infer N
  ? N extends GraphNode ? K extends N["kind"] ? N : never : never
  : never;

/** A rule about nodes of some kinds. */
export function ruleFor<K extends GraphNode["kind"]>(
  kinds: readonly K[],
  rule: (editor: GraphEditor, node: NodeOfKind<K>) => boolean,
): Rule {
  const isOfKind = (node: GraphNode): node is NodeOfKind<K> & GraphNode =>
    kinds.some((kind) => kind === node.kind);
  return (editor, node) => isOfKind(node) && rule(editor, node);
}

export function isBinary(node: GraphNode | undefined): node is BinaryNode {
  return node !== undefined && "activation" in node && node.kind !== "conv" &&
    node.kind !== "unary";
}

export function isUnary(node: GraphNode | undefined): node is UnaryNode {
  return node?.kind === "unary";
}

export function isConv(node: GraphNode | undefined): node is ConvNode {
  return node?.kind === "conv";
}

/** Takes a node out that hands on its input unchanged. */
export function dropNode(editor: GraphEditor, node: GraphNode): boolean {
  const [input] = node.inputs;
  if (editor.bypass(node.output, input)) return true;
  const producer = editor.producer(input);
  if (!producer || editor.readers(input) > 1) return false;
  editor.rename(producer, node.output);
  return true;
}
