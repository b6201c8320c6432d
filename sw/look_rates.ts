import type { Battery } from "../field/schedule/engine_capacity.ts";
import type { QueueCounts } from "../field/schedule/latest_wins.ts";
import { intervalMs, RateControl } from "../field/schedule/rate_control.ts";

export interface LookRatesPorts {
  /** Median time of a look, ms; null before the first. */
  readonly inferenceMs: () => number | null;
  /** How full the links to peers are, 0..1. */
  readonly pressure: () => number;
  /** Of the usual rate, as decisions want it. */
  readonly factor: () => number;
  readonly nowMs: () => number;
}

export interface AnsweredFrame {
  readonly source: string;
  readonly cameMs: number;
  /** The model looked: others cost the engine nothing. */
  readonly isLook: boolean;
}

const UPDATE_MS = 1000;

/** How soon each source's next frame is wanted: as often as engine, links and battery bear. */
export class LookRates {
  readonly #ports: LookRatesPorts;
  readonly #control = new RateControl();
  #rates: ReadonlyMap<string, number> = new Map();
  #battery: Battery | null = null;
  #updatedMs = -Infinity;

  constructor(ports: LookRatesPorts) {
    this.#ports = ports;
  }

  /** A page's browser tells of the device's battery. */
  charged(battery: Battery): void {
    this.#battery = battery;
  }

  /** From the answer to a frame to its source's next one, ms; 0 while nobody knows what a look takes. */
  restMs(
    { source, cameMs, isLook }: AnsweredFrame,
    sources: readonly string[],
    queue: QueueCounts,
  ): number {
    const nowMs = this.#ports.nowMs();
    this.#update(source, sources, queue, nowMs);
    const rate = this.#rates.get(source);
    if (rate === undefined) return 0;
    const wholeMs = intervalMs(isLook ? rate : this.#control.framesRate);
    // a clock that was set back or on says nothing of how long it took
    return Math.min(wholeMs, Math.max(0, wholeMs - (nowMs - cameMs)));
  }

  #update(source: string, sources: readonly string[], queue: QueueCounts, nowMs: number): void {
    const sinceMs = nowMs - this.#updatedMs;
    const isDue = sinceMs >= UPDATE_MS || sinceMs < 0 || !this.#rates.has(source);
    const inferenceMs = this.#ports.inferenceMs();
    if (!isDue || inferenceMs === null) return;
    this.#updatedMs = nowMs;
    const { pressure, factor } = this.#ports;
    const conditions = { inferenceMs, battery: this.#battery, thermal: null, pressure: pressure() };
    const demands = sources.map((source) => ({ source, weight: 1 }));
    this.#rates = this.#control.update(conditions, demands, queue, nowMs, factor());
  }
}
