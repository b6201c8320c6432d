/**
 * By how much all of a scene became lighter or darker: a cloud, a camera's automatic exposure. Light
 * multiplies what a sensor sees, also after a gamma curve, so it is one factor for all blocks; the median of
 * the blocks' ratios does not mind what moves in fewer than half of them.
 */
import { BLOCKS, type GreyThumbnail, LEVEL, WHITE } from "./grey_thumbnail.ts";

/** Steps of a gain: 4096 is unchanged light. */
export const UNCHANGED = 4096;
/** Darker blocks are mostly noise and offset; their ratios tell nothing. */
const DARK = 8 * LEVEL;
/** Of all blocks; with fewer than these lit, no light is seen that could change. */
const LEAST_LIT = BLOCKS / 8;
/** A block as bright may be clipped: how bright it would have been is not known. */
const CLIPPED = 250 * LEVEL;
/** One in so many parts of what light alone did to a block is not trusted: clipping, gamma, uneven light. */
const TRUST = 4;

/** The light of `now`, in 1/4096 of that of `then`. */
export function lightGain(now: GreyThumbnail, then: GreyThumbnail): number {
  const ratios = new Int32Array(BLOCKS);
  let lit = 0;
  for (let block = 0; block < BLOCKS; block++) {
    if (then[block] < DARK) continue;
    ratios[lit++] = Math.round((now[block] * UNCHANGED) / then[block]);
  }
  return lit < LEAST_LIT ? UNCHANGED : ratios.subarray(0, lit).sort()[lit >> 1];
}

/** By how many 1/16 levels a block differs from what the light alone would have made of it; never negative. */
export function differenceBeyondLight(now: number, then: number, gain: number): number {
  const expected = Math.min(WHITE, Math.round((then * gain) / UNCHANGED));
  if (then >= CLIPPED && now >= expected) return 0;
  const doubt = Math.floor(Math.abs(expected - then) / TRUST);
  return Math.max(0, Math.abs(now - expected) - doubt);
}
