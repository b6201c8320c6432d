import type { BinaryNode, ConvNode, Graph, GraphNode } from "./graph.ts";
import { shapeOf } from "./placement.ts";

/** What a node computes before its activation. No ONNX name has a line break. */
export function sumName(output: string): string {
  return `${output}\nsum`;
}

/** What a convolution computes before its residual is added. */
export function partName(output: string): string {
  return `${output}\npart`;
}

/** Whether a value is only there in the graph that `exposeSums` makes. */
export function isExposed(value: string): boolean {
  return value.includes("\n");
}

/** The same graph with a node each for what convolutions and additions have fused, so that all can be measured. */
export function exposeSums(graph: Graph): Graph {
  const shapes = new Map(graph.shapes);
  const nodes = graph.nodes.flatMap((node) => {
    if (!("activation" in node) || node.kind === "unary") return [node];
    for (const name of [sumName(node.output), partName(node.output)]) {
      shapes.set(name, shapeOf(graph, node.output));
    }
    return node.kind === "conv" ? withoutResidual(node) : withoutActivation(node);
  });
  return { ...graph, nodes, shapes };
}

function withoutResidual(node: ConvNode): GraphNode[] {
  if (!node.hasResidual) return withoutActivation(node);
  const part = partName(node.output);
  const [input, residual] = node.inputs;
  const { name, source, output, activation } = node;
  return [
    { ...node, inputs: [input], output: part, hasResidual: false, activation: { kind: "none" } },
    ...withoutActivation({
      kind: "add",
      name,
      source,
      inputs: [part, residual],
      output,
      activation,
    }),
  ];
}

function withoutActivation(node: ConvNode | BinaryNode): GraphNode[] {
  if (node.activation.kind === "none") return [node];
  const { name, source, output, activation } = node;
  const sum = sumName(output);
  return [
    { ...node, output: sum, activation: { kind: "none" } },
    { kind: "unary", name, source, inputs: [sum], output, activation },
  ];
}
