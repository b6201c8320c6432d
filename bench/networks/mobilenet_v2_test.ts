import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { OnnxRuntimeEngine } from "../../kernels/onnxruntime.ts";
import { FlatTable } from "../../models/convert/flat_table.ts";
import { readOnnxRuntimeWasm } from "../../models/onnxruntime_wasm.ts";
import { similarity } from "../similarity.ts";
import { CLASSES, INPUT, macsOf, mobileNetV2, planarInput, randomInput } from "./mobilenet_v2.ts";
import { mobileNetV2Onnx, type OnnxPrecision } from "./mobilenet_v2_onnx.ts";
import { mobileNetV2Tflite } from "./mobilenet_v2_tflite.ts";

/** arXiv:1801.04381 says 300 million. */
const MACS = 300_774_272;
const WEIGHTS_SHA256 = "3b3e56ff786c2be4823a3294c8f669a3f83a0bd9aac11beb4761ee6b9a02a9b7";

Deno.test("mobileNetV2() has the paper's layers and multiply-adds", () => {
  const layers = mobileNetV2();
  assert.equal(layers.length, 53);
  assert.equal(layers.filter(({ kind }) => kind === "depthwise").length, 17);
  assert.equal(layers.filter(({ residual }) => residual !== undefined).length, 10);
  assert.equal(layers.reduce((sum, layer) => sum + macsOf(layer), 0), MACS);
});

Deno.test("mobileNetV2() has the same weights on every machine", () => {
  const hash = createHash("sha256");
  for (const { weights, bias } of mobileNetV2()) {
    hash.update(weights).update(new Uint8Array(bias.buffer));
  }
  assert.equal(hash.digest("hex"), WEIGHTS_SHA256);
});

Deno.test("planarInput() holds the pixels of randomInput() by channel", () => {
  const [interleaved, planar] = [randomInput(), planarInput()];
  const plane = INPUT.side ** 2;
  for (const [pixel, channel] of [[0, 0], [1, 2], [plane - 1, 1]]) {
    assert.equal(planar[channel * plane + pixel], interleaved[pixel * 3 + channel]);
  }
});

Deno.test("mobileNetV2Onnx() as 8-bit computes what the float one does", async () => {
  const expected = await answer("fp32");
  const spread = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / CLASSES);
  assert.ok(spread > 0.5 && spread < 5, `logits spread by ${spread}: neither dead nor saturated`);
  assert.ok(similarity(expected, await answer("qdq")) > 0.98);
});

Deno.test("mobileNetV2Tflite() has the network's operators, tensors and weights", () => {
  const layers = mobileNetV2();
  const model = FlatTable.root(mobileNetV2Tflite(layers), "TFL3");
  const kinds = model.tables(1).map((code) => code.int32(3));
  const [graph] = model.tables(2);
  const operators = graph.tables(3).map((operator) => kinds[operator.int32(0)]);
  const count = (kind: number) => operators.filter((operator) => operator === kind).length;
  const [CONV_2D, DEPTHWISE_CONV_2D, ADD, AVERAGE_POOL_2D, FULLY_CONNECTED] = [3, 4, 0, 1, 9];
  assert.deepEqual(
    [CONV_2D, DEPTHWISE_CONV_2D, ADD, AVERAGE_POOL_2D, FULLY_CONNECTED].map(count),
    [35, 17, 10, 1, 1],
  );
  const tensors = graph.tables(0);
  const shapeOf = (index: number) => [...tensors[index].int32s(0, 4)];
  assert.deepEqual(shapeOf(graph.int32s(1, 1)[0]), [1, INPUT.side, INPUT.side, INPUT.channels]);
  assert.deepEqual(shapeOf(graph.int32s(2, 1)[0]), [1, CLASSES]);
  const weights = layers[52].weights;
  const stored = model.tables(4).map((buffer) => buffer.bytes(0))
    .filter(({ length }) => length === weights.length);
  assert.ok(
    stored.some((bytes) => weights.every((weight, at) => weight === bytes[at] << 24 >> 24)),
  );
});

async function answer(precision: OnnxPrecision): Promise<number[]> {
  const engine = new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  await engine.load(mobileNetV2Onnx(mobileNetV2(), precision));
  const shape = [1, INPUT.channels, INPUT.side, INPUT.side];
  const { output } = await engine.run({ [INPUT.name]: { data: planarInput(), shape } });
  await engine.dispose();
  return Array.from(output.data);
}
