/**
 * Keeps simulated time at the pace of real time: never ahead, and behind for good where the machine is too
 * slow, as hurrying after it would make it slower still. Pure: real time comes in, ms that only rise.
 */

/** Most that is run at once, ms of simulated time: what is shown is no older. */
export const STEP_MS = 50;
/** So much may be made up for, ms of real time; a hiccup, not a slow machine. */
const MOST_BEHIND_MS = 200;
/** Speed is told of the last such stretch, ms of real time. */
const MEASURED_MS = 2_000;
/** Before that much has passed the speed says nothing, ms of real time. */
const LEAST_MEASURED_MS = 500;

interface Mark {
  readonly realMs: number;
  readonly simulatedMs: number;
}

export class Pace {
  /** Real time at which all that is simulated by now was due. */
  #dueMs: number;
  #simulatedMs = 0;
  #marks: Mark[];

  constructor(nowMs: number) {
    this.#dueMs = nowMs;
    this.#marks = [{ realMs: nowMs, simulatedMs: 0 }];
  }

  /** How much is to be simulated now, ms: 0 or {@link STEP_MS}. */
  due(nowMs: number): number {
    return nowMs - this.#dueMs >= STEP_MS ? STEP_MS : 0;
  }

  /** Until a step is due, ms of real time. */
  untilDue(nowMs: number): number {
    return Math.max(0, this.#dueMs + STEP_MS - nowMs);
  }

  /** So much was simulated, and it is `nowMs` now. */
  ran(simulatedMs: number, nowMs: number): void {
    this.#simulatedMs += simulatedMs;
    this.#dueMs = Math.max(this.#dueMs + simulatedMs, nowMs - MOST_BEHIND_MS);
    this.#marks.push({ realMs: nowMs, simulatedMs: this.#simulatedMs });
    const old = this.#marks.findLastIndex(({ realMs }) => realMs <= nowMs - MEASURED_MS);
    if (old > 0) this.#marks = this.#marks.slice(old);
  }

  /** Simulated over real time, at most 1; 1 until it is known. */
  get speed(): number {
    const [first, last] = [this.#marks[0], this.#marks.at(-1) ?? this.#marks[0]];
    const realMs = last.realMs - first.realMs;
    if (realMs < LEAST_MEASURED_MS) return 1;
    return Math.min(1, (last.simulatedMs - first.simulatedMs) / realMs);
  }
}
