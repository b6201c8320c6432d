import assert from "node:assert/strict";
import { decodeOnnx } from "../../kernels/compiler/onnx_reader.ts";
import { buildNanodet } from "./build.ts";
import { HEAD } from "./compile_options.ts";
import { nanodetGFp32 } from "./nanodet_g.ts";

Deno.test("buildNanodet() makes the file that the catalogue promises, every time", async () => {
  const first = await buildNanodet();
  const second = await buildNanodet();
  assert.deepEqual(first, second);
  assert.equal(first.length, nanodetGFp32.bytes);
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(first));
  assert.equal(new Uint8Array(digest).toHex(), nanodetGFp32.sha256);
});

Deno.test("buildNanodet() makes the same network for another input size", async () => {
  const { inputs, outputs } = decodeOnnx(await buildNanodet(320));
  const shapes = Object.fromEntries(
    [...inputs, ...outputs].map(({ name, shape }) => [name, shape]),
  );
  assert.deepEqual(shapes, {
    image: [1, 3, 320, 320],
    scores_8: [1, 1600, 80],
    scores_16: [1, 400, 80],
    scores_32: [1, 100, 80],
    boxes_8: [1, 1600, 44],
    boxes_16: [1, 400, 44],
    boxes_32: [1, 100, 44],
  });
  await assert.rejects(buildNanodet(300), /not 32 times/);
});

Deno.test("buildNanodet() names the values where a plan's head begins", async () => {
  const { nodes } = decodeOnnx(await buildNanodet());
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  for (const { scores, boxes } of HEAD.levels) {
    assert.ok(made.has(scores), scores);
    assert.ok(made.has(boxes), boxes);
  }
});
