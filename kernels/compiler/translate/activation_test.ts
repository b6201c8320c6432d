import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime, noise } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";

const SHAPES = [[1, 3, 4, 5], [1, 3, 7], [1, 6]];

Deno.test("activations without constants are what onnxruntime computes", async () => {
  for (
    const op of ["Relu", "Sigmoid", "Tanh", "HardSwish", "HardSigmoid", "LeakyRelu", "Exp", "Abs"]
  ) {
    for (const shape of SHAPES) {
      const network = new OnnxNetwork();
      const output = network.node(op, [network.input(shape)]);
      await assertSameAsOnnxRuntime(network, [output], { low: -6, high: 6 });
    }
  }
});

Deno.test("Sqrt is what onnxruntime computes", async () => {
  const network = new OnnxNetwork();
  await assertSameAsOnnxRuntime(network, [network.node("Sqrt", [network.input([1, 8])])], {
    low: 0,
  });
});

Deno.test("attributes of activations count", async () => {
  const network = new OnnxNetwork();
  const input = network.input([1, 3, 4]);
  await assertSameAsOnnxRuntime(network, [
    network.node("HardSigmoid", [input], { alpha: { float: 0.3 }, beta: { float: 0.4 } }),
    network.node("LeakyRelu", [input], { alpha: { float: 0.25 } }),
  ]);
});

Deno.test("Clip takes its bounds as inputs, either or none, and before opset 11 as attributes", async () => {
  const network = new OnnxNetwork();
  const [input, low, high] = [
    network.input([1, 9]),
    network.floats([], [-1]),
    network.floats([], [2]),
  ];
  const clipped = [[input, low, high], [input, low], [input, "", high], [input]]
    .map((inputs) => network.node("Clip", inputs));
  await assertSameAsOnnxRuntime(network, clipped);

  const old = new OnnxNetwork(10);
  const output = old.node("Clip", [old.input([1, 9])], { min: { float: 0 }, max: { float: 1 } });
  await assertSameAsOnnxRuntime(old, [output]);
});

Deno.test("PRelu has one slope, or one a channel", async () => {
  for (const shape of [[1], [], [3, 1, 1], [1, 3, 1, 1]]) {
    const network = new OnnxNetwork();
    const slopes = network.floats(shape, noise(1, shape.includes(3) ? 3 : 1));
    await assertSameAsOnnxRuntime(network, [
      network.node("PRelu", [network.input([1, 3, 4, 5]), slopes]),
    ]);
  }
  const wide = new OnnxNetwork();
  const output = wide.node("PRelu", [wide.input([1, 3, 4, 5]), wide.floats([4, 5], noise(1, 20))]);
  assert.throws(() => importOnnx(wide.encode([output])), /op PRelu.*with slopes of \[4,5\]/);
});

Deno.test("activations that no plan knows are refused by name", () => {
  for (const op of ["Mish", "Softplus", "Elu", "Erf"]) {
    const network = new OnnxNetwork(18);
    const output = network.node(op, [network.input([1, 3])]);
    assert.throws(() => importOnnx(network.encode([output])), {
      message:
        `Cannot compile small: node node_${output} (op ${op}) is not supported; run the model ` +
        "with onnxruntime-web, or cut it before this node (--outputs)",
    });
  }
});
