/** The network as ONNX, for onnxruntime-web and for our compiler. Input and output float32, N C H W. */
import {
  encodeOnnx,
  type OnnxAttribute,
  type OnnxElementType,
  type OnnxInitializer,
  type OnnxNode,
  OnnxType,
} from "../../kernels/compiler/onnx_schema.ts";
import { CLASSES, INPUT, type Layer, outputOf, type Range, rangesOf } from "./mobilenet_v2.ts";

/**
 * - `fp32`: plain operators.
 * - `qdq`: 8-bit, as exporters write it: each value between QuantizeLinear and DequantizeLinear, uint8
 *   activations, int8 weights by output channel. onnxruntime turns these into its integer operators.
 */
export type OnnxPrecision = "fp32" | "qdq";

const OUTPUT = "output";

export function mobileNetV2Onnx(layers: readonly Layer[], precision: OnnxPrecision): Uint8Array {
  const writer = new NetworkWriter(layers, precision);
  return encodeOnnx({
    name: `mobilenet_v2_${precision}`,
    nodes: writer.nodes,
    initializers: writer.initializers,
    inputs: [{ name: INPUT.name, shape: [1, INPUT.channels, INPUT.side, INPUT.side] }],
    outputs: [{ name: OUTPUT, shape: [1, CLASSES] }],
    metadata: {},
  });
}

class NetworkWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly #quantized: boolean;
  readonly #ranges: ReadonlyMap<string, Range>;
  /** The tensor that holds a value, by the value's name. */
  readonly #tensors = new Map<string, string>([[INPUT.name, INPUT.name]]);

  constructor(layers: readonly Layer[], precision: OnnxPrecision) {
    this.#quantized = precision === "qdq";
    this.#ranges = rangesOf(layers);
    if (this.#quantized) this.#keep(INPUT.name, INPUT.name);
    for (const layer of layers) {
      if (layer.kind === "dense") this.#pool(layer.input, layers.at(-2));
      this.#layer(layer);
    }
    const last = layers[layers.length - 1];
    this.#node("Identity", OUTPUT, [this.#tensor(outputOf(last))]);
  }

  #layer(layer: Layer): void {
    const { name, residual, relu6 } = layer;
    const inputs = [this.#tensor(layer.input), this.#weights(layer), this.#bias(layer)];
    const raw = layer.kind === "dense"
      ? this.#node("Gemm", `${name}_raw`, inputs, { transB: 1 })
      : this.#node("Conv", `${name}_raw`, inputs, convAttributes(layer));
    this.#keep(name, relu6 ? this.#clip(name, raw) : raw);
    if (residual === undefined) return;
    const sum = outputOf(layer);
    const added = [this.#tensor(name), this.#tensor(residual)];
    this.#keep(sum, this.#node("Add", `${sum}_raw`, added));
  }

  #clip(name: string, input: string): string {
    const [low, high] = [this.#float(`${name}_low`, [0]), this.#float(`${name}_high`, [6])];
    return this.#node("Clip", `${name}_clipped`, [input, low, high]);
  }

  #pool(name: string, before: Layer | undefined): void {
    const input = this.#tensor(before === undefined ? INPUT.name : outputOf(before));
    this.#keep(`${name}_map`, this.#node("GlobalAveragePool", `${name}_raw`, [input]), name);
    const flat = this.#node("Flatten", `${name}_flat`, [this.#tensor(`${name}_map`)]);
    this.#tensors.set(name, flat);
  }

  /** From now on the value is this tensor, rounded to 8 bits where the network is quantized. */
  #keep(name: string, tensor: string, rangeOf = name): void {
    const range = this.#ranges.get(rangeOf);
    if (!this.#quantized || !range) return void this.#tensors.set(name, tensor);
    const scale = this.#float(`${name}_scale`, [range.scale]);
    const zero = this.#constant(`${name}_zero`, OnnxType.UINT8, [], Uint8Array.of(range.zero));
    const small = this.#node("QuantizeLinear", `${name}_q`, [tensor, scale, zero]);
    this.#tensors.set(name, this.#node("DequantizeLinear", `${name}_dq`, [small, scale, zero]));
  }

  #weights({ name, kind, kernel, outputs, inputs, ...layer }: Layer): string {
    const taps = kernel * kernel;
    const fanIn = kind === "depthwise" ? 1 : inputs;
    const shape = kind === "dense" ? [outputs, inputs] : [outputs, fanIn, kernel, kernel];
    const planar = kind === "depthwise"
      ? transposed(layer.weights, taps, outputs)
      : channelsFirst(layer.weights, outputs, taps, fanIn);
    const scales = new Float32Array(outputs).fill(layer.weightScale);
    if (!this.#quantized) {
      const real = Float32Array.from(planar, (weight) => weight * scales[0]);
      return this.#constant(`${name}_weights`, OnnxType.FLOAT, shape, real);
    }
    return this.#dequantized(`${name}_weights`, OnnxType.INT8, shape, planar, scales);
  }

  #bias({ name, input, bias, weightScale }: Layer): string {
    const step = (this.#ranges.get(input)?.scale ?? 1) * weightScale;
    const real = Float32Array.from(bias, (steps) => steps * step);
    if (!this.#quantized) {
      return this.#constant(`${name}_bias`, OnnxType.FLOAT, [bias.length], real);
    }
    const scales = new Float32Array(bias.length).fill(step);
    return this.#dequantized(`${name}_bias`, OnnxType.INT32, [bias.length], bias, scales);
  }

  #dequantized(
    name: string,
    type: OnnxElementType,
    shape: readonly number[],
    values: Int8Array | Int32Array,
    scales: Float32Array,
  ): string {
    const zeros = new Int8Array(scales.length * values.BYTES_PER_ELEMENT);
    const inputs = [
      this.#constant(`${name}_q`, type, shape, values),
      this.#float(`${name}_scale`, scales, [scales.length]),
      this.#constant(`${name}_zero`, type, [scales.length], zeros),
    ];
    return this.#node("DequantizeLinear", name, inputs, { axis: 0 });
  }

  #float(name: string, values: Iterable<number>, shape: readonly number[] = []): string {
    return this.#constant(name, OnnxType.FLOAT, shape, Float32Array.from(values));
  }

  #constant(
    name: string,
    type: OnnxElementType,
    shape: readonly number[],
    { buffer, byteOffset, byteLength }: ArrayBufferView,
  ): string {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.initializers.push({ name, type, shape, bytes });
    return name;
  }

  #tensor(value: string): string {
    const tensor = this.#tensors.get(value);
    if (tensor === undefined) throw new Error(`Cannot write the network: ${value} is not made yet`);
    return tensor;
  }

  #node(
    opType: string,
    output: string,
    inputs: string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    this.nodes.push({ name: output, opType, inputs, outputs: [output], attributes });
    return output;
  }
}

function convAttributes({ kind, kernel, stride, outputs }: Layer) {
  // SAME of TensorFlow: where the stride leaves one row of padding, it is after the last
  const [before, after] = kernel === 1 ? [0, 0] : [stride === 1 ? 1 : 0, 1];
  return {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    dilations: [1, 1],
    pads: [before, before, after, after],
    group: kind === "depthwise" ? outputs : 1,
  };
}

/** [rows][columns] to [columns][rows] */
function transposed(values: Int8Array, rows: number, columns: number): Int8Array {
  return Int8Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
}

/** [outputs][taps][inputs] to [outputs][inputs][taps] */
function channelsFirst(values: Int8Array, outputs: number, taps: number, inputs: number) {
  const planar = new Int8Array(values.length);
  const filter = taps * inputs;
  for (let output = 0; output < outputs; output++) {
    const own = values.subarray(output * filter, (output + 1) * filter);
    planar.set(transposed(own, taps, inputs), output * filter);
  }
  return planar;
}
