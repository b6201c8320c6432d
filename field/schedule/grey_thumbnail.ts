/** RGBA, 8 bits each, row-major, `data.length === width * height * 4`. At least one pixel. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export const COLUMNS = 32;
export const ROWS = 24;
export const BLOCKS = COLUMNS * ROWS;
/** Steps of one grey level: the mean of many pixels is finer than any of them. */
export const LEVEL = 16;
export const WHITE = 255 * LEVEL;

/** Mean greys of {@link BLOCKS} blocks, row-major, 0 to {@link WHITE}. */
export type GreyThumbnail = Uint16Array;

/** Of a block's rows so many to twice as many are read: more make a frame dearer, not surer. */
const LEAST_ROWS_READ = 10;
/** Luma of Rec. 601 in 1/256. */
const [RED, GREEN, BLUE] = [77, 150, 29];
const LUMA_STEPS = 256;

/** The frame in 32×24 blocks, however wide and high it is. Throws `RangeError` when its bytes are no frame. */
export function greyThumbnail(frame: Frame): GreyThumbnail {
  const { width, height, data } = frame;
  if (width < 1 || height < 1 || data.length !== width * height * 4) {
    throw new RangeError(`Cannot judge a frame: ${width}×${height} of ${data.length} bytes`);
  }
  const columns = edgesOf(COLUMNS, width);
  const rows = edgesOf(ROWS, height);
  const rowStep = Math.max(1, Math.floor(height / ROWS / LEAST_ROWS_READ));
  const thumbnail = new Uint16Array(BLOCKS);
  for (let row = 0; row < ROWS; row++) {
    const sums = new Float64Array(COLUMNS);
    const [from, to] = rows[row];
    for (let y = from; y < to; y += rowStep) addRow(sums, data, y * width, columns);
    const rowsRead = Math.ceil((to - from) / rowStep);
    for (let column = 0; column < COLUMNS; column++) {
      const pixels = (columns[column][1] - columns[column][0]) * rowsRead;
      const mean = (sums[column] * LEVEL) / (pixels * LUMA_STEPS);
      thumbnail[row * COLUMNS + column] = Math.floor(mean);
    }
  }
  return thumbnail;
}

function addRow(
  sums: Float64Array,
  data: Frame["data"],
  firstPixel: number,
  columns: readonly (readonly [number, number])[],
): void {
  for (let column = 0; column < COLUMNS; column++) {
    const [from, to] = columns[column];
    let [red, green, blue] = [0, 0, 0];
    for (let at = (firstPixel + from) * 4, end = (firstPixel + to) * 4; at < end; at += 4) {
      red += data[at];
      green += data[at + 1];
      blue += data[at + 2];
    }
    sums[column] += red * RED + green * GREEN + blue * BLUE;
  }
}

/** From each block's first pixel to the next one's; where pixels are fewer than blocks, these share them. */
function edgesOf(blocks: number, pixels: number): (readonly [number, number])[] {
  return Array.from({ length: blocks }, (_, block) => {
    const from = Math.floor((block * pixels) / blocks);
    return [from, Math.max(from + 1, Math.floor(((block + 1) * pixels) / blocks))] as const;
  });
}
