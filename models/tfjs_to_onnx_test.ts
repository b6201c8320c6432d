import assert from "node:assert/strict";
import type { Tensors } from "../kernels/engine.ts";
import { OnnxRuntimeEngine } from "../kernels/onnxruntime.ts";
import { parseTfjsGraph } from "./convert/tfjs_graph.ts";
import { readOnnxRuntimeWasm } from "./onnxruntime_wasm.ts";
import { tfjsToOnnx } from "./tfjs_to_onnx.ts";

type Attributes = Record<string, unknown>;
type Node = readonly [
  name: string,
  op: string,
  inputs?: readonly string[],
  attributes?: Attributes,
];
interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly type?: "int32" | "float32" | "float16";
}

const TO_NHWC = { name: "to_nhwc", shape: [4], values: [0, 2, 3, 1], type: "int32" } as const;
const TO_NCHW = { name: "to_nchw", shape: [4], values: [0, 3, 1, 2], type: "int32" } as const;

const text = (value: string) => ({ s: btoa(value) });
const list = (...values: number[]) => ({ list: { i: values.map(String) } });
const WINDOW = { padding: text("VALID"), data_format: text("NHWC"), dilations: list(1, 1, 1, 1) };

function modelJson(
  inputShape: readonly number[],
  nodes: readonly Node[],
  constants: readonly Constant[],
  outputs: readonly string[],
) {
  const dim = inputShape.map((size) => ({ size: String(size) }));
  return {
    modelTopology: {
      node: [
        { name: "x", op: "Placeholder", attr: { shape: { shape: { dim } } } },
        ...constants.map(({ name }) => ({ name, op: "Const" })),
        ...nodes.map(([name, op, input, attr]) => ({ name, op, input, attr })),
      ],
    },
    signature: { outputs: Object.fromEntries(outputs.map((o) => [o, { name: `${o}:0` }])) },
    weightsManifest: [{ paths: ["weights.bin"], weights: constants.map(manifestEntry) }],
  };
}

function manifestEntry({ name, shape, type = "float32" }: Constant) {
  if (type !== "float16") return { name, shape, dtype: type };
  return { name, shape, dtype: "float32", quantization: { dtype: "float16" } };
}

function weightBytes(constants: readonly Constant[]): Uint8Array {
  return Uint8Array.from(constants.flatMap(({ values, type = "float32" }) => {
    const array = { int32: Int32Array, float32: Float32Array, float16: Float16Array }[type];
    return [...new Uint8Array(array.from(values).buffer)];
  }));
}

function convert(
  inputShape: readonly number[],
  nodes: readonly Node[],
  constants: readonly Constant[],
  outputs: readonly string[] = ["y"],
): Uint8Array {
  const json = modelJson(inputShape, nodes, constants, outputs);
  return tfjsToOnnx(parseTfjsGraph(json, () => weightBytes(constants)), { name: "test" });
}

async function run(
  network: Uint8Array,
  values: readonly number[],
  shape: readonly number[],
): Promise<Tensors> {
  const engine = new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  try {
    await engine.load(network);
    return await engine.run({ x: { data: Float32Array.from(values), shape } });
  } finally {
    await engine.dispose();
  }
}

function assertOutput(outputs: Tensors, name: string, shape: number[], values: number[]): void {
  assert.deepEqual([...outputs[name].shape], shape);
  assert.deepEqual([...outputs[name].data], values);
}

const COUNTED = [1, 2, 3, 4, 5, 6, 7, 8, 9];

Deno.test("tfjsToOnnx() converts padding, convolution, bias and turns", async () => {
  // A cell takes itself and half its right neighbour; the second input channel counts tenfold, and the
  // second filter is the first one's negative.
  const kernel = [0, 0, 0, 0, 1, 0.5, 0, 0, 0].flatMap((v) => [v, -v, 10 * v, -10 * v]);
  const constants: Constant[] = [
    TO_NHWC,
    TO_NCHW,
    { name: "pads", shape: [4, 2], values: [0, 0, 0, 0, 1, 1, 1, 1], type: "int32" },
    { name: "kernel", shape: [3, 3, 2, 2], values: kernel, type: "float16" },
    { name: "bias", shape: [2], values: [10, 0.25] },
  ];
  const network = convert([1, 2, 3, 3], [
    ["padded", "Pad", ["x", "pads"]],
    ["nhwc", "Transpose", ["padded", "to_nhwc"]],
    ["conv", "Conv2D", ["nhwc", "kernel"], { ...WINDOW, strides: list(1, 2, 2, 1) }],
    ["biased", "Add", ["conv", "bias"]],
    ["y", "Transpose", ["biased", "to_nchw"]],
  ], constants);
  const outputs = await run(network, [...COUNTED, ...COUNTED.toReversed()], [1, 2, 3, 3]);
  const first = [1 + 1 + 90 + 40, 3 + 70, 7 + 4 + 30 + 10, 9 + 10];
  assertOutput(outputs, "y", [1, 2, 2, 2], [
    ...first.map((v) => v + 10),
    ...first.map((v) => 0.25 - v),
  ]);
});

Deno.test("tfjsToOnnx() copies a turned tensor where its order shows", async () => {
  const network = convert([1, 2, 2, 3], [
    ["nhwc", "Transpose", ["x", "to_nhwc"]],
    ["y", "Reshape", ["nhwc", "flat"]],
  ], [TO_NHWC, { name: "flat", shape: [2], values: [1, -1], type: "int32" }]);
  const outputs = await run(network, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 2, 3]);
  assertOutput(outputs, "y", [1, 12], [1, 7, 2, 8, 3, 9, 4, 10, 5, 11, 6, 12]);
});

Deno.test("tfjsToOnnx() pools over its own padding, and refuses padding with another value", async () => {
  const pool = { ...WINDOW, ksize: list(1, 2, 2, 1), strides: list(1, 2, 2, 1) };
  const constants = (fill: number): Constant[] => [
    TO_NHWC,
    TO_NCHW,
    { name: "pads", shape: [4, 2], values: [0, 0, 0, 0, 1, 0, 1, 0], type: "int32" },
    { name: "fill", shape: [], values: [fill], type: "float16" },
  ];
  const nodes: Node[] = [
    ["padded", "PadV2", ["x", "pads", "fill"]],
    ["nhwc", "Transpose", ["padded", "to_nhwc"]],
    ["pooled", "MaxPool", ["nhwc"], pool],
    ["y", "Transpose", ["pooled", "to_nchw"]],
  ];
  const negative = COUNTED.map((v) => -v);
  const network = convert([1, 1, 3, 3], nodes, constants(-Infinity));
  assertOutput(await run(network, negative, [1, 1, 3, 3]), "y", [1, 1, 2, 2], [-1, -2, -4, -5]);
  assert.throws(
    () => convert([1, 1, 3, 3], nodes, constants(0)),
    /pooled: padding other than a window's own/,
  );
});

Deno.test("tfjsToOnnx() splits, joins, adds and bends", async () => {
  const integer = (name: string, shape: number[], values: number[]): Constant => ({
    name,
    shape,
    values,
    type: "int32",
  });
  const network = convert(
    [1, 3, 1, 1],
    [
      ["parts", "SplitV", ["x", "sizes", "axis"], { num_split: { i: "2" } }],
      ["joined", "ConcatV2", ["parts:1", "parts", "axis"]],
      ["sum", "AddV2", ["joined", "x"]],
      ["bent", "LeakyRelu", ["sum"], { alpha: { f: 0.5 } }],
      ["y", "Identity", ["bent"]],
      ["z", "Sigmoid", ["parts"]],
    ],
    [integer("sizes", [2], [1, 2]), integer("axis", [], [1])],
    ["y", "z"],
  );
  const outputs = await run(network, [0, -6, 2], [1, 3, 1, 1]);
  assertOutput(outputs, "y", [1, 3, 1, 1], [-3, -2, 2]);
  assertOutput(outputs, "z", [1, 1, 1, 1], [0.5]);
});

Deno.test("tfjsToOnnx() resizes between pixel centres", async () => {
  const network = convert([1, 1, 1, 2], [
    ["nhwc", "Transpose", ["x", "to_nhwc"]],
    ["wide", "ResizeBilinear", ["nhwc", "size"], { half_pixel_centers: { b: true } }],
    ["y", "Transpose", ["wide", "to_nchw"]],
  ], [TO_NHWC, TO_NCHW, { name: "size", shape: [2], values: [1, 4], type: "int32" }]);
  const outputs = await run(network, [0, 8], [1, 1, 1, 2]);
  assertOutput(outputs, "y", [1, 1, 1, 4], [0, 2, 6, 8]);
});

Deno.test("tfjsToOnnx() renames inputs and outputs", async () => {
  const json = modelJson([1, 2], [["y", "Sigmoid", ["x"]]], [], ["y"]);
  const graph = parseTfjsGraph(json, () => new Uint8Array());
  const network = tfjsToOnnx(graph, { name: "test", rename: { y: "answer" } });
  assert.deepEqual(Object.keys(await run(network, [0, 0], [1, 2])), ["answer"]);
});

Deno.test("tfjsToOnnx() names the node and operation that it cannot convert", () => {
  const cases: [RegExp, Node[], Constant[]][] = [
    [/y: unknown operation Fft; known are Add/, [["y", "Fft", ["x"]]], []],
    [/y: unknown operation toString/, [["y", "toString", ["x"]]], []],
    [/ghost: there is no such node/, [["y", "Sigmoid", ["ghost"]]], []],
    [/y: a constant added to other than a convolution/, [["y", "Add", ["x", "one"]]], [
      { name: "one", shape: [1], values: [1] },
    ]],
    [/y: a sum of shapes 1,4 and 4,1/, [
      ["turned", "Reshape", ["x", "shape"]],
      ["y", "Add", ["x", "turned"]],
    ], [{ name: "shape", shape: [2], values: [4, 1], type: "int32" }]],
    [/y: MaxPool other than NHWC/, [
      ["y", "MaxPool", ["x"], { ...WINDOW, padding: text("SAME"), ksize: list(1, 2, 2, 1) }],
    ], []],
    [/attribute strides of node y/, [["y", "MaxPool", ["x"], {
      ...WINDOW,
      ksize: list(1, 2, 2, 1),
    }]], []],
  ];
  for (const [message, nodes, constants] of cases) {
    assert.throws(() => convert([1, 4], nodes, constants), message);
  }
});
