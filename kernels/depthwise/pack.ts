/**
 * The order in which the depthwise kernels read their weights, s8: [8 channels][4 kernel rows][kernel
 * column][channel][row], absent rows and channels 0. So the dot product of four bytes adds up a kernel
 * column of four rows.
 */
export const BLOCK_CHANNELS = 8;
export const GROUP_ROWS = 4;
const GROUP_BYTES = BLOCK_CHANNELS * GROUP_ROWS;

export interface DepthwiseWeights {
  /** [kernel h][kernel w][channels], −127..127 */
  readonly weights: Int8Array;
  /** [height, width] */
  readonly kernel: readonly [number, number];
  readonly channels: number;
}

/** Length of what `packDepthwise` gives. */
export function packedDepthwiseBytes(
  { kernel: [height, width], channels }: Omit<DepthwiseWeights, "weights">,
): number {
  const blocks = Math.ceil(channels / BLOCK_CHANNELS);
  return blocks * Math.ceil(height / GROUP_ROWS) * width * GROUP_BYTES;
}

/** Throws if `weights` has not height · width · channels elements. */
export function packDepthwise(unpacked: DepthwiseWeights): Uint8Array {
  const { weights, kernel: [height, width], channels } = unpacked;
  if (weights.length !== height * width * channels) {
    throw new Error(`Cannot pack ${weights.length} weights: ${height} × ${width} × ${channels}`);
  }
  const packed = new Int8Array(packedDepthwiseBytes(unpacked));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < channels; channel++) {
        packed[packedPlace(unpacked, row, column, channel)] =
          weights[(row * width + column) * channels + channel];
      }
    }
  }
  return new Uint8Array(packed.buffer);
}

/** Where a weight lies in the packed bytes. */
export function packedPlace(
  { kernel: [height, width] }: Pick<DepthwiseWeights, "kernel">,
  row: number,
  column: number,
  channel: number,
): number {
  const groups = Math.ceil(height / GROUP_ROWS);
  const block = Math.floor(channel / BLOCK_CHANNELS);
  const group = Math.floor(row / GROUP_ROWS);
  return ((block * groups + group) * width + column) * GROUP_BYTES +
    (channel % BLOCK_CHANNELS) * GROUP_ROWS + row % GROUP_ROWS;
}
