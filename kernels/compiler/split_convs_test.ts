import assert from "node:assert/strict";
import { noise } from "../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../tests/fixtures/onnx_network.ts";
import { agreementInInt8, assertLowersToF32 } from "../../tests/fixtures/plan_trial.ts";
import { interpretGraph } from "./graph_interpreter.ts";
import { importOnnx } from "./import_onnx.ts";
import { splitConvs } from "./split_convs.ts";

/** One layer whose channels are scores, then boxes that range much farther. */
function head(finish: (network: OnnxNetwork, scores: string, boxes: string) => string[]) {
  const network = new OnnxNetwork();
  const weights = noise(3, 8 * 4 * 9).map((weight, at) => at < 4 * 36 ? weight : weight * 30);
  const inputs = [network.input([1, 4, 6, 5]), network.floats([8, 4, 3, 3], weights)];
  const conv = network.node("Conv", inputs, { kernel_shape: [3, 3] });
  const [scores, boxes] = network.nodes("Split", [conv], { axis: 1 }, 2);
  return importOnnx(network.encode(finish(network, scores, boxes)));
}

Deno.test("splitConvs() gives each slice of a convolution's channels a convolution, with its activation", () => {
  const whole = head((n, scores, boxes) => [n.node("Sigmoid", [scores]), boxes]);
  const graph = splitConvs(whole);
  assert.deepEqual(graph.nodes.map(({ kind }) => kind), ["conv", "conv"]);
  assert.deepEqual(
    graph.nodes.map((node) => node.kind === "conv" && node.activation.kind),
    ["sigmoid", "none"],
  );
  const inputs = { input0: noise(5, 4 * 6 * 5) };
  const [got, wanted] = [interpretGraph(graph, inputs), interpretGraph(whole, inputs)];
  for (const name of whole.outputs) {
    assert.deepEqual(got[name].shape, wanted[name].shape);
    got[name].data.forEach((value, at) => {
      assert.ok(Math.abs(value - wanted[name].data[at]) < 1e-6, `${name}[${at}]`);
    });
  }
});

Deno.test("splitConvs() lets small scores beside large boxes keep their precision", async () => {
  const graph = head((n, scores, boxes) => [n.node("Sigmoid", [scores]), boxes]);
  const [before, after] = [await agreementInInt8(graph), await agreementInInt8(splitConvs(graph))];
  const ratios = [before, after].map(({ agreement }) => agreement[0].signalToNoiseDb ?? Infinity);
  assert.ok(ratios[1] > ratios[0] + 6, `${ratios} dB`);
});

Deno.test("splitConvs() leaves a convolution that others read too", () => {
  const graph = head((n, scores, boxes) => [n.node("Add", [scores, boxes]), "conv_0"]);
  assert.deepEqual(splitConvs(graph), graph);
});

Deno.test("splitConvs() leaves an activation that is not alone behind its slice", async () => {
  const graph = splitConvs(
    head((n, scores, boxes) => [n.node("Sigmoid", [scores]), scores, boxes]),
  );
  assert.deepEqual(graph.nodes.map(({ kind }) => kind), ["conv", "conv", "unary"]);
  await assertLowersToF32(graph);
});
