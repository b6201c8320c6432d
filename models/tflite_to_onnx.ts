import { encodeOnnx, type OnnxModel, type OnnxValueInfo } from "../kernels/compiler/onnx_schema.ts";
import { type ConversionOptions, innerName, OnnxWriter } from "./convert/onnx_writer.ts";
import type { TfliteGraph, TfliteOperator } from "./convert/tflite_graph.ts";
import { TFLITE_TRANSLATORS } from "./convert/translate_tflite.ts";
import {
  asStored,
  NHWC_STORED_AS_NCHW,
  stored,
  storedInOrder,
  type Value,
} from "./convert/value.ts";

/** {@link convertTflite}, as the bytes of an ONNX file. The same graph gives the same bytes. */
export function tfliteToOnnx(graph: TfliteGraph, options: ConversionOptions): Uint8Array {
  return encodeOnnx(convertTflite(graph, options));
}

/**
 * Converts a TensorFlow Lite graph to ONNX, computing in float32. Inputs of four axes become N C H W.
 * Float16 weights stay 16 bits. Names are by tensor, what was fused into it left out.
 * Throws `Error("Cannot convert <tensor>: …")` for an operator, or a use of one, that it does not know.
 */
export function convertTflite(graph: TfliteGraph, options: ConversionOptions): OnnxModel {
  const conversion = new Conversion(graph, options.rename ?? {});
  const inputs = graph.inputs.map((index) => conversion.input(index));
  for (const operator of graph.operators) conversion.translate(operator);
  const outputs = graph.outputs.map((index) => conversion.output(index));
  return conversion.writer.model(options, inputs, outputs);
}

/** One walk over the operators, which stand in running order. */
class Conversion {
  readonly writer = new OnnxWriter();
  readonly #graph: TfliteGraph;
  readonly #rename: Readonly<Record<string, string>>;
  readonly #values = new Map<number, Value>();
  /** Of what is computed, by tensor. */
  readonly #names = new Map<number, string>();
  readonly #taken = new Set<string>();

  constructor(graph: TfliteGraph, rename: Readonly<Record<string, string>>) {
    this.#graph = graph;
    this.#rename = rename;
  }

  input(index: number): OnnxValueInfo {
    const { shape } = this.#tensor(index);
    const own = this.#name(index);
    const order = shape.length === 4 ? NHWC_STORED_AS_NCHW : shape.map((_, axis) => axis);
    const storedShape: number[] = [];
    order.forEach((to, axis) => storedShape[to] = shape[axis]);
    const name = this.#rename[own] ?? own;
    this.#values.set(index, stored(name, storedShape, order));
    return { name, shape: storedShape };
  }

  translate(operator: TfliteOperator): void {
    const { kind, outputs } = operator;
    const { shape } = this.#tensor(outputs[0]);
    const name = this.#freeName(outputs[0]);
    const translator = Object.hasOwn(TFLITE_TRANSLATORS, kind)
      ? TFLITE_TRANSLATORS[kind]
      : undefined;
    if (!translator) {
      const known = Object.keys(TFLITE_TRANSLATORS).join(", ");
      throw new Error(`Cannot convert ${name}: unknown operator ${kind}; known are ${known}`);
    }
    const value = translator({
      operator,
      inputs: operator.inputs.map((index) => index < 0 ? undefined : this.#valueOf(index)),
      outputShape: shape,
      writer: this.writer,
      name: innerName(name),
    });
    this.#values.set(outputs[0], value);
    // A constant is known by its user's name and needs none of its own.
    if (value.kind === "stored") this.#name(outputs[0]);
  }

  /** Gives a value out under its final name, its axes as TensorFlow has them. */
  output(index: number): OnnxValueInfo {
    const value = asStored(this.#valueOf(index), this.#tensor(index).name);
    const own = this.#names.get(index) ?? this.#name(index);
    const axes = value.order.map((_, axis) => axis);
    const { tensor, shape } = storedInOrder(this.writer, value, axes, `${innerName(own)}_out`);
    const name = this.#rename[own] ?? own;
    this.writer.node("Identity", name, [tensor]);
    return { name, shape };
  }

  #name(index: number): string {
    const name = this.#freeName(index);
    this.#names.set(index, name);
    this.#taken.add(name);
    return name;
  }

  #freeName(index: number): string {
    const { name } = this.#tensor(index);
    return this.#taken.has(name) ? `${name}_${index}` : name;
  }

  #valueOf(index: number): Value {
    const { name, constant } = this.#tensor(index);
    const value = constant ? { kind: "constant", constant } as const : this.#values.get(index);
    if (value) return value;
    throw new Error(`Cannot convert ${name}: nothing that runs before makes it`);
  }

  #tensor(index: number | undefined) {
    const tensor = this.#graph.tensors[index ?? -1];
    if (tensor) return tensor;
    throw new Error("Cannot convert an operator without an output");
  }
}
