import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime, noise } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";

Deno.test("Gemm is what onnxruntime computes, its matrix either way round, with any bias", async () => {
  for (const transB of [0, 1]) {
    for (const biasShape of [undefined, [], [1], [4], [1, 4], [1, 1]]) {
      const network = new OnnxNetwork();
      const matrix = network.floats(transB ? [4, 6] : [6, 4], noise(1, 24));
      const size = (biasShape ?? []).reduce((product, length) => product * length, 1);
      const bias = biasShape ? [network.floats(biasShape, noise(2, size))] : [];
      const output = network.node("Gemm", [network.input([1, 6]), matrix, ...bias], {
        transB,
        alpha: { float: 0.5 },
        beta: { float: 2 },
      });
      const graph = await assertSameAsOnnxRuntime(network, [output]);
      assert.deepEqual(graph.nodes.map(({ kind }) => kind), ["conv"]);
    }
  }
});

Deno.test("MatMul by constants is what onnxruntime computes, on any number of axes", async () => {
  for (const shape of [[1, 6], [1, 3, 6], [1, 2, 3, 6]]) {
    for (const matrix of [[6, 4], [6, 1], [6], [1, 6, 4]].filter((b) => b.length <= shape.length)) {
      const network = new OnnxNetwork();
      const weights = network.floats(matrix, noise(1, matrix.reduce((a, b) => a * b)));
      await assertSameAsOnnxRuntime(network, [
        network.node("MatMul", [network.input(shape), weights]),
      ]);
    }
  }
});

Deno.test("MatMul, bias and ReLU become one node", async () => {
  const network = new OnnxNetwork();
  const product = network.node("MatMul", [
    network.input([1, 3, 6]),
    network.floats([6, 4], noise(1, 24)),
  ]);
  const sum = network.node("Add", [network.floats([4], noise(2, 4)), product]);
  const graph = await assertSameAsOnnxRuntime(network, [network.node("Relu", [sum])]);
  assert.equal(graph.nodes.length, 1);
});

Deno.test("MatMul of two values is refused", () => {
  const network = new OnnxNetwork();
  network.node("MatMul", [network.input([1, 3]), network.input([1, 3])]);
  assert.throws(
    () => importOnnx(network.encode(["matmul_0"])),
    /node node_matmul_0 \(op MatMul\) is not supported on two values/,
  );
});

Deno.test("Gemm refuses a matrix that does not fit its input", () => {
  const network = new OnnxNetwork();
  network.node("Gemm", [network.input([1, 5]), network.floats([6, 4], noise(1, 24))]);
  assert.throws(() => importOnnx(network.encode(["gemm_0"])), /op Gemm\) multiplies \[1,5\]/);
});
