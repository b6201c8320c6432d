/** Which convolutions `winograd.as.ts` can do, and the scratch that it needs. */
import type { ConvOp, PlanTensor } from "../plan.ts";
import { BLOCK_OUTPUTS } from "./pack.ts";

/** Four times a sum of 127 · 127 · 9 a channel fits into 32 bits. */
const MAX_INPUTS = 3698;
/** Below, transforming costs more than it saves. */
const MIN_INPUTS = 16;
const MIN_OUTPUTS = 8;
const MIN_TILES = 20;
/** Of transformed weights: a phone's second cache, or a little more. */
const MAX_WEIGHT_BYTES = 2 ** 22;
/** Tiles worked on together, a multiple of 5. */
const BLOCK_TILES = 50;
const PLACES = 16;

export interface WinogradScratch {
  /** Tiles of 2×2 outputs worked on together; 0 where another way is better. */
  readonly tiles: number;
  readonly bytes: number;
  /** Where zero points, transformed values, products and transformed weights stand. */
  readonly parts: readonly [number, number, number, number];
}

const NONE: WinogradScratch = { tiles: 0, bytes: 0, parts: [0, 0, 0, 0] };

export function winogradOf(op: ConvOp, tensors: readonly PlanTensor[]): WinogradScratch {
  const { channels: outputs, height, width } = tensors[op.output];
  const inputs = tensors[op.input].channels;
  const allTiles = Math.ceil(height / 2) * Math.ceil(width / 2);
  const isWorth = inputs >= MIN_INPUTS && outputs >= MIN_OUTPUTS && allTiles >= MIN_TILES;
  if (!isThreeByThree(op) || !isWorth || inputs > MAX_INPUTS) return NONE;
  const depth = roundUp(inputs, 8);
  const blockBytes = PLACES * BLOCK_OUTPUTS * depth * 2;
  // Of one block of tiles, weights are transformed as they are used.
  const blocks = allTiles <= BLOCK_TILES ? 1 : Math.ceil(outputs / BLOCK_OUTPUTS);
  if (blocks * blockBytes > MAX_WEIGHT_BYTES) return NONE;
  const tiles = Math.min(BLOCK_TILES, roundUp(allTiles, 5));
  const values = roundUp(depth, 16);
  const products = values + PLACES * tiles * depth * 2;
  const weights = products + PLACES * tiles * BLOCK_OUTPUTS * 4;
  const bytes = weights + blocks * blockBytes;
  return { tiles, bytes, parts: [0, values, products, weights] };
}

function isThreeByThree({ kernel, stride, dilation, upsample, groups }: ConvOp): boolean {
  const isOne = [stride, dilation, upsample].every(([down, across]) => down === 1 && across === 1);
  return isOne && kernel[0] === 3 && kernel[1] === 3 && groups === 1;
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
