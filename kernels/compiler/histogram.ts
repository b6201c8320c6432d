import type { GivenRange } from "./graph.ts";

const BINS = 2048;

/** How often values of known extremes fell where. */
export interface Histogram {
  readonly range: GivenRange;
  /** `BINS` of them, evenly from low to high. */
  readonly counts: Float64Array;
}

export function emptyHistogram(range: GivenRange): Histogram {
  return { range, counts: new Float64Array(BINS) };
}

export function countInto({ range: { low, high }, counts }: Histogram, values: Float32Array): void {
  const bins = BINS / (high - low);
  if (!Number.isFinite(bins)) {
    counts[0] += values.length;
    return;
  }
  for (let at = 0; at < values.length; at++) {
    const bin = Math.floor((values[at] - low) * bins);
    counts[Math.min(Math.max(bin, 0), BINS - 1)]++;
  }
}

/** Shares of the full range that are tried for each end. */
const TRIALS = 64;
const ROUNDS = 3;
const STEPS = 127;

/** The range whose 128 steps are nearest to the values, by their mean square. Holds 0. */
export function leastSquaresRange(histogram: Histogram): GivenRange {
  const full = { low: Math.min(histogram.range.low, 0), high: Math.max(histogram.range.high, 0) };
  let best = full;
  for (let round = 0; round < ROUNDS; round++) {
    best = bestOf(histogram, shares(full.high).map((high) => ({ ...best, high })), best);
    best = bestOf(histogram, shares(full.low).map((low) => ({ ...best, low })), best);
  }
  return best;
}

function shares(end: number): number[] {
  return Array.from({ length: TRIALS - 1 }, (_, trial) => end * (trial + 1) / TRIALS);
}

function bestOf(
  histogram: Histogram,
  ranges: readonly GivenRange[],
  start: GivenRange,
): GivenRange {
  let best = start;
  let least = squaredError(histogram, start);
  for (const range of ranges) {
    const error = squaredError(histogram, range);
    if (error < least) [best, least] = [range, error];
  }
  return best;
}

function squaredError({ range, counts }: Histogram, { low, high }: GivenRange): number {
  const step = (high - low) / STEPS;
  const width = (range.high - range.low) / BINS;
  // Inside, errors are spread evenly over a step.
  const inside = step * step / 12;
  let sum = 0; // several times faster than `reduce`, and this is most of what calibration does
  for (let bin = 0; bin < BINS; bin++) {
    const value = range.low + (bin + 0.5) * width;
    const beyond = Math.max(low - value, value - high, 0);
    sum += counts[bin] * (beyond > 0 ? beyond * beyond : inside);
  }
  return sum;
}
