import assert from "node:assert/strict";
import { readOnnxRuntimeWasm } from "../models/onnxruntime_wasm.ts";
import { engineSuite } from "../tests/contracts/engine_suite.ts";
import { sumAndProduct } from "../tests/fixtures/small_networks.ts";
import { OnnxRuntimeEngine } from "./onnxruntime.ts";

// First, because the runtime starts once: these are about the tries before it has.
Deno.test("load() tells why the runtime could not be read, and tries again", async () => {
  const reads: (() => Promise<ArrayBuffer>)[] = [
    () => Promise.reject(new Error("not in the cache")),
    () => Promise.resolve(new TextEncoder().encode("<!doctype html>").buffer),
    () => Promise.resolve(new ArrayBuffer(0)),
    readOnnxRuntimeWasm,
  ];
  const engine = new OnnxRuntimeEngine({
    readWasm: () => (reads.shift() ?? readOnnxRuntimeWasm)(),
  });
  await assert.rejects(engine.load(sumAndProduct()), /Cannot load onnxruntime: not in the cache/);
  await assert.rejects(engine.load(sumAndProduct()), /Cannot load onnxruntime: 15 bytes/);
  await assert.rejects(engine.load(sumAndProduct()), /Cannot load onnxruntime: 0 bytes/);
  await engine.load(sumAndProduct());
  await engine.dispose();
});

Deno.test("load() refuses when the engine is disposed while it loads", async () => {
  const engine = new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  const loading = engine.load(sumAndProduct());
  await engine.dispose();
  await assert.rejects(loading, /disposed/);
});

Deno.test("name tells the runtime and its version", () => {
  const engine = new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  assert.match(engine.name, /^onnxruntime-web 1\.30/);
});

engineSuite("onnxruntime", {
  create: () => new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm }),
  networkOf: (onnx) => Promise.resolve(onnx),
});
