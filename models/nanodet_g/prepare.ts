import type { Tensor } from "../../kernels/engine.ts";
import type { Frame } from "../model.ts";

/** Edge of the network's square input, pixels. */
export const INPUT_SIZE = 416;

const CHANNELS = 3;
const PLANE = INPUT_SIZE * INPUT_SIZE;

/** Per plane (blue, green, red), on pixel values 0..255: what the network was trained with. */
const MEAN = [103.53, 116.28, 123.675] as const;
const DEVIATION = [57.375, 57.12, 58.395] as const;

/** Where output pixels along one axis lie between two source pixels. */
interface Axis {
  readonly sourceSize: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Share of the second, 0..1. */
  readonly share: Float32Array;
}

let columns = axisFor(1);
let rows = axisFor(1);
/** Two source rows, already stretched to the input's width: one float a channel, RGB interleaved. */
const stretched = [
  new Float32Array(INPUT_SIZE * CHANNELS),
  new Float32Array(INPUT_SIZE * CHANNELS),
];

/**
 * A frame of any size as the network's input `image`: stretched to 416×416 (bilinear, half-pixel
 * centres, no smoothing when it shrinks), as blue, green and red planes, normalised. The tensor is
 * the caller's. Throws when the frame's size and data do not agree.
 */
export function prepare(frame: Frame): { image: Tensor } {
  assertWhole(frame);
  if (columns.sourceSize !== frame.width) columns = axisFor(frame.width);
  if (rows.sourceSize !== frame.height) rows = axisFor(frame.height);
  const planes = new Float32Array(CHANNELS * PLANE);
  // Going down, the lower source row of one output row is often the upper one of the next.
  const held = [-1, -1];
  for (let y = 0; y < INPUT_SIZE; y++) {
    const upper = rowInto(frame, rows.first[y], held);
    const lower = rowInto(frame, rows.second[y], held, upper);
    blendRow(stretched[upper], stretched[lower], rows.share[y], planes, y * INPUT_SIZE);
  }
  return { image: { data: planes, shape: [1, CHANNELS, INPUT_SIZE, INPUT_SIZE] } };
}

function assertWhole({ width, height, data }: Frame): void {
  const sized = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!sized || data.length !== width * height * 4) {
    throw new Error(`Cannot prepare a frame of ${width}×${height} with ${data.length} bytes`);
  }
}

function axisFor(sourceSize: number): Axis {
  const first = new Int32Array(INPUT_SIZE);
  const second = new Int32Array(INPUT_SIZE);
  const share = new Float32Array(INPUT_SIZE);
  for (let k = 0; k < INPUT_SIZE; k++) {
    const exact = (k + 0.5) * sourceSize / INPUT_SIZE - 0.5;
    const centre = Math.min(Math.max(exact, 0), sourceSize - 1);
    first[k] = Math.floor(centre);
    second[k] = Math.min(first[k] + 1, sourceSize - 1);
    share[k] = centre - first[k];
  }
  return { sourceSize, first, second, share };
}

/** Which of the two row buffers holds source row `row`, filling one other than `keep` if neither does. */
function rowInto(frame: Frame, row: number, held: number[], keep = -1): number {
  const at = held.indexOf(row);
  if (at >= 0) return at;
  const slot = keep === 0 || (keep < 0 && held[0] > held[1]) ? 1 : 0;
  held[slot] = row;
  stretchRow(frame, row, stretched[slot]);
  return slot;
}

function stretchRow({ width, data }: Frame, row: number, out: Float32Array): void {
  const { first, second, share } = columns;
  const start = row * width * 4;
  for (let x = 0, to = 0; x < INPUT_SIZE; x++, to += CHANNELS) {
    const left = start + first[x] * 4;
    const right = start + second[x] * 4;
    const t = share[x];
    out[to] = data[left] + (data[right] - data[left]) * t;
    out[to + 1] = data[left + 1] + (data[right + 1] - data[left + 1]) * t;
    out[to + 2] = data[left + 2] + (data[right + 2] - data[left + 2]) * t;
  }
}

/** One output row: between two stretched rows, RGB to normalised BGR planes. */
function blendRow(
  upper: Float32Array,
  lower: Float32Array,
  t: number,
  planes: Float32Array,
  start: number,
): void {
  for (let plane = 0; plane < CHANNELS; plane++) {
    const mean = MEAN[plane];
    const scale = 1 / DEVIATION[plane];
    const to = plane * PLANE + start;
    for (let x = 0, from = CHANNELS - 1 - plane; x < INPUT_SIZE; x++, from += CHANNELS) {
      const value = upper[from] + (lower[from] - upper[from]) * t;
      planes[to + x] = (value - mean) * scale;
    }
  }
}
