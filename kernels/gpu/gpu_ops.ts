/** Every op of a plan on a GPU. The shaders stand beside: `<op>/<op>.wgsl`. */
import { addGpu } from "../add/gpu.ts";
import { averagePoolGpu } from "../average_pool/gpu.ts";
import { binaryF32Gpu } from "../binary_f32/gpu.ts";
import { convGpu } from "../conv/gpu.ts";
import { convF32Gpu } from "../conv_f32/gpu.ts";
import { copyGpu } from "../copy/gpu.ts";
import { decodeAnchorsGpu } from "../decode_anchors/gpu.ts";
import { decodeDistributionGpu } from "../decode_distribution/gpu.ts";
import { depthwiseGpu } from "../depthwise/gpu.ts";
import { dequantizeGpu } from "../dequantize/gpu.ts";
import { fillGpu } from "../fill/gpu.ts";
import { imageGpu } from "../image/gpu.ts";
import { maxPoolGpu } from "../max_pool/gpu.ts";
import { mulGpu } from "../mul/gpu.ts";
import { poolF32Gpu } from "../pool_f32/gpu.ts";
import { quantizeGpu } from "../quantize/gpu.ts";
import { resizeGpu } from "../resize/gpu.ts";
import { softmaxGpu } from "../softmax/gpu.ts";
import { softmaxF32Gpu } from "../softmax_f32/gpu.ts";
import { suppressGpu } from "../suppress/gpu.ts";
import { tableGpu } from "../table/gpu.ts";
import { unaryF32Gpu } from "../unary_f32/gpu.ts";
import type { PlanOp } from "../plan.ts";
import type { GpuOp } from "./gpu_op.ts";

export const GPU_OPS: { readonly [K in PlanOp["op"]]: GpuOp<Extract<PlanOp, { op: K }>> } = {
  conv: convGpu,
  depthwise: depthwiseGpu,
  add: addGpu,
  mul: mulGpu,
  max_pool: maxPoolGpu,
  average_pool: averagePoolGpu,
  resize: resizeGpu,
  copy: copyGpu,
  fill: fillGpu,
  table: tableGpu,
  softmax: softmaxGpu,
  quantize: quantizeGpu,
  dequantize: dequantizeGpu,
  image: imageGpu,
  decode_distribution: decodeDistributionGpu,
  decode_anchors: decodeAnchorsGpu,
  suppress: suppressGpu,
  conv_f32: convF32Gpu,
  binary_f32: binaryF32Gpu,
  unary_f32: unaryF32Gpu,
  pool_f32: poolF32Gpu,
  softmax_f32: softmaxF32Gpu,
};
