/** Of one source. Rates are looks a second. */
export interface RateDemand {
  readonly source: string;
  /** Share of the engine beside others: 1 unless a decision raised or lowered it. Above 0. */
  readonly weight: number;
}

/** So seldom a source is looked at, at the least: nobody starves, and silence is not mistaken for absence. */
export const LEAST_RATE = 0.2;
/** More shows a tracker nothing new and drains the battery: the pages' pace too. */
export const MOST_RATE = 10;
/** Weights beyond these are taken for them: a decision favours a source, it does not switch others off. */
export const LEAST_WEIGHT = 0.25;
export const MOST_WEIGHT = 4;

/**
 * Divides `capacity` (looks a second) in proportion to the weights, within {@link LEAST_RATE} and
 * `mostRate` each; what one source cannot use goes to the others (weighted max-min fairness: Bertsekas
 * and Gallager, "Data Networks", 6.5.2). The sum exceeds the capacity only where all have the least.
 */
export function shareRates(
  capacity: number,
  demands: readonly RateDemand[],
  mostRate = MOST_RATE,
): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  const open = demands.map(({ source, weight }) => ({ source, weight: boundedWeight(weight) }));
  const spare = Math.max(0, capacity - LEAST_RATE * open.length);
  const room = Math.max(0, mostRate - LEAST_RATE);
  let left = spare;
  let weights = open.reduce((sum, { weight }) => sum + weight, 0);
  // who is filled up with the smallest share of what is left comes first
  for (const { source, weight } of open.toSorted((a, b) => b.weight - a.weight)) {
    const share = Math.min(room, (left * weight) / weights);
    rates.set(source, LEAST_RATE + share);
    left -= share;
    weights -= weight;
  }
  return rates;
}

function boundedWeight(weight: number): number {
  return Math.min(MOST_WEIGHT, Math.max(LEAST_WEIGHT, weight));
}
