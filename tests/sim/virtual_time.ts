import { setImmediate } from "node:timers";
/** A clock that moves only when the simulation says so, and the waits that hang on it. */
export class VirtualTime {
  #nowMs: number;
  /** What the device's own clock is off by: it may be days, and it may jump. */
  #offMs = 0;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** What the device takes for the time, ms since the epoch. */
  readonly nowMs = (): number => this.#nowMs + this.#offMs;

  readonly wait = (ms: number): Promise<void> =>
    new Promise((wake) => this.#sleepers.push({ at: this.#nowMs + ms, wake }));

  /** Someone sets the device's clock, or its battery was out. */
  setOff(offMs: number): void {
    this.#offMs = offMs;
  }

  /** Lets all that can run now run, then moves on by `ms`. */
  async pass(ms: number): Promise<void> {
    for (let i = 0; i < SETTLE_TURNS; i++) await turn();
    this.#nowMs += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#nowMs).sort((a, b) => a.at - b.at);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#nowMs);
    for (const { wake } of due) wake();
  }
}

const SETTLE_TURNS = 4;

/** One turn of the event loop, as `fake-indexeddb` takes for each of its steps. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
