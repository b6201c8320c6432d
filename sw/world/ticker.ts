export interface TickerPorts {
  /** Returns what ends it. */
  readonly every: (ms: number, run: () => void) => () => void;
  readonly everyMs: number;
  readonly run: () => void;
  /** Asked after each run; once it is false, nothing runs till the next {@link Ticker.wake}. */
  readonly isNeeded: () => boolean;
}

/** Runs something over and over, as long as it is needed: no timer of a worker at rest. */
export class Ticker {
  readonly #ports: TickerPorts;
  #end: (() => void) | undefined;

  constructor(ports: TickerPorts) {
    this.#ports = ports;
  }

  wake(): void {
    const { every, everyMs, run, isNeeded } = this.#ports;
    this.#end ??= every(everyMs, () => {
      run();
      if (!isNeeded()) this.stop();
    });
  }

  stop(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
