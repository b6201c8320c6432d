import { encodeOnnx, type OnnxModel, type OnnxValueInfo } from "../kernels/compiler/onnx_schema.ts";
import { type ConversionOptions, innerName, OnnxWriter } from "./convert/onnx_writer.ts";
import type { TfGraph, TfNode } from "./convert/tfjs_graph.ts";
import { TRANSLATORS } from "./convert/translate.ts";
import { asStored, stored, storedInOrder, type Value } from "./convert/value.ts";

/** {@link convertTfjs}, as the bytes of an ONNX file (opset 17). The same graph gives the same bytes. */
export function tfjsToOnnx(graph: TfGraph, options: ConversionOptions): Uint8Array {
  return encodeOnnx(convertTfjs(graph, options));
}

/**
 * Converts a TensorFlow.js graph model to ONNX, computing in float32. Float16 weights stay 16 bits.
 * Throws `Error("Cannot convert <node>: …")` for an operation, or a use of one, that it does not know.
 */
export function convertTfjs(graph: TfGraph, options: ConversionOptions): OnnxModel {
  const conversion = new Conversion(graph, options.rename ?? {});
  const outputs = graph.outputs.map((name) => conversion.output(name));
  return conversion.writer.model(options, conversion.inputs, outputs);
}

/** One walk over the graph, from its outputs back to what they need. */
class Conversion {
  readonly writer = new OnnxWriter();
  readonly inputs: OnnxValueInfo[] = [];
  readonly #graph: TfGraph;
  readonly #rename: Readonly<Record<string, string>>;
  readonly #readers: ReadonlyMap<string, number>;
  readonly #values = new Map<string, readonly Value[]>();

  constructor(graph: TfGraph, rename: Readonly<Record<string, string>>) {
    this.#graph = graph;
    this.#rename = rename;
    this.#readers = countReaders(graph);
  }

  /** Writes everything behind the node `name` and gives its value out under its final name. */
  output(name: string): OnnxValueInfo {
    const value = asStored(this.#valueOf(name), name);
    const axes = value.order.map((_, axis) => axis);
    const { tensor, shape } = storedInOrder(this.writer, value, axes, `${innerName(name)}_out`);
    const finalName = this.#rename[name] ?? name;
    this.writer.node("Identity", finalName, [tensor]);
    return { name: finalName, shape };
  }

  #valueOf(reference: string): Value {
    const [name, index = "0"] = reference.split(":");
    const values = this.#values.get(name) ?? this.#translate(name);
    this.#values.set(name, values);
    const value = values[Number(index)];
    if (!value) throw new Error(`Cannot convert ${name}: it has no output ${index}`);
    return value;
  }

  #translate(name: string): readonly Value[] {
    const node = this.#graph.nodes.get(name);
    if (!node) throw new Error(`Cannot convert ${name}: there is no such node`);
    if (node.op === "Const") return [this.#constant(name)];
    if (node.op === "Placeholder") return [this.#placeholder(node)];
    const translator = Object.hasOwn(TRANSLATORS, node.op) ? TRANSLATORS[node.op] : undefined;
    if (!translator) {
      const known = Object.keys(TRANSLATORS).join(", ");
      throw new Error(`Cannot convert ${name}: unknown operation ${node.op}; known are ${known}`);
    }
    return translator({
      node,
      inputs: node.inputs.map((input) => this.#valueOf(input)),
      writer: this.writer,
      name: innerName(name),
      readers: (index) => this.#readers.get(node.inputs[index]) ?? 0,
    });
  }

  #constant(name: string): Value {
    const constant = this.#graph.constants.get(name);
    if (!constant) throw new Error(`Cannot convert ${name}: its weights are missing`);
    return { kind: "constant", constant };
  }

  #placeholder({ name, attributes }: TfNode): Value {
    const input = { name: this.#rename[name] ?? name, shape: attributes.shape("shape") };
    this.inputs.push(input);
    return stored(input.name, input.shape);
  }
}

function countReaders(graph: TfGraph): Map<string, number> {
  const readers = new Map<string, number>();
  for (const { inputs } of graph.nodes.values()) {
    for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  }
  return readers;
}
