/**
 * MobileNetV2 1.0 at 224 × 224 (arXiv:1801.04381, table 2) with random weights: how fast an engine is does
 * not depend on what a network has learned. One description, from which each engine's file is made, so
 * that all compute the same function. Weights are 8-bit numbers times a scale; the float forms hold exactly
 * those values.
 */
import { randomNumbers } from "./random_numbers.ts";

export const INPUT = { name: "input", side: 224, channels: 3 } as const;
export const CLASSES = 1000;

export interface Layer {
  /** `conv` dense, `depthwise` one filter a channel, `dense` a matrix over the pooled pixels. */
  readonly kind: "conv" | "depthwise" | "dense";
  /** Of its output before the residual is added. */
  readonly name: string;
  readonly input: string;
  /** Added to the output; the sum is `sumOf(layer)`. */
  readonly residual?: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: 1 | 3;
  /** Padding keeps the size, divided by the stride (TensorFlow's SAME). */
  readonly stride: 1 | 2;
  /** Of the output, pixels. */
  readonly side: number;
  readonly relu6: boolean;
  /** [outputs][kernel][kernel][inputs]; of `depthwise` [kernel][kernel][outputs]. −127..127 */
  readonly weights: Int8Array;
  readonly weightScale: number;
  /** By output, in steps of input scale · weight scale. */
  readonly bias: Int32Array;
}

/** How an 8-bit engine holds a value: real = (q − zero) · scale, q in 0..255. */
export interface Range {
  readonly scale: number;
  readonly zero: number;
}

const RELU6: Range = { scale: 6 / 255, zero: 0 };
const LINEAR: Range = { scale: 0.04, zero: 128 };
const SUM: Range = { scale: 0.05, zero: 128 };
const LOGITS: Range = { scale: 0.1, zero: 128 };
/** The input is −2..2. */
const PIXELS: Range = { scale: 4 / 255, zero: 128 };

const SEED = 20_260_224;
const MOST_WEIGHT = 127;
/** Of weights spread evenly over −1..1. */
const EVEN_DEVIATION = Math.sqrt(1 / 3);
/** Keep the activations' spread from layer to layer: after ReLU half of the signal is left. */
const GAIN = { relu6: Math.SQRT2, linear: 1 } as const;

const STEM = 32;
const HEAD = 1280;
/** expansion, channels, repeats, stride of the first */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

type Shape = Pick<Layer, "kind" | "outputs"> & Partial<Pick<Layer, "kernel" | "stride" | "relu6">>;

/** In the order in which they run. The last one's input is the mean of all pixels, `POOLED`. */
export function mobileNetV2(): Layer[] {
  const network = new Builder();
  network.add({ kind: "conv", outputs: STEM, kernel: 3, stride: 2, relu6: true });
  for (const [expansion, channels, repeats, stride] of STAGES) {
    for (let block = 0; block < repeats; block++) {
      network.addBlock(expansion, channels, block === 0 ? stride : 1);
    }
  }
  network.add({ kind: "conv", outputs: HEAD, relu6: true });
  network.pool();
  network.add({ kind: "dense", outputs: CLASSES });
  return network.layers;
}

export const POOLED = "pooled";

/** The name of what follows a layer reads. */
export function outputOf(layer: Layer): string {
  return layer.residual === undefined ? layer.name : sumOf(layer);
}

export function sumOf({ name }: Layer): string {
  return `${name}_sum`;
}

/** Ranges of every value by name. */
export function rangesOf(layers: readonly Layer[]): Map<string, Range> {
  const ranges = new Map<string, Range>([[INPUT.name, PIXELS], [POOLED, RELU6]]);
  for (const layer of layers) {
    const own = layer.kind === "dense" ? LOGITS : layer.relu6 ? RELU6 : LINEAR;
    ranges.set(layer.name, own);
    if (layer.residual !== undefined) ranges.set(sumOf(layer), SUM);
  }
  return ranges;
}

/** Multiply-adds of one run. */
export function macsOf({ kind, inputs, kernel, side, outputs }: Layer): number {
  return side * side * outputs * kernel * kernel * (kind === "depthwise" ? 1 : inputs);
}

/** A picture's worth of numbers −2..2, [row][column][channel]. */
export function randomInput(): Float32Array {
  const next = randomNumbers(SEED);
  return Float32Array.from(
    { length: INPUT.side * INPUT.side * INPUT.channels },
    () => next() * 4 - 2,
  );
}

/** The same as [channel][row][column]. */
export function planarInput(): Float32Array {
  const plane = INPUT.side * INPUT.side;
  const interleaved = randomInput();
  return interleaved.map((_, at) =>
    interleaved[(at % plane) * INPUT.channels + Math.floor(at / plane)]
  );
}

class Builder {
  readonly layers: Layer[] = [];
  readonly #next = randomNumbers(SEED);
  #input: string = INPUT.name;
  #inputRange: Range = PIXELS;
  #channels: number = INPUT.channels;
  #side: number = INPUT.side;

  /** An inverted residual: expand, filter, project; added to what came in where the shapes agree. */
  addBlock(expansion: number, channels: number, stride: 1 | 2): void {
    const residual = stride === 1 && channels === this.#channels ? this.#input : undefined;
    const wide = this.#channels * expansion;
    if (expansion > 1) this.add({ kind: "conv", outputs: wide, relu6: true });
    this.add({ kind: "depthwise", outputs: wide, kernel: 3, stride, relu6: true });
    this.add({ kind: "conv", outputs: channels }, residual);
  }

  add(shape: Shape, residual?: string): void {
    const { kind, outputs, kernel = 1, stride = 1, relu6 = false } = shape;
    this.#side = Math.ceil(this.#side / stride);
    const inputs = this.#channels;
    const taps = kernel * kernel * (kind === "depthwise" ? 1 : inputs);
    const gain = GAIN[relu6 ? "relu6" : "linear"];
    const weightScale = gain / (Math.sqrt(taps) * EVEN_DEVIATION * MOST_WEIGHT);
    const layer: Layer = {
      ...{ kind, name: `layer_${this.layers.length}`, input: this.#input, inputs, outputs },
      ...{ kernel, stride, side: this.#side, relu6, weightScale },
      ...(residual === undefined ? {} : { residual }),
      weights: Int8Array.from({ length: taps * outputs }, () => this.#between(MOST_WEIGHT)),
      bias: this.#biasOf(outputs, this.#inputRange.scale * weightScale),
    };
    this.layers.push(layer);
    this.#goOn(layer);
  }

  pool(): void {
    this.#input = POOLED;
    this.#side = 1;
  }

  #goOn(layer: Layer): void {
    this.#input = outputOf(layer);
    this.#inputRange = layer.residual !== undefined ? SUM : layer.relu6 ? RELU6 : LINEAR;
    this.#channels = layer.outputs;
  }

  /** Up to a tenth of what the activations spread. */
  #biasOf(outputs: number, step: number): Int32Array {
    return Int32Array.from({ length: outputs }, () => this.#between(Math.round(0.1 / step)));
  }

  /** A whole number, −most..most. */
  #between(most: number): number {
    return Math.round((this.#next() * 2 - 1) * most);
  }
}
