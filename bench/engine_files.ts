/** All that the engine suite's browser loads: scripts, engines, networks and inputs. */
import { mobileNetV2, planarInput, randomInput } from "./networks/mobilenet_v2.ts";
import { mobileNetV2Onnx } from "./networks/mobilenet_v2_onnx.ts";
import { mobileNetV2Tflite } from "./networks/mobilenet_v2_tflite.ts";
import { randomNumbers } from "./networks/random_numbers.ts";
import { readKernels } from "../models/kernels_wasm.ts";
import { modelBytes } from "../models/model_bytes.ts";
import { buildNanodet } from "../models/nanodet_g/build.ts";
import { readOnnxRuntimeWasm } from "../models/onnxruntime_wasm.ts";
import { buildSsdMobilenetv2 } from "../models/ssd_mobilenetv2/build.ts";
import { bundle, bundlePackages } from "./bundle.ts";
import { DETECTORS } from "./entrants.ts";
import type { LabFiles } from "./lab.ts";
import { mobileNetV2Plan } from "./networks/mobilenet_v2_plan.ts";
import { LITERT_BUILDS, litertFile, TFJS_PACKAGES, tfjsWasm } from "./peers.ts";

const SEED = 416;

/** `peers`: where they are installed; `frame`: RGBA. */
export async function engineFiles(peers: URL, frame: Uint8Array): Promise<LabFiles> {
  return new Map([
    ...await scripts(peers),
    ...await engines(peers),
    ...await classifiers(),
    ...await detectors(),
    ["/inputs/frame", frame],
  ]);
}

async function scripts(peers: URL): Promise<[string, Uint8Array][]> {
  const local = (path: string) => new URL(path, import.meta.url);
  return [
    ["/page.js", await bundle(local("browser/page.ts"), { format: "esm" })],
    ["/worker.js", await bundle(local("browser/worker.ts"), { format: "iife" })],
    ["/peers/litert.js", await bundlePackages(["@litertjs/core"], peers)],
    ["/peers/tfjs.js", await bundlePackages(TFJS_PACKAGES, peers)],
  ];
}

async function engines(peers: URL): Promise<[string, Uint8Array][]> {
  const files: [string, Uint8Array][] = [
    ["/onnxruntime.wasm", new Uint8Array(await readOnnxRuntimeWasm())],
    ["/kernels-plain.wasm", await readKernels("plain")],
    ["/kernels-relaxed.wasm", await readKernels("relaxed")],
    ["/peers/tfjs/tfjs-backend-wasm-simd.wasm", await Deno.readFile(tfjsWasm(peers))],
  ];
  for (const build of LITERT_BUILDS) {
    for (const ending of ["js", "wasm"] as const) {
      const url = litertFile(peers, build, ending);
      const file = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
      files.push([`/peers/litert/${file}`, await Deno.readFile(url)]);
    }
  }
  return files;
}

async function classifiers(): Promise<[string, Uint8Array][]> {
  const layers = mobileNetV2();
  return [
    ["/networks/mobilenetv2-fp32.onnx", mobileNetV2Onnx(layers, "fp32")],
    ["/networks/mobilenetv2-qdq.onnx", mobileNetV2Onnx(layers, "qdq")],
    ["/networks/mobilenetv2.tflite", mobileNetV2Tflite(layers)],
    ["/networks/mobilenetv2.plan", await mobileNetV2Plan()],
    ["/inputs/mobilenet-interleaved", bytesOf(randomInput())],
    ["/inputs/mobilenet-planes", bytesOf(planarInput())],
  ];
}

async function detectors(): Promise<[string, Uint8Array][]> {
  const files: [string, Uint8Array][] = [
    ["/networks/nanodet-g-416.onnx", await buildNanodet(416)],
    ["/networks/nanodet-g-320.onnx", await buildNanodet(320)],
    ["/networks/ssd-mobilenetv2.onnx", await buildSsdMobilenetv2()],
  ];
  for (const { id, row, size } of DETECTORS) {
    files.push([`/networks/${id}.plan`, await modelBytes(id)]);
    files.push([`/inputs/${row}`, bytesOf(noise(3 * size * size))]);
  }
  return files;
}

/** What a float network sees does not change how long it takes. */
function noise(length: number): Float32Array {
  const next = randomNumbers(SEED);
  return Float32Array.from({ length }, () => next() * 4 - 2);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
