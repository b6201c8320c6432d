import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime, noise } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";

function addBatchNorm(network: OnnxNetwork, input: string, channels: number): string {
  const [scale, bias, mean] = [1, 2, 3].map((seed) =>
    network.floats([channels], noise(seed, channels))
  );
  const variance = network.floats([channels], noise(4, channels, 0.1, 2));
  return network.node("BatchNormalization", [input, scale, bias, mean, variance], {
    epsilon: { float: 1e-3 },
  });
}

Deno.test("BatchNormalization alone is a depthwise convolution", async () => {
  const network = new OnnxNetwork();
  const output = network.node("Relu", [addBatchNorm(network, network.input([1, 3, 4, 5]), 3)]);
  const { nodes } = await assertSameAsOnnxRuntime(network, [output]);
  assert.deepEqual(nodes.map(({ kind, inputs }) => [kind, inputs.length]), [["conv", 1]]);
});

Deno.test("BatchNormalization behind a convolution, a sequence's or a matrix's, vanishes", async () => {
  for (
    const [shape, weights, op] of [
      [[1, 2, 4, 5], [3, 2, 3, 3], "Conv"],
      [[1, 2, 7], [3, 2, 3], "Conv"],
      [[1, 6], [6, 3], "Gemm"],
      [[1, 2, 4, 5], [2, 3, 2, 2], "ConvTranspose"],
    ] as const
  ) {
    const network = new OnnxNetwork();
    const size = weights.reduce<number>((product, length) => product * length, 1);
    const made = network.node(op, [network.input(shape), network.floats(weights, noise(5, size))]);
    const output = network.node("Relu", [addBatchNorm(network, made, 3)]);
    const { nodes } = await assertSameAsOnnxRuntime(network, [output]);
    assert.deepEqual(nodes.filter(({ kind }) => kind !== "reshape").map(({ kind }) => kind), [
      "conv",
    ]);
  }
});

Deno.test("BatchNormalization before a convolution without padding vanishes", async () => {
  const network = new OnnxNetwork();
  const scaled = addBatchNorm(network, network.input([1, 4, 5, 5]), 4);
  const weights = network.floats([6, 2, 3, 3], noise(5, 108));
  const output = network.node("Conv", [scaled, weights], { group: 2 });
  const { nodes } = await assertSameAsOnnxRuntime(network, [output]);
  assert.equal(nodes.length, 1);
});

Deno.test("BatchNormalization refuses training mode and statistics of another length", () => {
  const training = new OnnxNetwork();
  const four = Array.from({ length: 4 }, () => training.floats([2], [1, 1]));
  training.node("BatchNormalization", [training.input([1, 2, 3]), ...four], { training_mode: 1 });
  assert.throws(
    () => importOnnx(training.encode(["batchnormalization_0"])),
    /op BatchNormalization\) is not supported in training mode/,
  );
  const short = new OnnxNetwork();
  addBatchNorm(short, short.input([1, 5, 2, 2]), 3);
  assert.throws(
    () => importOnnx(short.encode(["batchnormalization_0"])),
    /has 3 statistics for 5 channels/,
  );
});

Deno.test("Softmax is over one axis since opset 13, over all behind it before", async () => {
  for (const opset of [11, 13]) {
    for (const axis of [undefined, 1, 2, -1]) {
      const network = new OnnxNetwork(opset);
      const output = network.node("Softmax", [network.input([1, 3, 4])], { axis });
      await assertSameAsOnnxRuntime(network, [output]);
    }
  }
});
