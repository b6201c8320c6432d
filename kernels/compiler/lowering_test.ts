import assert from "node:assert/strict";
import fc from "fast-check";
import { noise } from "../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../tests/fixtures/onnx_network.ts";
import { agreementInInt8, assertLowersToF32 } from "../../tests/fixtures/plan_trial.ts";
import { importOnnx } from "./import_onnx.ts";
import { countOps } from "./report.ts";

type Make = (network: OnnxNetwork) => string[];

function graphOf(make: Make) {
  const network = new OnnxNetwork();
  return importOnnx(network.encode(make(network)));
}

let seed = 1;
function weights(network: OnnxNetwork, ...shape: number[]): string {
  const count = shape.reduce((product, size) => product * size, 1);
  return network.floats(shape, noise(seed++, count, -0.5, 0.5));
}

function conv(
  network: OnnxNetwork,
  x: string,
  [outputs, inputs, kernel]: readonly [number, number, number],
  attributes: Record<string, number | number[]> = {},
): string {
  const shape = [outputs, inputs / Number(attributes.group ?? 1), kernel, kernel];
  return network.node("Conv", [x, weights(network, ...shape), weights(network, outputs)], {
    kernel_shape: [kernel, kernel],
    ...attributes,
  });
}

/** Graphs by what they show, and the least signal-to-noise ratio of each in 7 bits, dB; 0: fp32 only. */
const CASES: readonly [string, number, Make][] = [
  ["a convolution of any window", 38, (n) => [
    conv(n, n.input([1, 3, 11, 9]), [5, 3, 3], {
      strides: [2, 1],
      pads: [1, 0, 2, 1],
      dilations: [1, 2],
    }),
  ]],
  ["grouped convolutions", 27, (n) => {
    const x = conv(n, n.input([1, 4, 6, 5]), [8, 4, 1]);
    return [conv(n, conv(n, x, [12, 8, 3], { group: 4 }), [12, 12, 3], { group: 12 })];
  }],
  ["a depthwise convolution whose channels are doubled", 39, (n) => [
    conv(n, n.input([1, 4, 6, 5]), [8, 4, 3], { group: 4, pads: [1, 1, 1, 1] }),
  ]],
  ["a transposed convolution", 37, (n) => [
    n.node("ConvTranspose", [n.input([1, 4, 5, 6]), weights(n, 4, 3, 3, 3)], {
      kernel_shape: [3, 3],
      strides: [2, 3],
      pads: [1, 0, 0, 1],
      output_padding: [1, 0],
    }),
  ]],
  ["a residual before its activation", 35, (n) => {
    const x = n.input([1, 6, 5, 5]);
    return [n.node("Relu", [n.node("Add", [conv(n, x, [6, 6, 3], { pads: [1, 1, 1, 1] }), x])])];
  }],
  ["a residual after a depthwise convolution", 38, (n) => {
    const x = n.input([1, 6, 5, 5]);
    const deep = conv(n, x, [6, 6, 3], { pads: [1, 1, 1, 1], group: 6 });
    return [n.node("Sigmoid", [n.node("Add", [deep, x])])];
  }],
  ["each activation after a convolution", 29, (n) => {
    const x = n.input([1, 4, 5, 5]);
    const sum = () => conv(n, x, [6, 4, 3]);
    const alpha = { alpha: { float: 0.3 } };
    const six = [n.floats([], [0]), n.floats([], [1.5])];
    const swish = sum();
    return [
      n.node("Relu", [sum()]),
      n.node("LeakyRelu", [sum()], alpha),
      n.node("PRelu", [sum(), n.floats([6, 1, 1], [0, 0.1, 0.25, 0.5, 0.9, 1])]),
      n.node("Clip", [sum(), ...six]),
      n.node("Sigmoid", [sum()]),
      n.node("HardSigmoid", [sum()]),
      n.node("HardSwish", [sum()]),
      n.node("Tanh", [sum()]),
      n.node("Mul", [swish, n.node("Sigmoid", [swish])]),
    ];
  }],
  ["activations with nothing before them", 33, (n) => {
    const x = n.input([1, 4, 5, 5]);
    const slopes = n.floats([4, 1, 1], [0, 0.1, 0.25, 0.9]);
    return [
      n.node("Sigmoid", [x]),
      n.node("PRelu", [x, slopes]),
      n.node("LeakyRelu", [x], { alpha: { float: 0.2 } }),
      n.node("Tanh", [x]),
      n.node("Abs", [x]),
    ];
  }],
  ["sums and products of what is computed", 32, (n) => {
    const [x, y] = [n.input([1, 4, 5, 6]), n.input([1, 4, 5, 6])];
    const row = n.node("GlobalAveragePool", [y]);
    return [
      n.node("Add", [x, y]),
      n.node("Sub", [x, y]),
      n.node("Mul", [x, y]),
      n.node("Relu", [n.node("Add", [x, row])]),
      n.node("Mul", [row, x]),
      n.node("Sub", [row, x]),
      n.node("Add", [x, x]),
    ];
  }],
  ["one channel over all", 34, (n) => {
    const x = n.input([1, 4, 5, 6]);
    const map = n.node("Sigmoid", [conv(n, x, [1, 4, 1])]);
    return [n.node("Mul", [x, map]), n.node("Add", [map, x])];
  }],
  ["a column, a row and a vector over all", 32, (n) => {
    const [x, column] = [n.input([1, 4, 5, 6]), n.input([1, 4, 5, 1])];
    const [row, both] = [n.input([1, 1, 1, 6]), n.input([1, 6])];
    return [
      n.node("Add", [x, column]),
      n.node("Mul", [x, row]),
      n.node("Mul", [both, x]),
    ];
  }],
  ["constants of one number, a channel, a column, and all", 33, (n) => {
    const x = n.input([1, 4, 5, 6]);
    const channel = weights(n, 4, 1, 1);
    return [
      n.node("Mul", [x, n.floats([], [-0.7])]),
      n.node("Sub", [n.floats([1], [0.5]), x]),
      n.node("Mul", [x, channel]),
      n.node("Sub", [channel, x]),
      n.node("Div", [x, n.floats([4, 1, 1], [2, -3, 4, 1.5])]),
      n.node("Add", [x, weights(n, 5, 1)]),
      n.node("Add", [x, weights(n, 6)]),
      n.node("Mul", [x, weights(n, 1, 4, 5, 6)]),
      n.node("Max", [x, n.floats([], [0.25])]),
      n.node("Min", [n.floats([], [0.75]), x]),
    ];
  }],
  ["quotients, extremes and powers of what is computed", 0, (n) => {
    const [x, y] = [n.input([1, 4, 5, 6]), n.input([1, 4, 5, 6])];
    const positive = n.node("Exp", [y]);
    return [
      n.node("Div", [x, positive]),
      n.node("Max", [x, y]),
      n.node("Min", [x, y]),
      n.node("Sqrt", [positive]),
      n.node("Div", [n.floats([], [1]), positive]),
    ];
  }],
  ["pools", 33, (n) => {
    const x = n.input([1, 4, 7, 6]);
    const window = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
    return [
      n.node("MaxPool", [x], window),
      n.node("AveragePool", [x], window),
      n.node("AveragePool", [x], { ...window, count_include_pad: 1 }),
      n.node("GlobalAveragePool", [x]),
    ];
  }],
  ["resizes", 33, (n) => {
    const x = n.input([1, 4, 5, 6]);
    const sizes = n.integers(1, 4, 10, 12);
    return [
      n.node("Resize", [x, "", "", sizes], { mode: "linear" }),
      n.node("Resize", [x, "", "", sizes], {
        mode: "nearest",
        coordinate_transformation_mode: "asymmetric",
        nearest_mode: "floor",
      }),
    ];
  }],
  ["softmax over any axis", 35, (n) => {
    const x = n.input([1, 4, 5, 6]);
    return [-1, 1, 2].map((axis) => n.node("Softmax", [x], { axis }));
  }],
  ["padding with another value", 45, (n) => {
    const x = n.input([1, 3, 4, 5]);
    return [n.node("Pad", [x, n.integers(0, 1, 2, 0, 0, 0, 1, 3), n.floats([], [-1.5])])];
  }],
  ["matrices of two and three axes", 34, (n) => {
    const [x, y] = [n.input([1, 12]), n.input([1, 5, 12])];
    return [
      n.node("Gemm", [x, weights(n, 12, 7), weights(n, 7)]),
      n.node("Relu", [n.node("MatMul", [y, weights(n, 12, 7)])]),
    ];
  }],
  ["a concatenation of what has several readers", 26, (n) => {
    const x = n.input([1, 4, 5, 5]);
    const [a, b] = [conv(n, x, [4, 4, 3], { pads: [1, 1, 1, 1] }), conv(n, x, [6, 4, 1])];
    const joined = n.node("Concat", [a, x, b, a], { axis: 1 });
    const again = n.node("Concat", [joined, conv(n, a, [3, 4, 1])], { axis: 1 });
    return [conv(n, again, [5, 21, 3]), n.node("Add", [a, x]), joined];
  }],
  ["a concatenation along rows and columns", 38, (n) => {
    const [x, y] = [n.input([1, 4, 2, 5]), n.input([1, 4, 3, 5])];
    const rows = n.node("Concat", [conv(n, x, [4, 4, 1]), y], { axis: 2 });
    return [conv(n, n.node("Concat", [rows, n.node("Relu", [rows])], { axis: 3 }), [3, 4, 3])];
  }],
  ["a concatenation with a constant and a softmax", 34, (n) => {
    const x = n.input([1, 4, 5, 6]);
    const shares = n.node("Softmax", [x], { axis: 1 });
    const joined = n.node("Concat", [x, weights(n, 1, 2, 5, 6), shares], { axis: 1 });
    return [joined, n.node("Mul", [shares, x])];
  }],
  ["a product with a part of itself", 26, (n) => {
    const x = conv(n, n.input([1, 3, 6, 6]), [4, 3, 1]);
    const part = n.node("Slice", [x, n.integers(1), n.integers(2), n.integers(1)]);
    return [n.node("Sigmoid", [n.node("Mul", [x, part])])];
  }],
  ["slices of convolutions", 26, (n) => {
    const x = conv(n, n.input([1, 3, 6, 6]), [8, 3, 3]);
    const [left, right] = n.nodes("Split", [x], { axis: 1 }, 2);
    const every = n.node("Slice", [
      x,
      n.integers(3, 0),
      n.integers(-9, 4),
      n.integers(2, 3),
      n.integers(-2, 2),
    ]);
    return [
      conv(n, left, [3, 4, 3], { pads: [1, 1, 1, 1] }),
      n.node("Sigmoid", [right]),
      n.node("Relu", [every]),
    ];
  }],
];

for (const [what, least, make] of CASES) {
  Deno.test(`lowerF32() computes ${what}`, async () => {
    await assertLowersToF32(graphOf(make));
  });
  if (least === 0) continue;
  Deno.test(`lowerInt8() computes about ${what}`, async () => {
    const { agreement } = await agreementInInt8(graphOf(make));
    for (const { output, signalToNoiseDb } of agreement) {
      assert.ok(
        signalToNoiseDb === null || signalToNoiseDb >= least,
        `${output}: ${signalToNoiseDb} dB`,
      );
    }
  });
}

Deno.test("lowerF32() moves elements as any sequence of moves says", async () => {
  const move = fc.record({
    kind: fc.constantFrom("transpose", "reshape", "slice", "concat", "twice"),
    pick: fc.infiniteStream(fc.nat(1000)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 5 }), async (moves) => {
      await assertLowersToF32(graphOf((network) => {
        const start = network.input([1, 4, 3, 6]);
        const first = { name: conv(network, start, [4, 4, 1]), shape: [1, 4, 3, 6] };
        return [
          moves.reduce((value, { kind, pick }) => MOVES[kind](network, value, pick), first).name,
        ];
      }));
    }),
    { numRuns: 150, seed: 5 },
  );
});

interface Shaped {
  readonly name: string;
  readonly shape: number[];
}

type Pick = Iterator<number>;

function draw(pick: Pick, below: number): number {
  return pick.next().value % below;
}

const MOVES: Record<string, (network: OnnxNetwork, value: Shaped, pick: Pick) => Shaped> = {
  transpose(network, { name, shape }, pick) {
    const perm = shape.map((_, axis) => axis);
    perm.forEach((_, axis) => {
      const other = draw(pick, perm.length);
      [perm[axis], perm[other]] = [perm[other], perm[axis]];
    });
    const moved = network.node("Transpose", [name], { perm });
    return { name: moved, shape: perm.map((axis) => shape[axis]) };
  },
  reshape(network, { name, shape }, pick) {
    const factors = shape.flatMap((size) => primeFactors(size));
    const rank = 1 + draw(pick, 5);
    const sizes = Array.from({ length: rank }, () => 1);
    for (const factor of factors) sizes[draw(pick, rank)] *= factor;
    const moved = network.node("Reshape", [name, network.integers(...sizes)]);
    return { name: moved, shape: sizes };
  },
  slice(network, { name, shape }, pick) {
    const axis = draw(pick, shape.length);
    const isBackward = draw(pick, 2) === 1;
    const step = 1 + draw(pick, 2);
    const size = Math.ceil(shape[axis] / step);
    const bounds = isBackward ? [shape[axis] - 1, -shape[axis] - 1, -step] : [0, shape[axis], step];
    const [start, end, by] = bounds.map((bound) => network.integers(bound));
    const moved = network.node("Slice", [name, start, end, network.integers(axis), by]);
    return { name: moved, shape: shape.with(axis, size) };
  },
  concat(network, { name, shape }, pick) {
    const axis = draw(pick, shape.length);
    const other = network.node("Relu", [name]);
    const joined = network.node("Concat", [name, other], { axis });
    return { name: joined, shape: shape.with(axis, shape[axis] * 2) };
  },
  twice(network, { name, shape }) {
    return { name: network.node("Add", [name, name]), shape };
  },
};

function primeFactors(size: number): number[] {
  for (let factor = 2; factor <= size; factor++) {
    if (size % factor === 0) return [factor, ...primeFactors(size / factor)];
  }
  return [];
}

Deno.test("lowerInt8() copies nothing for a concatenation of channels, a shuffle's parts, or a flat list", async () => {
  const { body } = await agreementInInt8(graphOf((n) => {
    const x = conv(n, n.input([1, 1, 6, 6]), [4, 1, 3]);
    const joined = n.node("Concat", [conv(n, x, [4, 4, 1]), conv(n, x, [6, 4, 1])], { axis: 1 });
    const pooled = n.node("MaxPool", [joined], { kernel_shape: [2, 2], strides: [2, 2] });
    const flat = n.node("Transpose", [conv(n, pooled, [5, 10, 1])], { perm: [0, 2, 3, 1] });
    return [n.node("Reshape", [flat, n.integers(1, 4, 5)])];
  }));
  assert.equal(countOps(body.ops).copy, undefined);
});
