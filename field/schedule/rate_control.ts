/**
 * How often each source is looked at. What is known goes straight in (`engine_capacity.ts`, shared out by
 * `rate_shares.ts`); what is not, such as other work on the processor, shows as frames that were displaced
 * while they waited, and trims it. Steps of a published rate are at least {@link STEP}, and the band in which
 * the trim rests is wider than a step, so that no step up causes a step down: constant conditions end in
 * constant rates.
 */
import { type Conditions, engineCapacity, sparingShare } from "./engine_capacity.ts";
import type { QueueCounts } from "./latest_wins.ts";
import { LEAST_RATE, MOST_RATE, type RateDemand, shareRates } from "./rate_shares.ts";

/** A published rate changes by at least this share of itself. */
export const STEP = 0.08;
/** Down at once, up by at most this share a second: who was overloaded is not overloaded again at once. */
const MOST_RISE_A_SECOND = 0.5;
/**
 * Displaced beyond this share of what was offered: overload. Must exceed what a step up can displace, which
 * is STEP / (1 + STEP), by three standard deviations of {@link LEAST_OFFERED} frames.
 */
const MOST_DISPLACED = 0.15;
/** So many frames are needed to judge the queue. */
const LEAST_OFFERED = 100;
/** Of itself, for each {@link LEAST_OFFERED} frames of which none was displaced. Less than a step. */
const TRIM_RISE = 0.03;
const LEAST_TRIM = 0.05;

export class RateControl {
  #rates: ReadonlyMap<string, number> = new Map();
  #framesRate = MOST_RATE;
  #trim = 1;
  /** Up to where the queue's counts have been judged. */
  #judged: Pick<QueueCounts, "offered" | "displaced"> = { offered: 0, displaced: 0 };
  #atMs = -Infinity;

  /** Share of the known capacity that the queue has left over, 0.05..1. */
  get trim(): number {
    return this.#trim;
  }

  /** Frames a second that a source is asked for while its scene is still, and no look is taken. */
  get framesRate(): number {
    return this.#framesRate;
  }

  /**
   * Looks a second for each of the sources, within `LEAST_RATE` and `MOST_RATE`; to be called about once a
   * second. `queue`: all that was counted since its beginning. `factor`: of the usual rate, as a decision
   * wants it. It may spend battery and links, but not what the engine does not have.
   */
  update(
    conditions: Conditions,
    demands: readonly RateDemand[],
    queue: Pick<QueueCounts, "offered" | "displaced">,
    nowMs: number,
    factor = 1,
  ): ReadonlyMap<string, number> {
    this.#judgeQueue(queue);
    const seconds = Math.max(0, Math.min(1, (nowMs - this.#atMs) / 1000));
    this.#atMs = nowMs;
    const share = Math.min(1, sparingShare(conditions) * factor);
    this.#framesRate = Math.max(LEAST_RATE, MOST_RATE * share);
    const capacity = engineCapacity(conditions) * this.#trim * share;
    const targets = shareRates(capacity, demands, this.#framesRate);
    const rise = 1 + MOST_RISE_A_SECOND * seconds;
    this.#rates = new Map([...targets].map(([source, target]) => {
      const rate = this.#rates.get(source);
      return [source, rate === undefined ? target : stepped(rate, target, rise)];
    }));
    return this.#rates;
  }

  #judgeQueue(queue: Pick<QueueCounts, "offered" | "displaced">): void {
    const offered = queue.offered - this.#judged.offered;
    if (offered >= 0 && offered < LEAST_OFFERED) return;
    const share = (queue.displaced - this.#judged.displaced) / offered;
    this.#judged = { offered: queue.offered, displaced: queue.displaced };
    if (offered < 0) return; // another queue: counted from here on
    if (share > MOST_DISPLACED) this.#trim = Math.max(LEAST_TRIM, this.#trim * (1 - share));
    else if (share === 0) this.#trim = Math.min(1, this.#trim * (1 + TRIM_RISE));
  }
}

/** ms from one frame to the next at a rate of frames a second. */
export function intervalMs(rate: number): number {
  return Math.round(1000 / Math.max(LEAST_RATE, rate));
}

function stepped(rate: number, target: number, rise: number): number {
  if (target < rate * (1 - STEP)) return target;
  return target > rate * (1 + STEP) ? Math.min(target, rate * rise) : rate;
}
