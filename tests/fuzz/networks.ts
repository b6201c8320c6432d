/** Small networks that together compile to every op of a plan (`kernels/plan.ts`). */
import type { CompileOptions, ImageInput } from "../../kernels/compiler/options.ts";
import type { Frame, Tensors } from "../../kernels/engine.ts";
import { OnnxNetwork } from "../fixtures/onnx_network.ts";
import { noise } from "../fixtures/trial_memory.ts";

export interface SmallNetwork {
  readonly name: string;
  readonly onnx: Uint8Array;
  readonly options: CompileOptions;
}

const SIDE = 24;
const CLASSES = 3;
const BINS = 4;
const PROVENANCE = {
  name: "fuzz",
  licence: "Apache-2.0",
  notices: ["made for tests"],
  source: { file: "fuzz.onnx", sha256: "" },
};
const IMAGE: ImageInput = {
  fit: "letterbox",
  order: [2, 1, 0],
  mean: [104, 117, 123],
  deviation: [58, 57, 58],
  fill: 114,
};

/** All of them, each with what compiles it. */
export function smallNetworks(): SmallNetwork[] {
  return [distributionDetector(), anchorDetector(), integerOps(), floatOps(), floatFrames()];
}

/** Writes networks with weights made from a seed. */
class Drawing {
  readonly network = new OnnxNetwork();
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = noise(seed);
  }

  weights(shape: readonly number[], spread = 0.5): string {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from(
      { length: count },
      () => (this.#next() / 2 ** 31 - 1) * spread,
    );
    return this.network.floats(shape, values);
  }

  /** A square kernel; outputs and inputs of a group. */
  conv(
    input: string,
    [outputs, inputs, kernel]: readonly [number, number, number],
    attributes: Readonly<Record<string, number | number[]>> = {},
  ): string {
    const pads = [0, 1, 2, 3].map(() => kernel >> 1);
    const weights = this.weights([outputs, inputs, kernel, kernel]);
    return this.network.node("Conv", [input, weights, this.weights([outputs])], {
      pads,
      ...attributes,
    });
  }

  node(opType: string, inputs: readonly string[], attributes = {}): string {
    return this.network.node(opType, inputs, attributes);
  }

  clip(input: string, low: number, high: number): string {
    const limits = [low, high].map((limit) => this.network.floats([], [limit]));
    return this.node("Clip", [input, ...limits]);
  }

  /** To twice the size. */
  enlarged(input: string, mode: "nearest" | "linear"): string {
    const scales = this.network.floats([4], [1, 1, 2, 2]);
    return this.node("Resize", [input, "", scales], { mode });
  }
}

/** NanoDet in small: letterboxed frames, shuffled channels, residuals, two grids, distributions. */
function distributionDetector(): SmallNetwork {
  const draw = new Drawing(11);
  const frame = draw.network.input([1, 3, SIDE, SIDE]);
  const slopes = { alpha: { float: 0.125 } };
  const stem = draw.node("LeakyRelu", [draw.conv(frame, [16, 3, 3], { strides: [2, 2] })], slopes);
  const deep = draw.clip(draw.conv(stem, [16, 1, 3], { group: 16 }), 0, 6);
  const added = draw.node("Relu", [draw.node("Add", [draw.conv(deep, [16, 16, 1]), stem])]);
  const wide = draw.node("Relu", [draw.conv(added, [16, 16, 3])]);
  const small = draw.node("MaxPool", [wide], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  const both = draw.node("Concat", [draw.enlarged(small, "linear"), wide], { axis: 1 });
  const fine = draw.conv(shuffled(draw, both, 32, SIDE / 2), [8, 16, 3], { group: 2 });
  const coarse = draw.node("Add", [small, draw.conv(small, [16, 16, 1])]);
  const levels = [[fine, 8, 2], [coarse, 16, 4]] as const;
  const outputs = levels.map(([value, channels, stride]) => ({
    scores: draw.conv(value, [CLASSES, channels, 1]),
    boxes: draw.conv(value, [4 * BINS, channels, 1]),
    stride,
  }));
  return {
    name: "distribution detector",
    onnx: draw.network.encode(outputs.flatMap(({ scores, boxes }) => [scores, boxes])),
    options: {
      ...shared("int8"),
      image: IMAGE,
      head: {
        kind: "distribution",
        bins: BINS,
        levels: outputs,
        minScore: 0.4,
        maxOverlap: 0.5,
        maxDetections: 9,
      },
      calibration: [frameOf(31, 20, 1), frameOf(17, 29, 2)],
    },
  };
}

function shuffled(draw: Drawing, value: string, channels: number, side: number): string {
  const parted = draw.network.integers(1, 2, channels / 2, side, side);
  const whole = draw.network.integers(1, channels, side, side);
  const apart = draw.node("Reshape", [value, parted]);
  const turned = draw.node("Transpose", [apart], { perm: [0, 2, 1, 3, 4] });
  return draw.node("Reshape", [turned, whole]);
}

/** An SSD in small: stretched frames, squeeze and excite, transposed convolution, anchors. */
function anchorDetector(): SmallNetwork {
  const draw = new Drawing(12);
  const frame = draw.network.input([1, 3, SIDE, SIDE]);
  const stem = draw.node("HardSwish", [draw.conv(frame, [8, 3, 3], { strides: [2, 2] })]);
  const mean = draw.node("GlobalAveragePool", [stem]);
  const gate = draw.node("HardSigmoid", [draw.conv(mean, [8, 8, 1])]);
  const gated = draw.node("Mul", [stem, gate]);
  const small = draw.node("Relu", [draw.conv(gated, [12, 8, 3], { strides: [2, 2] })]);
  const kernel = draw.weights([12, 8, 2, 2]);
  const back = draw.node("ConvTranspose", [small, kernel], { strides: [2, 2] });
  const fine = draw.node("Sigmoid", [draw.node("Add", [back, gated])]);
  const levels = [[fine, 8, SIDE / 2, 1], [small, 12, SIDE / 4, 2]] as const;
  const outputs = levels.map(([value, channels, side, anchorsPerCell]) => ({
    scores: draw.conv(value, [anchorsPerCell * CLASSES, channels, 1]),
    boxes: draw.conv(value, [anchorsPerCell * 4, channels, 1]),
    anchors: anchorsOf(side, anchorsPerCell),
    anchorsPerCell,
  }));
  return {
    name: "anchor detector",
    onnx: draw.network.encode(outputs.flatMap(({ scores, boxes }) => [scores, boxes])),
    options: {
      ...shared("int8"),
      image: { ...IMAGE, fit: "stretch" },
      head: {
        kind: "anchors",
        classes: CLASSES,
        firstClass: 1,
        centreScale: 10,
        sizeScale: 5,
        levels: outputs,
        minScore: 0.5,
        maxOverlap: 0.6,
        maxDetections: 7,
      },
      calibration: [frameOf(24, 24, 3)],
    },
  };
}

function anchorsOf(side: number, perCell: number) {
  return Array.from({ length: side * side * perCell }, (_, place) => {
    const cell = Math.floor(place / perCell);
    const size = (place % perCell + 1) / side;
    return [
      (cell % side + 0.5) / side,
      (Math.floor(cell / side) + 0.5) / side,
      size,
      size,
    ] as const;
  });
}

/** What detectors have no use for, on integers: tensors in and out, softmax, means over padding. */
function integerOps(): SmallNetwork {
  const draw = new Drawing(13);
  const shape = [1, 6, 9, 7];
  const x = draw.network.input(shape);
  const y = draw.network.input(shape);
  const sum = draw.node("Tanh", [draw.node("Sub", [x, draw.node("Relu", [y])])]);
  const pads = draw.network.integers(0, 0, 1, 2, 0, 0, 1, 0);
  const padded = draw.node("Pad", [sum, pads, draw.network.floats([], [0.5])]);
  const mean = draw.node("AveragePool", [padded], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    count_include_pad: 1,
  });
  const sized = draw.enlarged(mean, "nearest");
  const slopes = draw.network.floats([6, 1, 1], [0.5, 0.25, 0.125, 0.0625, 0.75, 0.9]);
  const bent = draw.node("PRelu", [draw.conv(sized, [6, 1, 5], { group: 6 }), slopes]);
  const product = draw.node("Mul", [bent, draw.node("Sigmoid", [bent])]);
  const flat = draw.node("Flatten", [product]);
  const size = 6 * 12 * 10;
  const logits = draw.node("Gemm", [flat, draw.weights([size, 5], 0.05), draw.weights([5])]);
  const shares = draw.node("Softmax", [logits], { axis: 1 });
  return {
    name: "integer ops",
    onnx: draw.network.encode([shares, product]),
    options: { ...shared("int8"), calibration: [tensorsOf([x, y], shape, 4)] },
  };
}

/** Every fp32 op. */
function floatOps(): SmallNetwork {
  const draw = new Drawing(14);
  const shape = [1, 6, 8, 6];
  const x = draw.network.input(shape);
  const y = draw.network.input(shape);
  const slopes = draw.network.floats([6, 1, 1], [0.5, -0.25, 0.125, 0.0625, 2, 0]);
  const deep = draw.node("PRelu", [draw.conv(x, [6, 1, 3], { group: 6 }), slopes]);
  const grouped = draw.node("Tanh", [draw.conv(deep, [10, 3, 3], { group: 2 })]);
  const turned = draw.node("ConvTranspose", [grouped, draw.weights([10, 6, 2, 2])], {
    strides: [2, 2],
  });
  const pooled = draw.node("MaxPool", [turned], { kernel_shape: [2, 2], strides: [2, 2] });
  const mean = draw.node("AveragePool", [draw.enlarged(pooled, "linear")], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  const ratio = draw.node("Div", [mean, draw.node("Exp", [y])]);
  const most = draw.node("Max", [ratio, draw.node("Abs", [x])]);
  const least = draw.node("Min", [most, draw.node("HardSwish", [y])]);
  const pads = draw.network.integers(0, 0, 1, 1, 0, 0, 0, 0);
  const padded = draw.clip(draw.node("Pad", [least, pads]), -1, 2);
  const gate = draw.node("HardSigmoid", [draw.node("GlobalAveragePool", [padded])]);
  const root = draw.node("Sqrt", [draw.node("Abs", [draw.node("Mul", [padded, gate])])]);
  const shares = draw.node("Softmax", [draw.node("Transpose", [root], { perm: [0, 2, 3, 1] })]);
  return {
    name: "fp32 ops",
    onnx: draw.network.encode([shares, turned]),
    options: { ...shared("fp32"), calibration: [] },
  };
}

/** Frames into floats. */
function floatFrames(): SmallNetwork {
  const draw = new Drawing(15);
  const frame = draw.network.input([1, 3, SIDE / 2, SIDE / 2]);
  const silu = draw.conv(frame, [5, 3, 3]);
  const product = draw.node("Mul", [silu, draw.node("Sigmoid", [silu])]);
  return {
    name: "fp32 frames",
    onnx: draw.network.encode([draw.node("GlobalAveragePool", [product])]),
    options: { ...shared("fp32"), image: IMAGE, calibration: [] },
  };
}

function shared(precision: CompileOptions["precision"]) {
  return { precision, provenance: PROVENANCE };
}

/** A frame of noise. */
export function frameOf(width: number, height: number, seed: number): Frame {
  const next = noise(seed);
  const data = Uint8Array.from({ length: width * height * 4 }, () => next() & 255);
  return { width, height, data };
}

function tensorsOf(names: readonly string[], shape: readonly number[], seed: number): Tensors {
  const next = noise(seed);
  const length = shape.reduce((product, size) => product * size, 1);
  return Object.fromEntries(
    names.map((name) => [
      name,
      { shape, data: Float32Array.from({ length }, () => next() / 2 ** 30 - 2) },
    ]),
  );
}
