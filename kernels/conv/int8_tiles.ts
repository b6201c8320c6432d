/** How `conv.wgsl` parts a layer among workgroups, and which way is likely the fastest. */

/** Its invocations are pixelLanes · outputLanes · splits. */
export interface ConvTile {
  readonly name: string;
  /** Output pixels of an invocation; it computes four channels of each. */
  readonly lanePixels: number;
  readonly pixelLanes: number;
  readonly outputLanes: number;
  /** Invocations that share the depth of a result. */
  readonly splits: number;
  /** Words of four inputs that a workgroup brings at a time. */
  readonly step: number;
  /** Whether it multiplies by the packed dot product. */
  readonly packedDot: boolean;
}

export interface ConvSize {
  /** Of the output. */
  readonly pixels: number;
  /** Of a group. */
  readonly outputs: number;
  readonly groups: number;
  /** Words of four inputs under the window. */
  readonly depth: number;
  readonly reading: Reading;
}

/** What it takes to bring four words: an address, one of a tap, or a tap for each word. */
export type Reading = "pixel" | "tap" | "words";

/** [lanePixels, pixelLanes, outputLanes, splits, step] */
const SHAPES: readonly (readonly [number, number, number, number, number])[] = [
  [4, 8, 8, 1, 4],
  [4, 8, 8, 1, 8],
  [8, 8, 8, 1, 8],
  [8, 8, 16, 1, 8],
  [8, 16, 16, 1, 8],
  [8, 16, 4, 1, 8],
  [4, 32, 2, 1, 8],
  // For few pixels, or few outputs, of much depth.
  [4, 8, 8, 2, 16],
  [4, 4, 8, 4, 16],
  [4, 4, 4, 4, 32],
  [4, 1, 4, 16, 64],
];

function tile(shape: typeof SHAPES[number], packedDot: boolean): ConvTile {
  const [lanePixels, pixelLanes, outputLanes, splits, step] = shape;
  const name = `${lanePixels}x4 ${pixelLanes}x${outputLanes}x${splits} ${step}`;
  const counts = { lanePixels, pixelLanes, outputLanes, splits, step };
  return { name: packedDot ? name : `${name} plain`, ...counts, packedDot };
}

/** Of 64 to 256 invocations, at most 16 KiB of workgroup memory. */
export const TILES: readonly ConvTile[] = [true, false].flatMap((packedDot) =>
  SHAPES.map((shape) => tile(shape, packedDot))
);

/**
 * Instructions of an invocation, counted in the shader: of a packed dot product, or of four products of which
 * each takes one, and with them their part of what makes bytes of four words floats.
 */
const PRODUCTS_COST = { packed: 1, plain: 4 };
const FLOATS_COST = { packed: 0, plain: 10 };
const READ_COST = 8;
const BRING_COST: Readonly<Record<Reading, number>> = { pixel: 16, tap: 40, words: 120 };
const BRING_WEIGHTS_COST = 20;
const STEP_COST = 40;
const STORE_COST = 60;
const START_COST = 200;

/** Below, a GPU has units without work: what takes an invocation less time makes it faster, not fewer of them. */
const BUSY_INVOCATIONS = 8192;
/** WebGPU's `maxComputeWorkgroupsPerDimension`. */
const MAX_WORKGROUPS = 65535;

/** Where in the order of tiles the best of the plain ones stands, though packed ones cost less: to be tried. */
const PLAIN_PLACE = 2;

/**
 * All tiles that can do it, the likely fastest first; among the first few one that multiplies plainly, since
 * where the language has the packed dot product the device may not. Throws when there is none.
 */
export function tilesByCost(size: ConvSize, packedDot: boolean): ConvTile[] {
  const able = TILES.filter((tile) => isAble(tile, size))
    .map((tile) => ({ tile, cost: costOf(tile, size) }))
    .sort((one, other) => one.cost - other.cost)
    .map(({ tile }) => tile);
  if (able.length === 0) {
    throw new Error("a convolution has more pixels or channels than a GPU takes");
  }
  const plain = able.filter((tile) => !tile.packedDot);
  const packed = able.filter((tile) => tile.packedDot);
  return packedDot ? packed.toSpliced(PLAIN_PLACE, 0, ...plain.slice(0, 1)) : plain;
}

function isAble(tile: ConvTile, size: ConvSize): boolean {
  return convGrid(tile, size).every((workgroups) => workgroups <= MAX_WORKGROUPS);
}

/** Instructions of an invocation, times the invocations of which it is one. */
function costOf(tile: ConvTile, size: ConvSize): number {
  const [x, y] = convGrid(tile, size);
  const invocations = x * y * tile.pixelLanes * tile.outputLanes * tile.splits;
  const steps = Math.ceil(size.depth / tile.step);
  const stores = Math.ceil(tile.lanePixels / tile.splits) * STORE_COST;
  const each = START_COST + steps * stepCost(tile, size.reading) + stores;
  return each * Math.max(BUSY_INVOCATIONS, invocations);
}

/** Of an invocation. */
function stepCost(tile: ConvTile, reading: Reading): number {
  const { lanePixels, pixelLanes, outputLanes, splits, step } = tile;
  const dot = tile.packedDot ? "packed" : "plain";
  const invocations = pixelLanes * outputLanes * splits;
  const inputs = Math.ceil(lanePixels * pixelLanes * step / 4 / invocations);
  const weights = Math.ceil(outputLanes * step / invocations);
  const reads = (lanePixels / 4 + 1) * READ_COST;
  const floats = (lanePixels + 4) * FLOATS_COST[dot];
  const products = 4 * lanePixels * PRODUCTS_COST[dot];
  return STEP_COST + inputs * BRING_COST[reading] + weights * BRING_WEIGHTS_COST +
    step / splits * (reads + floats + products);
}

/** [tiles of pixels, tiles of outputs in all groups] */
export function convGrid(
  { lanePixels, pixelLanes, outputLanes }: Pick<
    ConvTile,
    "lanePixels" | "pixelLanes" | "outputLanes"
  >,
  { pixels, outputs, groups }: Pick<ConvSize, "pixels" | "outputs" | "groups">,
): [number, number] {
  return [
    Math.ceil(pixels / (lanePixels * pixelLanes)),
    groups * Math.ceil(outputs / (4 * outputLanes)),
  ];
}
