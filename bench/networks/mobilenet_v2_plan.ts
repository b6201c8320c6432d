import { createHash } from "node:crypto";
import { compileOnnx } from "../../kernels/compiler/compile.ts";
import { WasmBackend } from "../../kernels/wasm_engine.ts";
import { readKernels } from "../../models/kernels_wasm.ts";
import { mobileNetV2 } from "./mobilenet_v2.ts";
import { mobileNetV2Onnx } from "./mobilenet_v2_onnx.ts";

/** The network as a plan: compiled from the 8-bit ONNX file, whose ranges need no calibration. */
export async function mobileNetV2Plan(): Promise<Uint8Array> {
  const onnx = mobileNetV2Onnx(mobileNetV2(), "qdq");
  const source = {
    file: "mobilenetv2-qdq.onnx",
    sha256: createHash("sha256").update(onnx).digest("hex"),
  };
  const { plan } = await compileOnnx(onnx, {
    precision: "int8",
    calibration: [],
    provenance: { name: "MobileNetV2, random weights", licence: "Apache-2.0", notices: [], source },
  }, { backend: new WasmBackend({ readKernels }) });
  return plan;
}
