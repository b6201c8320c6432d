import assert from "node:assert/strict";
import { buildNanodet } from "../../models/nanodet_g/build.ts";
import {
  assertImportsAsOnnxRuntime,
  assertSameAsOnnxRuntime,
  noise,
} from "../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../tests/fixtures/onnx_network.ts";
import type { Graph } from "./graph.ts";
import { importOnnx } from "./import_onnx.ts";
import { decodeOnnx } from "./onnx_reader.ts";
import { encodeOnnx } from "./onnx_schema.ts";

/** A detector in small: two convolutions, a head that is reshaped for its own input size, an upsampling. */
function smallDetector(shape: readonly (number | string)[] = [1, 3, 8, 8]): OnnxNetwork {
  const network = new OnnxNetwork();
  const image = network.input(shape, "image");
  const weights = network.floats([6, 3, 3, 3], noise(1, 162));
  const attributes = { pads: [1, 1, 1, 1], strides: [2, 2] };
  const features = network.node("Relu", [network.node("Conv", [image, weights], attributes)]);
  const head = network.node("Reshape", [features, network.integers(1, 6, 16)]);
  network.node("Transpose", [head], { perm: [0, 2, 1] });
  const size = network.integers(1, 6, 8, 8);
  network.node("Resize", [features, "", "", size], { mode: "linear" });
  return network;
}

const OUTPUTS = ["transpose_3", "resize_4"];

Deno.test("importOnnx() gives shapes of all values, and nodes in an order in which they can run", () => {
  const graph = importOnnx(smallDetector().encode(OUTPUTS));
  assert.equal(graph.name, "small");
  assert.deepEqual(graph.outputs.map((name) => graph.shapes.get(name)), [[1, 16, 6], [1, 6, 8, 8]]);
  assertRuns(graph);
});

function assertRuns(graph: Graph): void {
  const made = new Set([...graph.inputs, ...graph.constants.keys()]);
  for (const { inputs, output } of graph.nodes) {
    assert.ok(inputs.every((name) => made.has(name)), `${output} runs too early`);
    assert.ok(!made.has(output), `${output} is made twice`);
    made.add(output);
  }
  assert.ok([...made].every((name) => graph.shapes.has(name)), "all have shapes");
  assert.deepEqual([...graph.shapes.keys()].filter((name) => !made.has(name)), []);
  assert.ok(graph.outputs.every((name) => made.has(name)));
}

Deno.test("importOnnx() at another input size adapts shapes that are written for the file's own", () => {
  const inputShape = [1, 3, 12, 6];
  const graph = importOnnx(smallDetector().encode(OUTPUTS), { inputShape });
  assert.deepEqual(graph.outputs.map((name) => graph.shapes.get(name)), [[1, 18, 6], [
    1,
    6,
    12,
    6,
  ]]);
  assertRuns(graph);
});

Deno.test("importOnnx() takes an open batch as 1, and asks for other open sizes", () => {
  const network = new OnnxNetwork();
  const output = network.node("Relu", [network.input(["N", 3], "x")]);
  assert.deepEqual(importOnnx(network.encode([output])).shapes.get("x"), [1, 3]);
  assert.throws(
    () => importOnnx(smallDetector([1, 3, "height", "width"]).encode(OUTPUTS)),
    {
      message:
        "Cannot compile small: input image has no fixed shape, [1,3,height,width]: give one, " +
        "such as --input 1x3x320x320",
    },
  );
  const open = smallDetector(["N", 3, "height", "width"]).encode(OUTPUTS);
  const graph = importOnnx(open, { inputShape: [1, 3, 8, 8] });
  assert.deepEqual(graph.shapes.get("image"), [1, 3, 8, 8]);
});

Deno.test("importOnnx() refuses batches, and input shapes of another kind", () => {
  const batch = smallDetector([4, 3, 8, 8]).encode(["relu_1"]);
  assert.throws(() => importOnnx(batch), /input image has a batch of 4: give 1, such as --input/);
  const graph = importOnnx(batch, { inputShape: [1, 3, 8, 8] });
  assert.deepEqual(graph.shapes.get("relu_1"), [1, 6, 4, 4]);
  const single = smallDetector().encode(OUTPUTS);
  assert.throws(() => importOnnx(single, { inputShape: [1, 3, 8] }), /input image has 4 axes/);
  assert.throws(() => importOnnx(single, { inputShape: [1, 3, 0, 8] }), /cannot have the shape/);
});

Deno.test("importOnnx() ends at any values, and leaves out what they do not need", async () => {
  const network = smallDetector();
  const output = network.node("NotNeeded", ["resize_4"]);
  const graph = importOnnx(network.encode([output]), { outputs: ["conv_0"] });
  assert.deepEqual(graph.nodes.map(({ kind }) => kind), ["conv"]);
  const before = await assertSameAsOnnxRuntime(smallDetector(), ["conv_0", "relu_1"]);
  assert.deepEqual(before.nodes.map(({ kind }) => kind), ["conv", "unary"]);
});

Deno.test("importOnnx() names outputs that are missing, and nodes that are not supported", () => {
  const network = smallDetector();
  network.node("DeformConv", ["resize_4"]);
  const bytes = network.encode(["deformconv_5"]);
  assert.throws(
    () => importOnnx(bytes, { outputs: ["nowhere"] }),
    /no node makes the output nowhere/,
  );
  assert.throws(() => importOnnx(bytes), {
    message:
      "Cannot compile small: node node_deformconv_5 (op DeformConv) is not supported; run the " +
      "model with onnxruntime-web, or cut it before this node (--outputs)",
  });
});

Deno.test("importOnnx() refuses opsets before 7 and values that nothing makes", () => {
  const old = new OnnxNetwork(6);
  const output = old.node("Relu", [old.input([1, 2])]);
  assert.throws(() => importOnnx(old.encode([output])), /opset 6 is too old: convert the model/);
  const loose = new OnnxNetwork();
  loose.node("Add", [loose.input([1, 2]), "ghost"]);
  assert.throws(() => importOnnx(loose.encode(["add_0"])), /op Add\) reads ghost, which nothing/);
});

Deno.test("importOnnx() of NanoDet-g has its outputs and 34 convolutions, at both of its sizes", async () => {
  const bytes = await buildNanodet();
  for (const [side, cells] of [[416, [2704, 676, 169]], [320, [1600, 400, 100]]] as const) {
    const graph = importOnnx(bytes, { inputShape: [1, 3, side, side] });
    assertRuns(graph);
    assert.equal(graph.nodes.filter(({ kind }) => kind === "conv").length, 34);
    for (const [k, stride] of [8, 16, 32].entries()) {
      assert.deepEqual(graph.shapes.get(`scores_${stride}`), [1, cells[k], 80]);
      assert.deepEqual(graph.shapes.get(`boxes_${stride}`), [1, cells[k], 44]);
    }
    const unfused = graph.nodes.filter((node) => node.kind === "unary");
    assert.deepEqual(unfused.map(({ activation }) => activation.kind), [
      "sigmoid",
      "sigmoid",
      "sigmoid",
    ]);
  }
});

/** NanoDet-g up to its heads, whose reshapes are for 416 pixels, on a small image: the interpreter is slow. */
function smallNanodet(bytes: Uint8Array): Uint8Array {
  const model = decodeOnnx(bytes);
  const heads = model.nodes.filter(({ opType }) => opType === "Reshape").map(({ inputs }) =>
    inputs[0]
  );
  const inputs = [{ name: "image", shape: [1, 3, 64, 96] }];
  const cut = (shapes?: ReadonlyMap<string, readonly number[]>) => {
    const outputs = heads.map((name) => ({ name, shape: shapes?.get(name) ?? [] }));
    const nodes = model.nodes.filter(({ opType }) => !LAST_OPS.has(opType));
    const initializers = model.initializers.filter(({ name }) =>
      nodes.some((node) => node.inputs.includes(name))
    );
    return encodeOnnx({ ...model, nodes, initializers, inputs, outputs });
  };
  return cut(importOnnx(cut()).shapes);
}

const LAST_OPS = new Set(["Reshape", "Transpose", "Identity"]);

Deno.test("importOnnx() of NanoDet-g computes what onnxruntime computes", async () => {
  const bytes = smallNanodet(await buildNanodet());
  const graph = await assertImportsAsOnnxRuntime(bytes, {}, { low: -2, high: 2, tolerance: 1e-3 });
  assert.equal(graph.outputs.length, 6);
});

Deno.test("importOnnx() refuses windows over a batch that the network makes of its input", () => {
  for (const opType of ["Conv", "MaxPool", "Resize"]) {
    const network = new OnnxNetwork();
    const batch = network.node("Reshape", [
      network.input([1, 4, 6, 5]),
      network.integers(2, 2, 6, 5),
    ]);
    const others: Record<string, string[]> = {
      Conv: [network.floats([2, 2, 3, 3], new Float32Array(36))],
      Resize: ["", network.floats([4], [1, 1, 2, 2])],
    };
    const kernel = opType === "MaxPool" ? { kernel_shape: [3, 3] } : {};
    const output = network.node(opType, [batch, ...others[opType] ?? []], kernel);
    assert.throws(
      () => importOnnx(network.encode([output])),
      new RegExp(`\\(op ${opType}\\) is not supported on batches of 2`),
    );
  }
});
