/** What the Wasm kernel is told: sizes, addresses, and how its scratch is parted. */
import type { ConvOp, Plan, PlanTensor } from "../plan.ts";
import { type Addresses, dataAddress, tensorWords } from "../records.ts";
import { BLOCK_OUTPUTS, packedDepth, packedGroupBytes, weightsShape } from "./pack.ts";
import { winogradOf } from "./winograd.ts";

/** Pixels that a tile of the Wasm kernels computes at once. */
const TILE_PIXELS = 5;
/**
 * The windows of so many output pixels are worked on together: of relaxed SIMD what stays in the L1 cache;
 * plain SIMD widens 8 outputs' weights for each panel, which more pixels must pay for. Measured.
 */
const RELAXED_PANEL = { values: 16384, minTiles: 2 } as const;
const PLAIN_PANEL = { values: 32768, minTiles: 8 } as const;
/** What `finish.as.ts` keeps before the panel; copies run over behind it. */
const FINISHING_BYTES = 256;
const PANEL_SLACK_BYTES = 64;

/** The one or the other of panels with one block's weights, and of Winograd's parts. */
export function scratchBytes(op: ConvOp, plan: Plan): number {
  const product = panelBytes(op, plan) + wideWeightBytes(op, plan);
  return FINISHING_BYTES + Math.max(product, winogradOf(op, plan.tensors).bytes);
}

/** Output pixels of a panel: whole tiles, or all there are. */
function panelPixels(
  op: ConvOp,
  plan: Plan,
  { values, minTiles }: typeof RELAXED_PANEL | typeof PLAIN_PANEL,
): number {
  const { height, width } = plan.tensors[op.output];
  const depth = Math.max(packedDepth(weightsShape(op, plan.tensors)), 1);
  const tiles = Math.max(Math.floor(values / (depth * TILE_PIXELS)), minTiles);
  return Math.min(tiles * TILE_PIXELS, height * width);
}

/** For the larger: plain SIMD keeps 16 bits a value. The last panel takes up to a tile more. */
function panelBytes(op: ConvOp, plan: Plan): number {
  const depth = packedDepth(weightsShape(op, plan.tensors));
  const pixels = panelPixels(op, plan, PLAIN_PANEL) + TILE_PIXELS;
  return pixels * depth * 2 + PANEL_SLACK_BYTES;
}

/** What the same build makes of 8 outputs' weights. */
function wideWeightBytes(op: ConvOp, plan: Plan): number {
  return packedDepth(weightsShape(op, plan.tensors)) * BLOCK_OUTPUTS * 2;
}

/** Whether each output pixel's window is just one input pixel, the same one. */
function isPointwise(op: ConvOp, plan: Plan): boolean {
  const { kernel, stride, padding, upsample } = op;
  const { height, width } = plan.tensors[op.output];
  const input = plan.tensors[op.input];
  const isOne = [kernel, stride, upsample].every(([down, across]) => down === 1 && across === 1);
  const isSame = height === input.height && width === input.width;
  return isOne && isSame && padding[0] === 0 && padding[1] === 0;
}

/** How the taps of a kernel row can be copied where all of them exist: see `panel.as.ts`. */
const ROW_COPY = { tapByTap: 0, atOnce: 1, spread: 2 } as const;

function rowCopyOf({ kernel, dilation, upsample, groups }: ConvOp, input: PlanTensor): number {
  if (upsample[1] !== 1) return ROW_COPY.tapByTap;
  const channels = Math.ceil(input.channels / groups / 4) * 4;
  const step = input.stride * dilation[1];
  if (step === channels) return ROW_COPY.atOnce;
  const isSpread = channels === 4 && kernel[1] <= 4 && step * (kernel[1] - 1) + 4 <= 16;
  return isSpread ? ROW_COPY.spread : ROW_COPY.tapByTap;
}

/** How relaxed SIMD multiplies: as fits the processor, or, so that tests reach both ways, one of the two. */
const RELAXED_DOT = { asFits: 0, fused: 1, split: 2 } as const;
export type RelaxedDot = keyof typeof RELAXED_DOT;

/** As `conv_record.as.ts` reads it. */
export function recordOf(op: ConvOp, addresses: Addresses, dot: RelaxedDot): number[] {
  const { plan } = addresses;
  const shape = weightsShape(op, plan.tensors);
  const winograd = winogradOf(op, plan.tensors);
  const output = plan.tensors[op.output];
  const residual = op.residual === undefined ? undefined : plan.tensors[op.residual];
  return [
    ...tensorWords(addresses, op.input),
    ...tensorWords(addresses, op.output),
    output.type === "i16" ? 1 : 0,
    residual === undefined ? 0 : addresses.arena + residual.offset,
    residual?.stride ?? 0,
    dataAddress(addresses, op.residualMultiplier),
    ...op.kernel,
    ...op.stride,
    ...op.dilation,
    ...op.padding,
    ...op.upsample,
    op.groups,
    shape.inputsPerGroup,
    output.channels / op.groups,
    dataAddress(addresses, op.weights),
    packedDepth(shape),
    packedGroupBytes(shape),
    dataAddress(addresses, op.bias),
    op.shift,
    dataAddress(addresses, op.multiplier),
    dataAddress(addresses, op.slope),
    op.low,
    op.high,
    op.zero,
    dataAddress(addresses, op.table),
    addresses.scratch,
    addresses.scratch + FINISHING_BYTES,
    addresses.scratch + FINISHING_BYTES + panelBytes(op, plan),
    panelPixels(op, plan, RELAXED_PANEL),
    panelPixels(op, plan, PLAIN_PANEL),
    isPointwise(op, plan) ? 1 : 0,
    rowCopyOf(op, plan.tensors[op.input]),
    RELAXED_DOT[dot],
    winograd.tiles,
    ...winograd.parts.map((part) => addresses.scratch + FINISHING_BYTES + part),
  ];
}
