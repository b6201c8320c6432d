import fc from "fast-check";
import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";

const RUNS = { seed: 5, numRuns: 150 } as const;

const COORDINATES = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
];
const NEAREST = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];
const SCALES = [0.4, 0.5, 0.75, 1, 1.3, 1.5, 2, 2.7, 3];

const side = fc.integer({ min: 1, max: 9 });
const scale = fc.constantFrom(...SCALES);

function spread(values: readonly number[]): Float32Array {
  return Float32Array.of(1, 1, ...values);
}

Deno.test("Resize by scales is what onnxruntime computes, in all modes", async () => {
  const cases = fc.record({
    size: fc.tuple(side, side),
    scales: fc.tuple(scale, scale),
    coordinates: fc.constantFrom(...COORDINATES),
    nearest: fc.constantFrom(...NEAREST),
    mode: fc.constantFrom("nearest", "linear"),
  }).filter(({ size, scales }) => size.every((length, k) => Math.floor(length * scales[k]) >= 1));
  await fc.assert(
    fc.asyncProperty(cases, async ({ size, scales, coordinates, nearest, mode }) => {
      const network = new OnnxNetwork(19);
      const inputs = [network.input([1, 2, ...size]), "", network.floats([4], spread(scales))];
      const output = network.node("Resize", inputs, {
        coordinate_transformation_mode: coordinates,
        mode,
        nearest_mode: mode === "nearest" ? nearest : undefined,
      });
      await assertSameAsOnnxRuntime(network, [output]);
    }),
    RUNS,
  );
});

Deno.test("Resize to sizes is what onnxruntime computes, in all modes", async () => {
  const cases = fc.record({
    size: fc.tuple(side, side),
    wanted: fc.tuple(side, side),
    coordinates: fc.constantFrom(...COORDINATES),
    nearest: fc.constantFrom(...NEAREST),
    mode: fc.constantFrom("nearest", "linear"),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ size, wanted, coordinates, nearest, mode }) => {
      const network = new OnnxNetwork(19);
      const inputs = [network.input([1, 2, ...size]), "", "", network.integers(1, 2, ...wanted)];
      const output = network.node("Resize", inputs, {
        coordinate_transformation_mode: coordinates,
        mode,
        nearest_mode: mode === "nearest" ? nearest : undefined,
      });
      await assertSameAsOnnxRuntime(network, [output]);
    }),
    RUNS,
  );
});

Deno.test("Resize before opset 11 and Upsample take scales alone", async () => {
  for (const [op, opset] of [["Resize", 10], ["Upsample", 9]] as const) {
    for (const mode of ["nearest", "linear"]) {
      for (
        const scales of op === "Resize" ? [[2, 2], [1, 3], [0.5, 0.5], [0.4, 2]] : [[2, 2], [1, 3]]
      ) {
        const network = new OnnxNetwork(opset);
        const inputs = [network.input([1, 2, 5, 6]), network.floats([4], spread(scales))];
        await assertSameAsOnnxRuntime(network, [network.node(op, inputs, { mode })]);
      }
    }
  }
});

Deno.test("Resize of a sequence is what onnxruntime computes", async () => {
  const network = new OnnxNetwork();
  const inputs = [network.input([1, 3, 7]), "", network.floats([3], [1, 1, 2])];
  await assertSameAsOnnxRuntime(network, [network.node("Resize", inputs, { mode: "linear" })]);
});

Deno.test("Resize takes the sizes of some axes, and the coordinates of TensorFlow", async () => {
  const named = new OnnxNetwork(18);
  const inputs = [named.input([1, 2, 5, 6]), "", "", named.integers(3, 8)];
  await assertSameAsOnnxRuntime(named, [
    named.node("Resize", inputs, { axes: [3, 2], mode: "linear" }),
  ]);
  const old = new OnnxNetwork(11);
  const scales = [old.floats([0], []), old.floats([4], [1, 1, 1, 2.7])];
  await assertSameAsOnnxRuntime(old, [
    old.node("Resize", [old.input([1, 2, 5, 6]), ...scales], {
      coordinate_transformation_mode: "tf_half_pixel_for_nn",
      nearest_mode: "round_prefer_ceil",
    }),
  ]);
});

Deno.test("Resize refuses cubic, and scales of channels", () => {
  const cubic = new OnnxNetwork();
  const inputs = [cubic.input([1, 3, 4, 4]), "", cubic.floats([4], [1, 1, 2, 2])];
  const output = cubic.node("Resize", inputs, { mode: "cubic" });
  assert.throws(() => importOnnx(cubic.encode([output])), /op Resize.*with mode cubic/);

  const deep = new OnnxNetwork();
  const scaled = [deep.input([1, 3, 4, 4]), "", deep.floats([4], [1, 2, 1, 1])];
  const result = deep.node("Resize", scaled, {});
  assert.throws(
    () => importOnnx(deep.encode([result])),
    /op Resize.*from \[1,3,4,4\] to \[1,6,4,4\]/,
  );
});
