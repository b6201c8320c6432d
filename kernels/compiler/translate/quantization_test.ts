import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime, noise } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";
import { OnnxType } from "../onnx_schema.ts";

interface Steps {
  readonly scale: number;
  readonly zero: number;
}

/** QuantizeLinear and DequantizeLinear, to unsigned bytes. */
function addPair(network: OnnxNetwork, input: string, { scale, zero }: Steps): string {
  const parameters = stepsOf(network, { scale, zero });
  const quantized = network.node("QuantizeLinear", [input, ...parameters]);
  return network.node("DequantizeLinear", [quantized, ...parameters]);
}

function stepsOf(network: OnnxNetwork, { scale, zero }: Steps): string[] {
  return [network.floats([], [scale]), network.constant(OnnxType.UINT8, [], Uint8Array.of(zero))];
}

/** Signed bytes of weights with a scale an output channel, and a 32-bit bias. */
function addConv(network: OnnxNetwork, input: string, inputs: number, outputs: number): string {
  const scales = Float32Array.from({ length: outputs }, (_, c) => 0.01 * (c + 1));
  const bytes = Int8Array.from(noise(1, outputs * inputs * 9, -127, 127));
  const perChannel = { axis: 0 };
  const weights = network.node("DequantizeLinear", [
    network.constant(OnnxType.INT8, [outputs, inputs, 3, 3], bytes),
    network.floats([outputs], scales),
    network.constant(OnnxType.INT8, [outputs], new Int8Array(outputs)),
  ], perChannel);
  const bias = network.node("DequantizeLinear", [
    network.constant(OnnxType.INT32, [outputs], Int32Array.from(noise(2, outputs, -500, 500))),
    network.floats([outputs], scales.map((scale) => scale * 0.02)),
  ], perChannel);
  return network.node("Conv", [input, weights, bias], { pads: [1, 1, 1, 1] });
}

Deno.test("pairs of QuantizeLinear and DequantizeLinear vanish and leave ranges", () => {
  const network = new OnnxNetwork();
  const image = addPair(network, network.input([1, 2, 5, 5]), { scale: 0.02, zero: 128 });
  const conv = addConv(network, image, 2, 3);
  const output = addPair(network, conv, { scale: 0.5, zero: 100 });
  const { nodes, ranges, outputs } = importOnnx(network.encode([output]));
  assert.deepEqual(nodes.map(({ kind }) => kind), ["conv"]);
  assert.deepEqual(outputs, [output]);
  assertRange(ranges.get("input0"), -2.56, 2.54);
  assertRange(ranges.get(output), -50, 77.5);
});

function assertRange(range: { low: number; high: number } | undefined, low: number, high: number) {
  assert.ok(
    range && Math.abs(range.low - low) < 1e-5 && Math.abs(range.high - high) < 1e-5,
    `${range}`,
  );
}

Deno.test("weights and biases with a scale a channel are what onnxruntime makes of them", async () => {
  const network = new OnnxNetwork();
  const output = addConv(network, network.input([1, 2, 5, 5]), 2, 3);
  await assertSameAsOnnxRuntime(network, [output]);
});

Deno.test("a network of quantized values is what onnxruntime computes, but for the steps", async () => {
  const network = new OnnxNetwork();
  const image = addPair(network, network.input([1, 2, 5, 5]), { scale: 0.02, zero: 128 });
  const conv = addPair(network, addConv(network, image, 2, 3), { scale: 0.2, zero: 0 });
  const output = addPair(network, network.node("Add", [conv, conv]), { scale: 0.4, zero: 0 });
  await assertSameAsOnnxRuntime(network, [output], { tolerance: 0.5, low: -2, high: 2 });
});

Deno.test("a ReLU that the quantizer dropped, since the range begins at 0, is put back", () => {
  const network = new OnnxNetwork();
  const conv = addConv(network, network.input([1, 2, 5, 5]), 2, 3);
  const output = addPair(network, conv, { scale: 0.02, zero: 0 });
  const [node] = importOnnx(network.encode([output])).nodes;
  assert.ok(node.kind === "conv" && node.activation.kind === "clip");
  assert.equal(node.activation.low, 0);
  assert.ok(Math.abs(node.activation.high - 5.1) < 1e-5);
});

Deno.test("a range that begins at 0 adds nothing behind what is never negative", () => {
  const network = new OnnxNetwork();
  const gate = network.node("Sigmoid", [addConv(network, network.input([1, 2, 5, 5]), 2, 3)]);
  const quantized = addPair(network, gate, { scale: 1 / 256, zero: 0 });
  const pooled = network.node("GlobalAveragePool", [quantized]);
  const output = addPair(network, pooled, { scale: 1 / 512, zero: 0 });
  const { nodes, ranges } = importOnnx(network.encode([output]));
  assert.deepEqual(nodes.map(({ kind }) => kind), ["conv", "average_pool"]);
  assertRange(ranges.get(nodes[0].output), 0, 255 / 256);
  assertRange(ranges.get(output), 0, 255 / 512);
});

Deno.test("what only moves elements may stand between the two of a pair", () => {
  const network = new OnnxNetwork();
  const steps = stepsOf(network, { scale: 0.1, zero: 10 });
  const quantized = network.node("QuantizeLinear", [network.input([1, 2, 4, 4]), ...steps]);
  const pooled = network.node("MaxPool", [quantized], { kernel_shape: [2, 2] });
  const flat = network.node("Flatten", [pooled]);
  const output = network.node("DequantizeLinear", [flat, ...steps]);
  const { nodes, ranges } = importOnnx(network.encode([output]));
  assert.deepEqual(nodes.map(({ kind }) => kind), ["max_pool", "reshape"]);
  assertRange(ranges.get(output), -1, 24.5);
});

Deno.test("weights that pass a pair of their own are rounded as onnxruntime rounds them", async () => {
  const network = new OnnxNetwork();
  const weights = addPair(network, network.floats([3, 2, 1, 1], noise(3, 6)), {
    scale: 0.05,
    zero: 128,
  });
  await assertSameAsOnnxRuntime(network, [
    network.node("Conv", [network.input([1, 2, 4, 4]), weights]),
  ]);
});

Deno.test("computing on integers is refused, as are pairs of unequal scales", () => {
  const network = new OnnxNetwork();
  const steps = stepsOf(network, { scale: 0.1, zero: 10 });
  const quantized = network.node("QuantizeLinear", [network.input([1, 4]), ...steps]);
  const doubled = network.node("Add", [quantized, quantized]);
  const other = network.node("DequantizeLinear", [
    quantized,
    ...stepsOf(network, { scale: 1, zero: 10 }),
  ]);
  assert.throws(() => importOnnx(network.encode([doubled])), /op Add.*on integers/);
  assert.throws(
    () => importOnnx(network.encode([other])),
    /op DequantizeLinear.*with another scale/,
  );
});

Deno.test("QLinearConv and its like are refused by name", () => {
  const network = new OnnxNetwork();
  const output = network.node("QLinearConv", [network.input([1, 4])]);
  assert.throws(() => importOnnx(network.encode([output])), /op QLinearConv\) is not supported/);
});
