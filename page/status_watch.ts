import type { Status } from "../field/messages.ts";
import { sleep, type Timing } from "./timing.ts";

/** Four times a second is as often as anyone reads a number. */
const LEAST_INTERVAL_MS = 250;
const ASK_EVERY_MS = 5_000;

export interface StatusWatchPorts {
  readonly timing: Timing;
  readonly status: () => Promise<Status>;
  /** Rejects with the signal's reason. */
  readonly visible: (signal: AbortSignal) => Promise<void>;
  readonly onStatus: (status: Status) => void;
}

/** Asks for the status whenever it may have changed, and every five seconds while the page is seen. */
export class StatusWatch {
  readonly #ports: StatusWatchPorts;
  #wake: AbortController | undefined;
  #isStale = false;

  constructor(ports: StatusWatchPorts) {
    this.#ports = ports;
  }

  /** Something has changed: asks, unless it has just asked; then soon. */
  refresh(): void {
    this.#isStale = true;
    this.#wake?.abort();
  }

  /** Runs until aborted, then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#turn(signal).catch((error) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    this.#isStale = false;
    await this.#ask();
    await sleep(this.#ports.timing, LEAST_INTERVAL_MS, signal);
    if (!this.#isStale) await this.#pause(signal);
  }

  async #ask(): Promise<void> {
    try {
      this.#ports.onStatus(await this.#ports.status());
    } catch (error) {
      // whoever asks for something by hand hears of it; here the next turn asks again
      console.debug("Cannot ask for the status", error);
    }
  }

  /** Rests until something has changed, or until it is time again and somebody looks. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { timing, visible } = this.#ports;
    this.#wake = new AbortController();
    const over = AbortSignal.any([signal, this.#wake.signal]);
    try {
      await sleep(timing, ASK_EVERY_MS - LEAST_INTERVAL_MS, over);
      await visible(over);
    } catch {
      signal.throwIfAborted();
    }
  }
}
