import type { ImageInput } from "../kernels/compiler/options.ts";
import type { Frame, Tensor } from "../kernels/engine.ts";

/** Where output pixels along one axis lie between two source pixels. */
interface Axis {
  readonly sourceSize: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Share of the second, 0..1. */
  readonly share: Float32Array;
}

const CHANNELS = 3;

/** Makes frames into the float input of a network that has no plan. Buffers are kept between frames. */
export class FloatInput {
  readonly #size: number;
  readonly #image: ImageInput;
  #columns: Axis;
  #rows: Axis;
  /** Two source rows, already stretched to the input's width: one float a channel, RGB interleaved. */
  readonly #stretched: readonly [Float32Array, Float32Array];

  /** For a square input of `size` pixels. A plan does all that `image` says itself. */
  constructor(size: number, image: ImageInput) {
    if (image.fit !== "stretch") throw new Error("Cannot prepare frames other than stretched");
    this.#size = size;
    this.#image = image;
    this.#columns = axisFor(1, size);
    this.#rows = this.#columns;
    this.#stretched = [new Float32Array(size * CHANNELS), new Float32Array(size * CHANNELS)];
  }

  /**
   * A frame of any size as `[1, 3, size, size]`: stretched (bilinear, half-pixel centres, no smoothing when
   * it shrinks), in planes, normalised. The tensor is the caller's. Throws when the frame's size and data
   * do not agree.
   */
  of(frame: Frame): Tensor {
    assertWhole(frame);
    const size = this.#size;
    if (this.#columns.sourceSize !== frame.width) this.#columns = axisFor(frame.width, size);
    if (this.#rows.sourceSize !== frame.height) this.#rows = axisFor(frame.height, size);
    const planes = new Float32Array(CHANNELS * size * size);
    // Going down, the lower source row of one output row is often the upper one of the next.
    const held = [-1, -1];
    for (let y = 0; y < size; y++) {
      const upper = this.#rowInto(frame, this.#rows.first[y], held);
      const lower = this.#rowInto(frame, this.#rows.second[y], held, upper);
      this.#blendRow(upper, lower, y, planes);
    }
    return { data: planes, shape: [1, CHANNELS, size, size] };
  }

  /** Which of the two row buffers holds source row `row`, filling one other than `keep` if neither does. */
  #rowInto(frame: Frame, row: number, held: number[], keep = -1): number {
    const at = held.indexOf(row);
    if (at >= 0) return at;
    const slot = keep === 0 || (keep < 0 && held[0] > held[1]) ? 1 : 0;
    held[slot] = row;
    stretchRow(frame, row, this.#columns, this.#stretched[slot]);
    return slot;
  }

  /** One output row: between two stretched rows, RGB to normalised planes. */
  #blendRow(upperSlot: number, lowerSlot: number, y: number, planes: Float32Array): void {
    const [upper, lower] = [this.#stretched[upperSlot], this.#stretched[lowerSlot]];
    const size = this.#size;
    const t = this.#rows.share[y];
    for (let plane = 0; plane < CHANNELS; plane++) {
      const mean = this.#image.mean[plane];
      const scale = 1 / this.#image.deviation[plane];
      const to = (plane * size + y) * size;
      for (let x = 0, from = this.#image.order[plane]; x < size; x++, from += CHANNELS) {
        const value = upper[from] + (lower[from] - upper[from]) * t;
        planes[to + x] = (value - mean) * scale;
      }
    }
  }
}

function assertWhole({ width, height, data }: Frame): void {
  const sized = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!sized || data.length !== width * height * 4) {
    throw new Error(`Cannot prepare a frame of ${width}×${height} with ${data.length} bytes`);
  }
}

function axisFor(sourceSize: number, size: number): Axis {
  const first = new Int32Array(size);
  const second = new Int32Array(size);
  const share = new Float32Array(size);
  for (let k = 0; k < size; k++) {
    const exact = (k + 0.5) * sourceSize / size - 0.5;
    const centre = Math.min(Math.max(exact, 0), sourceSize - 1);
    first[k] = Math.floor(centre);
    second[k] = Math.min(first[k] + 1, sourceSize - 1);
    share[k] = centre - first[k];
  }
  return { sourceSize, first, second, share };
}

function stretchRow(
  { width, data }: Frame,
  row: number,
  { first, second, share }: Axis,
  out: Float32Array,
): void {
  const start = row * width * 4;
  for (let x = 0, to = 0; x < share.length; x++, to += CHANNELS) {
    const left = start + first[x] * 4;
    const right = start + second[x] * 4;
    const t = share[x];
    out[to] = data[left] + (data[right] - data[left]) * t;
    out[to + 1] = data[left + 1] + (data[right + 1] - data[left + 1]) * t;
    out[to + 2] = data[left + 2] + (data[right + 2] - data[left + 2]) * t;
  }
}
