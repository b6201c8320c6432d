import type { GraphBuilder } from "../graph_builder.ts";
import type { SourceNode } from "../source_node.ts";

/** Adds what an ONNX node means to the graph, with the shape of each value that it makes. */
export type Translator = (node: SourceNode, builder: GraphBuilder) => void;
