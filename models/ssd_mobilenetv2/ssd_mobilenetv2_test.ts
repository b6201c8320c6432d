import assert from "node:assert/strict";
import { decodeOnnx } from "../../kernels/compiler/onnx_reader.ts";
import { OnnxRuntimeEngine } from "../../kernels/onnxruntime.ts";
import { picture } from "../../tests/fixtures/pictures.ts";
import { readOnnxRuntimeWasm } from "../onnxruntime_wasm.ts";
import { ANCHOR_GRIDS } from "./anchors.ts";
import { buildSsdMobilenetv2 } from "./build.ts";
import { HEAD } from "./compile_options.ts";
import { floatSsd } from "./float_ssd.ts";

Deno.test("buildSsdMobilenetv2() makes one network, every time, with names where a plan's head begins", async () => {
  const bytes = await buildSsdMobilenetv2();
  assert.deepEqual(await buildSsdMobilenetv2(), bytes);
  const { inputs, outputs, nodes } = decodeOnnx(bytes);
  const shapes = Object.fromEntries(
    [...inputs, ...outputs].map(({ name, shape }) => [name, shape]),
  );
  assert.deepEqual(shapes, {
    image: [1, 3, 300, 300],
    box_encodings: [1, 1917, 4],
    class_logits: [1, 1917, 24],
  });
  const made = new Set(nodes.flatMap((node) => node.outputs));
  for (const { scores, boxes } of HEAD.levels) {
    assert.ok(made.has(scores), scores);
    assert.ok(made.has(boxes), boxes);
  }
});

Deno.test("ANCHOR_GRIDS are 1917 anchors, from small to the whole", () => {
  const anchors = ANCHOR_GRIDS.flatMap((grid) => grid.anchors);
  assert.equal(anchors.length, 1917);
  assert.ok(
    ANCHOR_GRIDS.every(({ side, anchorsPerCell, anchors }) =>
      anchors.length === side ** 2 * anchorsPerCell
    ),
  );
  assert.deepEqual(anchors[0], [0.5 / 19, 0.5 / 19, 0.1, 0.1]);
  const area = ([, , width, height]: readonly number[]) => width * height;
  assert.ok(Math.abs(area(anchors[1]) - 0.2 ** 2) < 1e-12);
  assert.ok(Math.abs(area(anchors[1916]) - 0.95) < 1e-12);
});

/** Measured with another converter and another decoder. */
const REFERENCE = [
  { name: "astronaut", label: "person", score: 0.59 },
  { name: "chelsea", label: "cat", score: 0.85 },
  { name: "coffee", label: "coffee cup", score: 0.57 },
] as const;

Deno.test("floatSsd() sees in the pictures what the network is known to see", async () => {
  const engine = new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  await engine.load(await buildSsdMobilenetv2());
  const { prepare, decode } = floatSsd();
  for (const { name, label, score } of REFERENCE) {
    const frame = await picture(name);
    const [best] = decode(await engine.run(prepare(frame)), frame);
    assert.equal(best.label, label);
    assert.ok(Math.abs(best.score - score) < 0.02, `${label} ${best.score}`);
  }
  await engine.dispose();
});
