/** Every op of a plan: what checks it, runs it as the oracle, and writes its record for the Wasm kernels. */
import { add } from "./add/op.ts";
import { averagePool } from "./average_pool/op.ts";
import { binaryF32 } from "./binary_f32/op.ts";
import { conv } from "./conv/op.ts";
import { convF32 } from "./conv_f32/op.ts";
import { copy } from "./copy/op.ts";
import { decodeAnchors } from "./decode_anchors/op.ts";
import { decodeDistribution } from "./decode_distribution/op.ts";
import { depthwise } from "./depthwise/op.ts";
import { dequantize } from "./dequantize/op.ts";
import { fill } from "./fill/op.ts";
import { image } from "./image/op.ts";
import { maxPool } from "./max_pool/op.ts";
import { mul } from "./mul/op.ts";
import type { OpDefinition } from "./op_definition.ts";
import type { PlanOp } from "./plan.ts";
import { poolF32 } from "./pool_f32/op.ts";
import { quantize } from "./quantize/op.ts";
import { resize } from "./resize/op.ts";
import { softmax } from "./softmax/op.ts";
import { softmaxF32 } from "./softmax_f32/op.ts";
import { suppress } from "./suppress/op.ts";
import { table } from "./table/op.ts";
import { unaryF32 } from "./unary_f32/op.ts";

/** In the order of `program.as.ts`: the place is the opcode. */
export const OPS: { readonly [K in PlanOp["op"]]: OpDefinition<Extract<PlanOp, { op: K }>> } = {
  conv,
  depthwise,
  add,
  mul,
  max_pool: maxPool,
  average_pool: averagePool,
  resize,
  copy,
  fill,
  table,
  softmax,
  quantize,
  dequantize,
  image,
  decode_distribution: decodeDistribution,
  decode_anchors: decodeAnchors,
  suppress,
  conv_f32: convF32,
  binary_f32: binaryF32,
  unary_f32: unaryF32,
  pool_f32: poolF32,
  softmax_f32: softmaxF32,
};
