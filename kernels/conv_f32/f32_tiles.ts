/** How `conv_f32.wgsl` parts a layer among workgroups, and which way is likely the fastest. */

export interface F32Tile {
  readonly name: string;
  /** Groups of four output pixels and of four output channels that a workgroup computes. */
  readonly pixelQuads: number;
  readonly outputQuads: number;
}

function tile(pixelQuads: number, outputQuads: number): F32Tile {
  return { name: `${pixelQuads}x${outputQuads}`, pixelQuads, outputQuads };
}

/** Of 32 to 256 invocations. */
const TILES: readonly F32Tile[] = [
  tile(8, 8),
  tile(16, 4),
  tile(8, 4),
  tile(4, 8),
  tile(4, 16),
  tile(1, 32),
  tile(16, 16),
];

export interface F32Size {
  /** Of the output. */
  readonly pixels: number;
  /** Of a group. */
  readonly outputs: number;
  readonly groups: number;
  /** Products of an output's sum. */
  readonly depth: number;
}

/** Products that take as long as bringing a float, and as beginning and ending a workgroup. */
const BRING_COST = 4;
const START_COST = 1024;
/** Below, a GPU of the larger kind has units without work. */
const BUSY_WORKGROUPS = 64;

/** All tiles, the likely fastest first: also what they compute outside the output costs time. */
export function f32TilesByCost(size: F32Size): F32Tile[] {
  return TILES.toSorted((one, other) => costOf(one, size) - costOf(other, size));
}

function costOf(tile: F32Tile, size: F32Size): number {
  const { pixelQuads, outputQuads } = tile;
  const [x, y] = f32Grid(tile, size);
  const products = 16 * pixelQuads * outputQuads * size.depth;
  const brought = 4 * (pixelQuads + outputQuads) * size.depth;
  const idle = Math.max(1, BUSY_WORKGROUPS / (x * y));
  return x * y * (products + BRING_COST * brought + START_COST) * idle;
}

/** [tiles of pixels, tiles of outputs in all groups] */
export function f32Grid(
  { pixelQuads, outputQuads }: F32Tile,
  { pixels, outputs, groups }: F32Size,
): [number, number] {
  return [Math.ceil(pixels / (4 * pixelQuads)), groups * Math.ceil(outputs / (4 * outputQuads))];
}
