/**
 * How good a link is, from questions that are numbered and answered. A data channel is reliable, so what
 * shows as loss is what came too late, or was under way when the link went. Holds a bounded number of
 * questions, whatever the other side answers.
 */

/** Questions that are remembered: those under way, and those that loss is counted over. */
const MOST_QUESTIONS = 64;
const COUNTED_FOR_LOSS = 32;
const COUNTED_FOR_RTT = 16;
const LATE_AFTER_MS = 1_000;
/** An answer that takes so many round trips is late. */
const LATE_ROUND_TRIPS = 3;

interface Question {
  readonly at: number;
  /** How long the answer took, ms; null while there is none. */
  tookMs: number | null;
}

export class LinkQuality {
  /** By number, the oldest first. */
  readonly #questions = new Map<number, Question>();
  /** The latest round trips, ms. */
  #roundTrips: number[] = [];
  #nowMs = -Infinity;

  /** Question `n` was sent. A number that is under way already is the same question. */
  asked(n: number, atMs: number): void {
    this.#nowMs = atMs;
    if (this.#questions.has(n)) return;
    this.#questions.set(n, { at: atMs, tookMs: null });
    const [oldest] = this.#questions.keys();
    if (this.#questions.size > MOST_QUESTIONS) this.#questions.delete(oldest);
  }

  /** Question `n` was answered. Late, it still tells the round trip; never asked, or asked once and answered twice, nothing. */
  answered(n: number, atMs: number): void {
    this.#nowMs = atMs;
    const question = this.#questions.get(n);
    if (!question || question.tookMs !== null) return;
    // the clock was set back in between: how long it took is not known
    if (atMs < question.at) return void this.#questions.delete(n);
    question.tookMs = atMs - question.at;
    this.#roundTrips = [...this.#roundTrips, question.tookMs].slice(-COUNTED_FOR_RTT);
  }

  /** Time has passed: what is still under way may be late by now. */
  expire(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /** Median of the latest round trips, ms; null before the first. */
  get rttMs(): number | null {
    if (this.#roundTrips.length === 0) return null;
    const sorted = this.#roundTrips.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Share of the latest questions that were not answered in time, 0..1. What may still come is not counted. */
  get loss(): number {
    const mostMs = Math.max(LATE_AFTER_MS, LATE_ROUND_TRIPS * (this.rttMs ?? 0));
    // judged anew each time: on a slow link the first answers only look late until the round trip is known
    const late = [...this.#questions.values()].flatMap(({ at, tookMs }) => {
      if (tookMs !== null) return tookMs > mostMs;
      return this.#nowMs - at > mostMs ? true : [];
    }).slice(-COUNTED_FOR_LOSS);
    return late.length === 0 ? 0 : late.filter(Boolean).length / late.length;
  }
}
