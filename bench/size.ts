/** What a device downloads to run a network, and what the default network then occupies. */
import { gzipSync } from "node:zlib";
import { type KernelBuild, wasmEngine, WasmPlan } from "../kernels/wasm_engine.ts";
import { readKernels } from "../models/kernels_wasm.ts";
import { readShaders } from "../models/kernels_wgsl.ts";
import { modelBytes } from "../models/model_bytes.ts";
import { readOnnxRuntimeWasm } from "../models/onnxruntime_wasm.ts";
import { stripWgsl } from "../models/strip_wgsl.ts";
import { bundle, bundlePackages } from "./bundle.ts";
import { installPeers, litertFile } from "./peers.ts";
import { type Row, row } from "./row.ts";

const GZIP_LEVEL = 9;
const MODEL = "nanodet-g";

export async function size(): Promise<Row[]> {
  const relaxed = await ownBytes("relaxed");
  const peers = [
    { name: "onnxruntime-web", value: await onnxRuntimeBytes() },
    { name: "litert", value: await litertBytes(await installPeers()) },
  ];
  return [
    ...peers.map((peer) => row("size", "engine-gzip-bytes", relaxed, "B", peer)),
    row("size", "engine-gzip-bytes-plain-simd", await ownBytes("plain"), "B"),
    row("size", "engine-gzip-bytes-with-gpu", relaxed + await gpuBytes(), "B"),
    row("size", `${MODEL}-memory-bytes`, await memoryBytes(), "B"),
  ];
}

/** Kernels and script. A device loads one build only. */
async function ownBytes(build: KernelBuild): Promise<number> {
  const script = await bundle(local("../kernels/wasm_engine.ts"), { format: "esm" });
  return gzipped(script) + gzipped(await readKernels(build));
}

/** What comes on top for the GPU: its scripts, as large as if nothing were shared, and the shaders. */
async function gpuBytes(): Promise<number> {
  const script = await bundle(local("../kernels/gpu/open_gpu.ts"), { format: "esm" });
  const shaders = Object.entries(await readShaders())
    .map(([path, source]) => [path, stripWgsl(source)]);
  const file = new TextEncoder().encode(JSON.stringify(Object.fromEntries(shaders)));
  return gzipped(script) + gzipped(file);
}

async function onnxRuntimeBytes(): Promise<number> {
  const script = await bundle(local("../kernels/onnxruntime.ts"), { format: "esm" });
  return gzipped(script) + gzipped(new Uint8Array(await readOnnxRuntimeWasm()));
}

async function litertBytes(peers: URL): Promise<number> {
  const loader = await Deno.readFile(litertFile(peers, "relaxed", "js"));
  const wasm = await Deno.readFile(litertFile(peers, "relaxed", "wasm"));
  return gzipped(await bundlePackages(["@litertjs/core"], peers)) + gzipped(loader) + gzipped(wasm);
}

/** Linear memory with engine and model in it. It is fixed when the plan is loaded. */
async function memoryBytes(): Promise<number> {
  const engine = wasmEngine({ readKernels });
  await engine.load(await modelBytes(MODEL));
  const { memory } = engine;
  if (!(memory instanceof WasmPlan)) throw new Error("Cannot tell the memory: no plan is loaded");
  return memory.bytes;
}

function gzipped(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: GZIP_LEVEL }).length;
}

function local(path: string): URL {
  return new URL(path, import.meta.url);
}
