import { readTensor } from "./constant_tensor.ts";
import { foldConstants } from "./folding/fold_constants.ts";
import type { Graph } from "./graph.ts";
import { GraphBuilder } from "./graph_builder.ts";
import { networkInputs, type ShapedInput } from "./network_inputs.ts";
import { decodeOnnx } from "./onnx_reader.ts";
import type { OnnxModel, OnnxNode } from "./onnx_schema.ts";
import { rewriteGraph } from "./rewriting/rewrite_graph.ts";
import { nodeError, type SourceNode, unsupported } from "./source_node.ts";
import { MOVING_OPS, TRANSLATORS } from "./translate/translators.ts";

export interface ImportOptions {
  /** Instead of the file's: batch 1. With several inputs, of the first. */
  readonly inputShape?: readonly number[];
  /** Instead of the file's: names of any values. What they do not need is left out. */
  readonly outputs?: readonly string[];
}

/**
 * The network of an ONNX file: shapes known, constants folded, activations and residual adds fused.
 *
 * Guarantees beyond the types of `graph.ts`: the operands of a binary node have as many axes as its output,
 * and at most one is a constant; `sub` and `div` by a constant have become `add` and `mul`; a ReLU is a clip
 * from 0 to Infinity; no value is empty.
 *
 * Throws `Error("Cannot compile <model>: …")`, for a node with its name and op, for damaged files, shapes
 * that are not fixed, and ops that are not supported.
 */
export function importOnnx(bytes: Uint8Array, options: ImportOptions = {}): Graph {
  let name = "the model";
  try {
    const model = decodeOnnx(bytes);
    name = model.name || name;
    return importModel(model, options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot compile ${name}: ${reason}`, { cause });
  }
}

function importModel(model: OnnxModel, options: ImportOptions): Graph {
  assertOpset(model);
  const outputs = options.outputs ?? model.outputs.map((output) => output.name);
  const needed = neededNodes(model, outputs);
  const { given, original } = networkInputs(model, options.inputShape);
  const first = original && translate(model, needed, original);
  const builder = translate(model, needed, given, first);
  return rewriteGraph(builder, {
    name: model.name,
    inputs: given.map((input) => input.name),
    outputs,
    metadata: model.metadata,
  });
}

/** Broadcasting was by attribute before 7. */
const OLDEST_OPSET = 7;

function assertOpset({ opset = OLDEST_OPSET }: OnnxModel): void {
  if (opset >= OLDEST_OPSET) return;
  throw new Error(
    `opset ${opset} is too old: convert the model to opset 17 (onnx.version_converter)`,
  );
}

interface Needed {
  readonly nodes: readonly OnnxNode[];
  readonly values: ReadonlySet<string>;
}

/** What the outputs depend on. The file's order is one in which nodes can run (onnx/IR.md). */
function neededNodes(model: OnnxModel, outputs: readonly string[]): Needed {
  const made = new Set(model.nodes.flatMap((node) => node.outputs));
  const missing = outputs.find((name) => !made.has(name));
  if (missing !== undefined) throw new Error(`no node makes the output ${missing}`);
  if (outputs.length === 0 || new Set(outputs).size < outputs.length) {
    throw new Error(`the outputs are not one or more different values: [${outputs}]`);
  }
  const values = new Set(outputs);
  const nodes = model.nodes.toReversed().filter((node) => {
    const isNeeded = node.outputs.some((output) => output && values.has(output));
    if (isNeeded) node.inputs.forEach((input) => values.add(input));
    return isNeeded;
  });
  return { nodes: nodes.reverse(), values };
}

/** All that a model's nodes compute, node by node. */
function translate(
  model: OnnxModel,
  { nodes, values }: Needed,
  inputs: readonly ShapedInput[],
  original?: GraphBuilder,
): GraphBuilder {
  const names = model.nodes.flatMap((node) => [...node.inputs, ...node.outputs]);
  const builder = new GraphBuilder(new Set(names), original);
  for (const initializer of model.initializers) {
    builder.addConstant(initializer.name, readTensor(initializer));
  }
  for (const { name, shape } of inputs) builder.addInput(name, shape);
  for (const node of nodes) {
    translateNode({
      ...node,
      ...withOwnDomain(node),
      opset: model.opset ?? OLDEST_OPSET,
      inputs: node.inputs.map((input) => builder.resolve(input)),
      fileInputs: node.inputs,
    }, builder);
    const unmade = node.outputs.find((name) => values.has(name) && name && !builder.isTaken(name));
    if (unmade) throw unsupported(node, `with its output ${unmade}`);
  }
  return builder;
}

/** QDQ models with 16-bit values name these ops in ONNX Runtime's own domain. */
function withOwnDomain(node: OnnxNode): { domain?: string } {
  const isOwn = node.opType === "QuantizeLinear" || node.opType === "DequantizeLinear";
  return node.domain === "com.microsoft" && isOwn ? { domain: undefined } : {};
}

function translateNode(node: SourceNode, builder: GraphBuilder): void {
  assertValues(node, builder);
  const folded = foldConstants(node, builder);
  if (folded) {
    folded.forEach((tensor, k) => builder.addFolded(node, node.outputs[k], tensor));
    return;
  }
  const translator = node.domain ? undefined : TRANSLATORS.get(node.opType);
  if (!translator) throw unsupported(node);
  const quantization = node.fileInputs.map((name) => builder.quantized.get(name)).find(Boolean);
  const isMoving = MOVING_OPS.has(node.opType);
  if (quantization && !isMoving && node.opType !== "DequantizeLinear") {
    throw unsupported(node, "on integers (only models that quantize with QDQ nodes are)");
  }
  translator(node, builder);
  if (!quantization || !isMoving) return;
  for (const output of node.outputs) builder.quantized.set(output, quantization);
}

function assertValues(node: SourceNode, builder: GraphBuilder): void {
  const missing = node.inputs.find((name) => name && !builder.isKnown(name));
  if (missing !== undefined) {
    throw nodeError(node, `reads ${missing}, which nothing before it makes; the file is damaged`);
  }
  const taken = node.outputs.find((name) => name && builder.isTaken(name));
  if (taken !== undefined || !node.outputs[0]) {
    throw nodeError(
      node,
      `makes ${taken ?? "nothing"}, which is made already; the file is damaged`,
    );
  }
}
