import {
  type OnnxAttribute,
  type OnnxElementType,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
  OnnxType,
  type OnnxValueInfo,
} from "../../kernels/compiler/onnx_schema.ts";
import type { TfConstant } from "./tfjs_graph.ts";

export interface ConversionOptions {
  /** The network's name in the file. */
  readonly name: string;
  /**
   * New names, by TensorFlow's: of inputs, outputs, and, as `node` or `node:output`, of values on the way.
   * Those left out keep theirs.
   */
  readonly rename?: Readonly<Record<string, string>>;
  /** Written into the file: licence, source. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Collects the nodes and initializers of a network while it is translated. */
export class OnnxWriter {
  readonly #nodes: OnnxNode[] = [];
  /** They stand before all others: a bias may come to a node that has been written. */
  readonly #casts: OnnxNode[] = [];
  readonly #initializers: OnnxInitializer[] = [];
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
    this.#nodes.push(node);
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
    const attributes = { to: OnnxType.FLOAT };
    this.#casts.push({ opType: "Cast", name, inputs: [narrow], outputs: [name], attributes });
    return name;
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

  /** All that was collected. `rename`: new names of values on the way, as `node` or `node:output`. */
  model(
    { name, rename = {}, metadata = {} }: ConversionOptions,
    inputs: readonly OnnxValueInfo[],
    outputs: readonly OnnxValueInfo[],
  ): OnnxModel {
    const names = namesOnTheWay(rename, [...inputs, ...outputs]);
    const named = (value: string) => names.get(value) ?? value;
    const nodes = [...this.#casts, ...this.#nodes].map((node) => ({
      ...node,
      inputs: node.inputs.map(named),
      outputs: node.outputs.map(named),
    }));
    return { name, nodes, initializers: this.#initializers, inputs, outputs, metadata };
  }

  #initializer(
    name: string,
    type: OnnxElementType,
    shape: readonly number[],
    values: ArrayBufferView<ArrayBuffer>,
  ): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push({ name, type, shape, bytes });
    return name;
  }
}

/** What is made on the way is named so that it cannot be taken for an input or output. */
export function innerName(reference: string): string {
  const [name, index = "0"] = reference.split(":");
  return index === "0" ? `/${name}` : `/${name}_${index}`;
}

/** Names of values on the way, from the names of everything: inputs and outputs have theirs already. */
function namesOnTheWay(
  rename: Readonly<Record<string, string>>,
  ports: readonly OnnxValueInfo[],
): Map<string, string> {
  const taken = new Set(ports.map(({ name }) => name));
  return new Map(
    Object.entries(rename)
      .filter(([, name]) => !taken.has(name))
      .map(([reference, name]) => [innerName(reference), name]),
  );
}
