import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";

const SHAPE = [1, 3, 4, 5];

Deno.test("Reshape copies axes of 0 and works out −1", async () => {
  for (const target of [[1, 60], [0, -1], [0, 0, 20], [-1, 2, 5], [1, 3, 2, 2, 5], [0, 4, 3, 0]]) {
    const network = new OnnxNetwork();
    const inputs = [network.input(SHAPE), network.integers(...target)];
    await assertSameAsOnnxRuntime(network, [network.node("Reshape", inputs)]);
  }
});

Deno.test("Reshape to another number of elements is refused", () => {
  const network = new OnnxNetwork();
  network.node("Reshape", [network.input(SHAPE), network.integers(1, 7, -1)]);
  assert.throws(
    () => importOnnx(network.encode(["reshape_0"])),
    /cannot reshape \[1,3,4,5\] to \[1,7,-1\]/,
  );
});

Deno.test("Flatten, Squeeze and Unsqueeze give onnxruntime's shapes", async () => {
  for (const axis of [0, 1, 2, 4, -1]) {
    const network = new OnnxNetwork();
    await assertSameAsOnnxRuntime(network, [
      network.node("Flatten", [network.input(SHAPE)], { axis }),
    ]);
  }
  const network = new OnnxNetwork();
  const input = network.input([1, 3, 1, 5]);
  await assertSameAsOnnxRuntime(network, [
    network.node("Squeeze", [input]),
    network.node("Squeeze", [input, network.integers(-2)]),
    network.node("Unsqueeze", [input, network.integers(0, -1)]),
  ]);
});

Deno.test("Squeeze and Unsqueeze before opset 13 have their axes as attributes", async () => {
  const network = new OnnxNetwork(11);
  const squeezed = network.node("Squeeze", [network.input([1, 3, 1, 5])], { axes: [2] });
  const output = network.node("Unsqueeze", [squeezed], { axes: [0, 4] });
  await assertSameAsOnnxRuntime(network, [squeezed, output]);
});

Deno.test("Transpose moves axes, by default all", async () => {
  for (const perm of [undefined, [0, 2, 3, 1], [0, 3, 1, 2], [3, 2, 1, 0], [0, 1, 2, 3]]) {
    const network = new OnnxNetwork();
    await assertSameAsOnnxRuntime(network, [
      network.node("Transpose", [network.input(SHAPE)], { perm }),
    ]);
  }
});

Deno.test("Concat joins values and constants along any axis", async () => {
  for (const axis of [1, 2, -1]) {
    const network = new OnnxNetwork();
    const [a, b] = [network.input(SHAPE), network.input(SHAPE)];
    const constant = network.floats(SHAPE, Float32Array.from({ length: 60 }, (_, k) => k));
    await assertSameAsOnnxRuntime(network, [network.node("Concat", [a, constant, b], { axis })]);
  }
});

Deno.test("Tile and Expand repeat", async () => {
  const network = new OnnxNetwork();
  const input = network.input([1, 3, 1, 2]);
  await assertSameAsOnnxRuntime(network, [
    network.node("Tile", [input, network.integers(1, 2, 3, 1)]),
    network.node("Tile", [input, network.integers(1, 1, 1, 1)]),
    network.node("Expand", [input, network.integers(1, 3, 4, 2)]),
    network.node("Expand", [input, network.integers(5, 1)]),
  ]);
});

Deno.test("DepthToSpace and SpaceToDepth move blocks, in both orders", async () => {
  for (const mode of ["DCR", "CRD"]) {
    const network = new OnnxNetwork();
    const input = network.input([1, 12, 2, 3]);
    await assertSameAsOnnxRuntime(network, [
      network.node("DepthToSpace", [input], { blocksize: 2, mode }),
    ]);
  }
  const network = new OnnxNetwork();
  await assertSameAsOnnxRuntime(network, [
    network.node("SpaceToDepth", [network.input([1, 3, 4, 6])], { blocksize: 2 }),
  ]);
});

Deno.test("a channel shuffle of reshapes and a transposition is kept", async () => {
  const network = new OnnxNetwork();
  const apart = network.node("Reshape", [
    network.input([1, 6, 4, 5]),
    network.integers(1, 2, 3, 4, 5),
  ]);
  const swapped = network.node("Transpose", [apart], { perm: [0, 2, 1, 3, 4] });
  const output = network.node("Reshape", [swapped, network.integers(1, 6, 4, 5)]);
  const graph = await assertSameAsOnnxRuntime(network, [output]);
  assert.deepEqual(graph.nodes.map(({ kind }) => kind), ["reshape", "transpose", "reshape"]);
});
