/**
 * What each block of a scene does by itself: sensor noise, leaves, water. A mean of the differences between
 * frames that follow each other, each difference clipped, so that a passer-by teaches little and a tree in
 * the wind is known after some seconds.
 */
import { BLOCKS, COLUMNS, type GreyThumbnail, LEVEL, ROWS } from "./grey_thumbnail.ts";
import { differenceBeyondLight } from "./light_change.ts";
import type { Box } from "../observation.ts";

/** Parts of 1/16 level, so that a slow mean does not stick. */
const FINE = 256;
/** The mean follows by one in so many parts a frame: 63 % of a change in 3.2 s at ten frames a second. */
const SLOWNESS = 32;
/**
 * The first frames of a scene teach at once, else a noisy night would be all motion for long; clipped by what
 * most blocks have, so that who stands in it is not taken for noise.
 */
const FIRST_FRAMES = 8;
/** A difference counts for at most 3 times the mean and half a level more. */
const CLIP_TIMES = 3;
const CLIP_PLUS = (LEVEL / 2) * FINE;
/** Grey levels; what contrasts by more than {@link SURE_TIMES} times that is seen before any tree. */
const MOST_NOISE = 8 * LEVEL * FINE;
/**
 * So many means are no noise. Of Gaussian noise σ the mean is 1.13 σ and a difference has 1.41 σ: beyond 4.8
 * of these by chance once in 800 frames of 768 blocks.
 */
const SURE_TIMES = 6;
/** 2.5 grey levels: however still a scene is, less is rounding. */
export const LEAST_DIFFERENCE = 40;

export class BlockNoise {
  readonly #mean = new Int32Array(BLOCKS);
  #frames = 0;

  /** Forgets all: another scene, or another camera. */
  clear(): void {
    this.#mean.fill(0);
    this.#frames = 0;
  }

  /**
   * Learns from two frames in a row. Where something known is in view (`known`, in fractions of the frame)
   * noise is only unlearned: what moves there is an object, however long it stays.
   */
  learn(now: GreyThumbnail, before: GreyThumbnail, gain: number, known: readonly Box[]): void {
    const isKnown = blocksOf(known);
    const differences = this.#mean.map((_, block) =>
      differenceBeyondLight(now[block], before[block], gain) * FINE
    );
    const isFirst = this.#frames < FIRST_FRAMES;
    const usual = isFirst ? median(differences) : 0;
    const slowness = isFirst ? ++this.#frames : SLOWNESS;
    for (let block = 0; block < BLOCKS; block++) {
      const mean = this.#mean[block];
      const most = (isFirst ? usual : mean) * CLIP_TIMES + CLIP_PLUS;
      const counted = Math.min(differences[block], most);
      if (counted > mean && isKnown[block]) continue;
      const next = mean + Math.trunc((counted - mean) / slowness);
      this.#mean[block] = Math.min(MOST_NOISE, next);
    }
  }

  /** The difference, in 1/16 levels, up to which a block may be as it was. */
  mostOf(block: number): number {
    return Math.max(LEAST_DIFFERENCE, Math.ceil((SURE_TIMES * this.#mean[block]) / FINE));
  }
}

function median(values: Int32Array): number {
  return values.toSorted()[values.length >> 1];
}

/** 1 for each block that a box touches. */
function blocksOf(boxes: readonly Box[]): Uint8Array {
  const touched = new Uint8Array(BLOCKS);
  for (const { x, y, width, height } of boxes) {
    const [left, right] = spanOf(x, width, COLUMNS);
    const [top, bottom] = spanOf(y, height, ROWS);
    for (let row = top; row < bottom; row++) {
      touched.fill(1, row * COLUMNS + left, row * COLUMNS + right);
    }
  }
  return touched;
}

function spanOf(begin: number, length: number, blocks: number): [number, number] {
  const first = Math.max(0, Math.floor(begin * blocks));
  return [first, Math.max(first, Math.min(blocks, Math.ceil((begin + length) * blocks)))];
}
