import assert from "node:assert/strict";
import { OnnxRuntimeEngine } from "../../kernels/onnxruntime.ts";
import { picture } from "../../tests/fixtures/pictures.ts";
import { detectorById } from "../catalogue.ts";
import { detect, type ModelDetection } from "../model.ts";
import { readOnnxRuntimeWasm } from "../onnxruntime_wasm.ts";
import { overlap } from "../suppress.ts";
import { buildNanodet } from "./build.ts";
import { nanodetG } from "./nanodet_g.ts";

const TOLERANCE = 0.05;

/** Edges, fractions of the picture, drawn by eye. */
const PICTURES = [
  { name: "astronaut", label: "person", score: 0.73, edges: [0.04, 0.03, 0.71, 1] },
  { name: "chelsea", label: "cat", score: 0.4, edges: [0, 0, 0.98, 1] },
  { name: "coffee", label: "cup", score: 0.52, edges: [0.28, 0.04, 0.69, 0.77] },
] as const;

let network: Promise<Uint8Array> | undefined;
function builtNetwork(): Promise<Uint8Array> {
  return network ??= buildNanodet();
}

function cornersOf({ box }: ModelDetection) {
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}

Deno.test("buildNanodet() makes the file that the catalogue promises, every time", async () => {
  const first = await builtNetwork();
  const second = await buildNanodet();
  assert.deepEqual(first, second);
  assert.equal(first.length, nanodetG.bytes);
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(first));
  assert.equal(new Uint8Array(digest).toHex(), nanodetG.sha256);
  assert.equal(nanodetG.url, `/models/nanodet-g-${nanodetG.sha256.slice(0, 8)}.onnx`);
});

Deno.test("detectorById() finds what ships and nothing else", () => {
  assert.equal(detectorById("nanodet-g"), nanodetG);
  assert.equal(detectorById("toString"), undefined);
  assert.equal(new Set(nanodetG.labels).size, 80);
});

Deno.test("detect() finds the person, the cat and the cup, as surely as it should", async (test) => {
  const engine = new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  await engine.load(await builtNetwork());
  for (const { name, label, score, edges } of PICTURES) {
    await test.step(`${label} in ${name}`, async () => {
      const detections = await detect(engine, nanodetG, await picture(name));
      const found = detections.find((one) => one.label === label);
      assert.ok(found, `no ${label}: ${Deno.inspect(detections)}`);
      assert.ok(Math.abs(found.score - score) < TOLERANCE, `score ${found.score}`);
      const [left, top, right, bottom] = edges;
      const match = overlap(cornersOf(found), { left, top, right, bottom });
      // The network takes a part of the saucer for the cup.
      assert.ok(match > 0.6, `overlap ${match}: ${Deno.inspect(found.box)}`);
    });
  }
  await test.step("nothing in a grey frame", async () => {
    const data = new Uint8Array(64 * 48 * 4).fill(128);
    assert.deepEqual(await detect(engine, nanodetG, { width: 64, height: 48, data }), []);
  });
  await engine.dispose();
});
