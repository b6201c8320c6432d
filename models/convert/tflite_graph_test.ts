import assert from "node:assert/strict";
import fc from "fast-check";
import { processorMs } from "../../tests/processor_time.ts";
import { tfliteToOnnx } from "../tflite_to_onnx.ts";
import { parseTfliteGraph } from "./tflite_graph.ts";

const FILE = await Deno.readFile(
  new URL("../ssd_mobilenetv2/source/ssd_mobilenetv2_oidv4.tflite", import.meta.url),
);

function convert(bytes: Uint8Array): void {
  tfliteToOnnx(parseTfliteGraph(bytes), { name: "damaged" });
}

Deno.test("parseTfliteGraph() reads tensors, operators and half-precision weights", () => {
  const { tensors, operators, inputs, outputs } = parseTfliteGraph(FILE);
  assert.deepEqual(inputs.map((index) => tensors[index].shape), [[1, 300, 300, 3]]);
  assert.deepEqual(outputs.map((index) => tensors[index].shape), [[1, 1917, 4], [1, 1917, 24]]);
  const counts = Map.groupBy(operators, ({ kind }) => kind);
  assert.deepEqual(
    [...counts].map(([kind, { length }]) => [kind, length]).sort(),
    [
      ["ADD", 10],
      ["CONCATENATION", 2],
      ["CONV_2D", 55],
      ["DEPTHWISE_CONV_2D", 17],
      ["DEQUANTIZE", 144],
      ["RESHAPE", 13],
    ],
  );
  const halves = tensors.filter(({ constant }) => constant?.elements.type === "float16");
  assert.equal(halves.length, 144);
});

Deno.test("parseTfliteGraph() refuses other files, and those cut off anywhere", () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(64)]) {
    assert.throws(() => parseTfliteGraph(bytes), /^Error: Cannot read the TensorFlow Lite model: /);
  }
  for (const share of [0.00001, 0.3, 0.9, 0.99, 0.9999]) {
    const cut = FILE.slice(0, Math.floor(FILE.length * share));
    assert.throws(() => convert(cut), /^Error: Cannot (read|convert|encode) /, `${share}`);
  }
});

Deno.test("parseTfliteGraph() answers a damaged file with an error or a network, in time", () => {
  const tables = FILE.length - 110_000; // names, shapes and operators lie behind the weights
  const anyPlace = fc.oneof(fc.nat(64), fc.integer({ min: tables, max: FILE.length - 1 }));
  const anyDamage = fc.array(fc.tuple(anyPlace, fc.nat(255)), { minLength: 1, maxLength: 8 });
  const bytes = FILE.slice();
  fc.assert(
    fc.property(anyDamage, (damage) => {
      for (const [place, value] of damage) bytes[place] = value;
      const start = processorMs();
      try {
        convert(bytes);
      } catch (thrown) {
        assert.match(String(thrown), /^Error: Cannot (read|convert|encode) /);
      } finally {
        for (const [place] of damage) bytes[place] = FILE[place];
      }
      assert.ok(processorMs() - start < 2_000);
    }),
    { numRuns: 40, seed: 5 },
  );
});
