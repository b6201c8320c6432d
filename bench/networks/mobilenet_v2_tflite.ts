/**
 * The network as an int8 `.tflite` file, for LiteRT. Input and output float32, N H W C: LiteRT.js takes no
 * other. Numbers of fields, operators and options: tensorflow/lite/schema/schema.fbs, version 3.
 */
import { encodeFlatbuffer, type Field, type Table } from "./flatbuffer.ts";
import { CLASSES, INPUT, type Layer, outputOf, type Range, rangesOf } from "./mobilenet_v2.ts";

const SCHEMA_VERSION = 3;
const TensorType = { FLOAT32: 0, INT32: 2, INT8: 9 } as const;
/** `BuiltinOperator` */
const Operator = {
  ADD: 0,
  AVERAGE_POOL_2D: 1,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  DEQUANTIZE: 6,
  FULLY_CONNECTED: 9,
  QUANTIZE: 114,
} as const;
/** `BuiltinOptions` */
const Options = { CONV: 1, DEPTHWISE: 2, POOL: 5, FULLY_CONNECTED: 8, ADD: 11 } as const;
const SAME = 0;
const VALID = 1;
const RELU6 = 3;
/** Activations here are −128..127, where `Range` has 0..255. */
const TO_SIGNED = -128;

const OPERATORS = Object.values(Operator);

export function mobileNetV2Tflite(layers: readonly Layer[]): Uint8Array {
  return encodeFlatbuffer("TFL3", new NetworkWriter(layers).model());
}

class NetworkWriter {
  /** The first one is empty by the schema's rule. */
  readonly #buffers: Table[] = [fields({})];
  readonly #tensors: Table[] = [];
  readonly #operators: Table[] = [];
  readonly #ranges: ReadonlyMap<string, Range>;
  /** Index of a value's tensor, by the value's name. */
  readonly #values = new Map<string, number>();
  readonly #input: number;
  readonly #output: number;

  constructor(layers: readonly Layer[]) {
    this.#ranges = rangesOf(layers);
    const { name, side, channels } = INPUT;
    this.#input = this.#tensor(`${name}_real`, [1, side, side, channels], TensorType.FLOAT32);
    this.#operator("QUANTIZE", [this.#input], this.#value(name, [1, side, side, channels]));
    for (const layer of layers) {
      if (layer.kind === "dense") this.#pool(layers.at(-2), layer.input);
      this.#layer(layer);
    }
    const logits = this.#indexOf(outputOf(layers[layers.length - 1]));
    this.#output = this.#tensor("output", [1, CLASSES], TensorType.FLOAT32);
    this.#operator("DEQUANTIZE", [logits], this.#output);
  }

  model(): Table {
    const codes = OPERATORS.map((code) => fields({ 0: { byte: code }, 3: { int: code } }));
    const graph = fields({
      0: { tables: this.#tensors },
      1: { ints: [this.#input] },
      2: { ints: [this.#output] },
      3: { tables: this.#operators },
    });
    return fields({
      0: { int: SCHEMA_VERSION },
      1: { tables: codes },
      2: { tables: [graph] },
      3: { text: "MobileNetV2, random weights" },
      4: { tables: this.#buffers },
    });
  }

  #layer(layer: Layer): void {
    const { name, residual, side, outputs, kind } = layer;
    const inputs = [this.#indexOf(layer.input), this.#weights(layer), this.#bias(layer)];
    const output = this.#value(name, kind === "dense" ? [1, outputs] : [1, side, side, outputs]);
    this.#operator(operatorOf(layer), inputs, output, optionsOf(layer));
    if (residual === undefined) return;
    const sum = this.#value(outputOf(layer), [1, side, side, outputs]);
    this.#operator("ADD", [output, this.#indexOf(residual)], sum, [Options.ADD, fields({})]);
  }

  #pool(before: Layer | undefined, name: string): void {
    if (!before) throw new Error("Cannot write the network: nothing to pool");
    const { side, outputs } = before;
    const options = fields({
      0: { byte: VALID },
      ...{ 1: { int: 1 }, 2: { int: 1 }, 3: { int: side }, 4: { int: side } },
    });
    const output = this.#value(name, [1, 1, 1, outputs]);
    const input = this.#indexOf(outputOf(before));
    this.#operator("AVERAGE_POOL_2D", [input], output, [Options.POOL, options]);
  }

  #weights({ name, kind, kernel, inputs, outputs, weights, weightScale }: Layer): number {
    const shapes = {
      conv: [outputs, kernel, kernel, inputs],
      depthwise: [1, kernel, kernel, outputs],
      dense: [outputs, inputs],
    };
    const axis = kind === "depthwise" ? 3 : 0;
    const scales = new Float32Array(outputs).fill(weightScale);
    const data = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
    const tensor = { type: TensorType.INT8, scales, axis, data };
    return this.#constant(`${name}_weights`, shapes[kind], tensor);
  }

  #bias({ name, input, bias, weightScale }: Layer): number {
    const step = (this.#ranges.get(input)?.scale ?? 1) * weightScale;
    const scales = new Float32Array(bias.length).fill(step);
    const data = new Uint8Array(bias.buffer, bias.byteOffset, bias.byteLength);
    const tensor = { type: TensorType.INT32, scales, axis: 0, data };
    return this.#constant(`${name}_bias`, [bias.length], tensor);
  }

  #constant(
    name: string,
    shape: readonly number[],
    { type, scales, axis, data }: {
      readonly type: number;
      readonly scales: Float32Array;
      readonly axis: number;
      readonly data: Uint8Array;
    },
  ): number {
    const zeros = new Array<number>(scales.length).fill(0);
    const quantization = fields({
      2: { floats: scales },
      3: { longs: zeros },
      6: { int: axis },
    });
    this.#buffers.push(fields({ 0: { bytes: data } }));
    return this.#tensor(name, shape, type, quantization, this.#buffers.length - 1);
  }

  /** A tensor for a value of the network, in its 8-bit range. */
  #value(name: string, shape: readonly number[]): number {
    const range = this.#ranges.get(name);
    if (!range) throw new Error(`Cannot write the network: ${name} has no range`);
    const quantization = fields({
      2: { floats: Float32Array.of(range.scale) },
      3: { longs: [range.zero + TO_SIGNED] },
    });
    const index = this.#tensor(name, shape, TensorType.INT8, quantization);
    this.#values.set(name, index);
    return index;
  }

  #tensor(
    name: string,
    shape: readonly number[],
    type: number,
    quantization?: Table,
    buffer = 0,
  ): number {
    this.#tensors.push(fields({
      0: { ints: shape },
      1: { byte: type },
      2: { int: buffer },
      3: { text: name },
      4: quantization && { table: quantization },
    }));
    return this.#tensors.length - 1;
  }

  #indexOf(value: string): number {
    const index = this.#values.get(value);
    if (index === undefined) throw new Error(`Cannot write the network: ${value} is not made yet`);
    return index;
  }

  #operator(
    name: keyof typeof Operator,
    inputs: readonly number[],
    output: number,
    options?: readonly [type: number, options: Table],
  ): void {
    this.#operators.push(fields({
      0: { int: OPERATORS.indexOf(Operator[name]) },
      1: { ints: inputs },
      2: { ints: [output] },
      3: options && { byte: options[0] },
      4: options && { table: options[1] },
    }));
  }
}

function operatorOf({ kind }: Layer): keyof typeof Operator {
  if (kind === "dense") return "FULLY_CONNECTED";
  return kind === "depthwise" ? "DEPTHWISE_CONV_2D" : "CONV_2D";
}

function optionsOf({ kind, stride, relu6 }: Layer): [number, Table] {
  if (kind === "dense") return [Options.FULLY_CONNECTED, fields({})];
  const activation = { byte: relu6 ? RELU6 : 0 };
  const window = { 0: { byte: SAME }, 1: { int: stride }, 2: { int: stride } };
  const undilated = { int: 1 };
  return kind === "depthwise"
    ? [
      Options.DEPTHWISE,
      fields({ ...window, 3: { int: 1 }, 4: activation, 5: undilated, 6: undilated }),
    ]
    : [Options.CONV, fields({ ...window, 3: activation, 4: undilated, 5: undilated })];
}

/** A table by the numbers of its fields; one that is undefined is left out. */
function fields(byNumber: Readonly<Record<number, Field | undefined>>): Table {
  return new Map(
    Object.entries(byNumber).flatMap(([slot, field]) => field ? [[Number(slot), field]] : []),
  );
}
