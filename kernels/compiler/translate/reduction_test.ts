import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";

const CASES = [
  { shape: [1, 3, 4, 5], axes: [2, 3] },
  { shape: [1, 3, 4, 5], axes: [-1] },
  { shape: [1, 3, 4, 5], axes: [2] },
  { shape: [1, 3, 4, 5], axes: [1] },
  { shape: [1, 3, 4, 5], axes: [1, 2, 3] },
  { shape: [1, 3, 4, 5], axes: [0] },
  { shape: [1, 3, 7], axes: [2] },
  { shape: [1, 3, 7], axes: [1] },
  { shape: [1, 6], axes: [1] },
];

for (const op of ["ReduceMean", "ReduceMax", "ReduceSum"]) {
  Deno.test(`${op} is what onnxruntime computes, keeping axes or not`, async () => {
    for (const { shape, axes } of CASES) {
      for (const keepdims of [0, 1]) {
        const network = new OnnxNetwork(18);
        const inputs = [network.input(shape), network.integers(...axes)];
        await assertSameAsOnnxRuntime(network, [network.node(op, inputs, { keepdims })]);
      }
    }
  });
}

Deno.test("ReduceMean before opset 18 has its axes as an attribute; without, it takes all", async () => {
  for (const axes of [[2, 3], undefined]) {
    const network = new OnnxNetwork(13);
    await assertSameAsOnnxRuntime(network, [
      network.node("ReduceMean", [network.input([1, 3, 4, 5])], { axes }),
    ]);
  }
});

Deno.test("ReduceMean over rows and columns is an average pool alone", async () => {
  const network = new OnnxNetwork(13);
  const output = network.node("ReduceMean", [network.input([1, 3, 4, 5])], { axes: [2, 3] });
  const { nodes } = await assertSameAsOnnxRuntime(network, [output]);
  assert.deepEqual(nodes.map(({ kind }) => kind), ["average_pool"]);
});

Deno.test("a reduction over axes that are no neighbours is refused", () => {
  const network = new OnnxNetwork(13);
  const output = network.node("ReduceMean", [network.input([1, 3, 4, 5])], { axes: [1, 3] });
  assert.throws(() => importOnnx(network.encode([output])), /op ReduceMean.*over axes \[1,3\]/);
});
