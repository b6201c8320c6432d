import type { ConvNode, Graph, GraphNode, SliceNode, UnaryNode } from "./graph.ts";
import { shapeOf } from "./placement.ts";

/**
 * A convolution of which only slices of channels are read becomes a convolution for each slice, which takes
 * over the activation behind it: scores and boxes from one layer then need not share one scale.
 */
export function splitConvs(graph: Graph): Graph {
  const readers = readersOf(graph);
  const gone = new Set<GraphNode>();
  const nodes = graph.nodes.flatMap((node) => {
    const slices = node.kind === "conv" ? slicesOf(graph, node, readers) : undefined;
    if (node.kind !== "conv" || !slices) return [node];
    return slices.map((slice) => {
      const after = activationAfter(graph, slice, readers);
      for (const done of [slice, after]) if (done) gone.add(done);
      return sliceOfConv(graph, node, slice, after);
    });
  });
  return { ...graph, nodes: nodes.filter((node) => !gone.has(node)) };
}

type Readers = ReadonlyMap<string, readonly GraphNode[]>;

function readersOf({ nodes }: Graph): Readers {
  const readers = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) readers.set(input, [...readers.get(input) ?? [], node]);
  }
  return readers;
}

/** All that reads the convolution, if that are slices of its channels that do not overlap. */
function slicesOf(graph: Graph, conv: ConvNode, readers: Readers): SliceNode[] | undefined {
  const { output, groups, hasResidual, activation } = conv;
  if (groups > 1 || hasResidual || activation.kind !== "none") return undefined;
  if (graph.outputs.includes(output)) return undefined;
  const axis = channelAxis(graph, conv);
  const nodes = readers.get(output) ?? [];
  const slices = nodes.filter((node) => node.kind === "slice");
  const shape = shapeOf(graph, output);
  const isOfChannels = slices.every((slice) =>
    slice.steps.every((step) => step === 1) &&
    shapeOf(graph, slice.output).every((size, at) => at === axis || size === shape[at])
  );
  const channels = slices.reduce((sum, slice) => sum + shapeOf(graph, slice.output)[axis], 0);
  const isAll = slices.length === nodes.length && slices.length > 1;
  return isAll && isOfChannels && channels <= shape[axis] ? slices : undefined;
}

function channelAxis(graph: Graph, { isMatrix, output }: ConvNode): number {
  return isMatrix ? shapeOf(graph, output).length - 1 : 1;
}

function activationAfter(graph: Graph, { output }: SliceNode, readers: Readers) {
  const [reader, ...others] = readers.get(output) ?? [];
  const isAlone = reader?.kind === "unary" && others.length === 0 &&
    !graph.outputs.includes(output);
  return isAlone ? reader : undefined;
}

function sliceOfConv(
  graph: Graph,
  conv: ConvNode,
  slice: SliceNode,
  after: UnaryNode | undefined,
): ConvNode {
  const axis = channelAxis(graph, conv);
  const start = slice.starts[axis];
  const end = start + shapeOf(graph, slice.output)[axis];
  const depth = conv.weights.length / conv.bias.length;
  return {
    ...conv,
    output: after?.output ?? slice.output,
    weights: conv.weights.slice(start * depth, end * depth),
    bias: conv.bias.slice(start, end),
    activation: after?.activation ?? conv.activation,
  };
}
