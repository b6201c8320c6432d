import {
  type OnnxAttribute,
  type OnnxElementType,
  type OnnxInitializer,
  type OnnxNode,
  OnnxType,
} from "./onnx_schema.ts";
import type { TfConstant } from "./tfjs_graph.ts";

/** Collects the nodes and initializers of a network while it is translated. */
export class OnnxWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly #producers = new Map<string, OnnxNode>();

  /** Adds a node; returns its outputs' names. The first is `name`, the others `name_1`, `name_2`, … */
  node(
    opType: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    outputCount = 1,
  ): string[] {
    const outputs = Array.from({ length: outputCount }, (_, k) => k === 0 ? name : `${name}_${k}`);
    const node = { opType, name, inputs: [...inputs], outputs, attributes };
    this.nodes.push(node);
    for (const output of outputs) this.#producers.set(output, node);
    return outputs;
  }

  /** The node behind a tensor; undefined for inputs and initializers. */
  producerOf(tensor: string): OnnxNode | undefined {
    return this.#producers.get(tensor);
  }

  /** A constant as float32. Float16 stays 16 bits in the file and is widened when it is loaded. */
  floats(name: string, { shape, elements }: TfConstant): string {
    const { type, values } = elements;
    if (type === "int") throw new Error(`Cannot use ${name}: integers where floats are needed`);
    if (type === "float32") return this.#initializer(name, OnnxType.FLOAT, shape, values);
    const narrow = this.#initializer(`${name}_f16`, OnnxType.FLOAT16, shape, values);
    return this.node("Cast", name, [narrow], { to: OnnxType.FLOAT })[0];
  }

  /** A vector of 64-bit integers: shapes, sizes, pads. */
  integers(name: string, values: readonly number[]): string {
    const wide = BigInt64Array.from(values, BigInt);
    return this.#initializer(name, OnnxType.INT64, [values.length], wide);
  }

  /** A float32 scalar. */
  scalar(name: string, value: number): string {
    return this.#initializer(name, OnnxType.FLOAT, [], Float32Array.of(value));
  }

  #initializer(
    name: string,
    type: OnnxElementType,
    shape: readonly number[],
    values: ArrayBufferView<ArrayBuffer>,
  ): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.initializers.push({ name, type, shape, bytes });
    return name;
  }
}
