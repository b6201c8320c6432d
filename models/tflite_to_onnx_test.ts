import assert from "node:assert/strict";
import type { Tensors } from "../kernels/engine.ts";
import { OnnxRuntimeEngine } from "../kernels/onnxruntime.ts";
import type { TfConstant } from "./convert/tfjs_graph.ts";
import type { TfliteGraph, TfliteOperator, TfliteTensor } from "./convert/tflite_graph.ts";
import { readOnnxRuntimeWasm } from "./onnxruntime_wasm.ts";
import { convertTflite, tfliteToOnnx } from "./tflite_to_onnx.ts";

const RELU = 1;
const RELU6 = 3;
const VALID = 1;
const SAME = 0;

type Options = Readonly<Record<number, number>>;

function operator(
  kind: string,
  inputs: readonly number[],
  output: number,
  options: Options = {},
): TfliteOperator {
  return {
    kind,
    inputs,
    outputs: [output],
    byteOption: (index) => options[index] ?? 0,
    intOption: (index, missing = 0) => options[index] ?? missing,
  };
}

function floats(shape: readonly number[], values: readonly number[]): TfConstant {
  return { shape, elements: { type: "float32", values: Float32Array.from(values) } };
}

function halves(shape: readonly number[], values: readonly number[]): TfConstant {
  const bits = new Uint16Array(Float16Array.from(values).buffer);
  return { shape, elements: { type: "float16", values: bits } };
}

/** Tensors by name; the first is the input, the last the output. */
function graphOf(
  tensors: readonly (readonly [name: string, shape: readonly number[], constant?: TfConstant])[],
  operators: readonly TfliteOperator[],
): TfliteGraph {
  const all: TfliteTensor[] = tensors.map(([name, shape, constant]) => ({
    name,
    shape,
    ...(constant ? { constant } : {}),
  }));
  return { tensors: all, inputs: [0], outputs: [all.length - 1], operators };
}

async function run(
  graph: TfliteGraph,
  values: readonly number[],
  shape: readonly number[],
  rename = {},
): Promise<Tensors> {
  const engine = new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  try {
    await engine.load(tfliteToOnnx(graph, { name: "test", rename }));
    return await engine.run({ x: { data: Float32Array.from(values), shape } });
  } finally {
    await engine.dispose();
  }
}

const COUNTED = [1, 2, 3, 4, 5, 6, 7, 8, 9];

Deno.test("tfliteToOnnx() converts a convolution, its padding, bias and activation", async () => {
  // A cell takes itself and its right neighbour; the second filter is the first one's negative.
  const row = [0, 0, 0, 0, 1, 1, 0, 0, 0];
  const graph = graphOf([
    ["x", [1, 3, 3, 1]],
    ["w", [2, 3, 3, 1], halves([2, 3, 3, 1], [...row, ...row.map((v) => -v)])],
    ["b", [2], floats([2], [0, 20])],
    ["w32", [2, 3, 3, 1]],
    ["y", [1, 3, 3, 2]],
  ], [
    operator("DEQUANTIZE", [1], 3),
    operator("CONV_2D", [0, 3, 2], 4, { 0: SAME, 1: 1, 2: 1, 3: RELU }),
  ]);
  const { y } = await run(graph, COUNTED, [1, 1, 3, 3]);
  const sums = [3, 5, 3, 9, 11, 6, 15, 17, 9];
  assert.deepEqual([...y.shape], [1, 3, 3, 2]);
  assert.deepEqual([...y.data], sums.flatMap((sum) => [sum, 20 - sum]));
});

Deno.test("tfliteToOnnx() puts the odd pixel of SAME behind, and none for VALID", async () => {
  const conv = (padding: number, size: number) =>
    graphOf([
      ["x", [1, 4, 4, 1]],
      ["w", [1, 3, 3, 1], floats([1, 3, 3, 1], [1, 0, 0, 0, 0, 0, 0, 0, 0])],
      ["y", [1, size, size, 1]],
    ], [operator("CONV_2D", [0, 1, -1], 2, { 0: padding, 1: 2, 2: 2 })]);
  const input = Array.from({ length: 16 }, (_, k) => k + 1);
  const same = await run(conv(SAME, 2), input, [1, 1, 4, 4]);
  assert.deepEqual([...same.y.data], [1, 3, 9, 11]);
  const valid = await run(conv(VALID, 1), input, [1, 1, 4, 4]);
  assert.deepEqual([...valid.y.data], [1]);
});

Deno.test("tfliteToOnnx() converts a depthwise convolution that strides and dilates", async () => {
  const graph = graphOf([
    ["x", [1, 4, 4, 2]],
    ["w", [1, 2, 2, 2], floats([1, 2, 2, 2], [1, 10, 0, 0, 2, 20, 0, 0])],
    ["y", [1, 2, 2, 2]],
  ], [operator("DEPTHWISE_CONV_2D", [0, 1], 2, { 0: VALID, 1: 1, 2: 1, 5: 2, 6: 2, 4: RELU6 })]);
  const plane = Array.from({ length: 16 }, (_, k) => k / 8);
  const { y } = await run(graph, [...plane, ...plane], [1, 2, 4, 4]);
  // A pixel, and two rows below it twice.
  const sums = [0, 1, 4, 5].map((at) => at / 8 + 2 * (at + 8) / 8);
  assert.deepEqual([...y.data], sums.flatMap((sum) => [sum, Math.min(sum * 10, 6)]));
});

Deno.test("tfliteToOnnx() adds, reshapes as TensorFlow has the axes, and joins", async () => {
  const graph = graphOf([
    ["x", [1, 1, 2, 2]],
    ["sum", [1, 1, 2, 2]],
    ["flat", [1, 4]],
    ["y", [1, 8]],
  ], [
    operator("ADD", [0, 0], 1),
    operator("RESHAPE", [1], 2),
    operator("CONCATENATION", [2, 2], 3, { 0: -1 }),
  ]);
  const { y } = await run(graph, [1, 2, 3, 4], [1, 2, 1, 2]);
  assert.deepEqual([...y.data], [2, 6, 4, 8, 2, 6, 4, 8]);
});

Deno.test("tfliteToOnnx() renames inputs, outputs and values on the way", () => {
  const graph = graphOf([
    ["in", [1, 2]],
    ["middle", [1, 2]],
    ["out", [1, 2]],
  ], [operator("ADD", [0, 0], 1), operator("ADD", [1, 0], 2)]);
  const rename = { in: "x", middle: "cut", out: "y" };
  const { inputs, nodes, outputs } = convertTflite(graph, { name: "test", rename });
  assert.deepEqual(inputs.map(({ name }) => name), ["x"]);
  assert.deepEqual(nodes.map((node) => [node.inputs, node.outputs]), [
    [["x", "x"], ["cut"]],
    [["cut", "x"], ["/out"]],
    [["/out"], ["y"]],
  ]);
  assert.deepEqual(outputs, [{ name: "y", shape: [1, 2] }]);
});

Deno.test("tfliteToOnnx() names the tensor and operator that it cannot convert", () => {
  const graph = (made: TfliteOperator, constant?: TfConstant) =>
    graphOf([["x", [1, 4]], ["c", [2], constant], ["y", [1, 4]]], [made]);
  const weights = floats([2], [1, 2]);
  const cases: [RegExp, TfliteGraph][] = [
    [/y: unknown operator operator 77; known are ADD/, graph(operator("operator 77", [0], 2))],
    [/y: unknown operator toString/, graph(operator("toString", [0], 2))],
    [/y: nothing that runs before makes it/, graph(operator("ADD", [2, 0], 2))],
    [/y: it needs a computed input/, graph(operator("ADD", [1, 0], 2), weights)],
    [/y: it needs a constant/, graph(operator("DEQUANTIZE", [0], 2))],
    [/y: DEQUANTIZE of other than half-precision/, graph(operator("DEQUANTIZE", [1], 2), weights)],
    [/y: unknown activation 5/, graph(operator("ADD", [0, 0], 2, { 0: 5 }))],
    [/y: a concatenation with an activation/, graph(operator("CONCATENATION", [0], 2, { 1: 1 }))],
    [/an operator without an output/, graph(operator("ADD", [0, 0], 9))],
  ];
  for (const [message, faulty] of cases) {
    assert.throws(() => tfliteToOnnx(faulty, { name: "test" }), message);
  }
});
