import { type Failure, toFailure } from "../field/errors.ts";
import type { Channel } from "../field/link/signal.ts";
import { RadioLinks, type RadioLinksPorts } from "./radio/radio_links.ts";
import { RadioWatch, type RadioWatchPorts } from "./radio/radio_watch.ts";

/** Runs `held` while no other page runs it, until `held` resolves; `signal` ends the waiting. */
export type SoleHolder = (signal: AbortSignal, held: () => Promise<void>) => Promise<void>;

export interface RadioPorts extends Omit<RadioWatchPorts, "worker">, RadioLinksPorts {
  readonly soleHolder: SoleHolder;
}

/**
 * The page's half of sync: WebRTC exists in pages only. It links this device with those that the
 * worker's plan names, relays bytes, and decides nothing about what they mean. One page at a time calls
 * others; a channel that its user made without a hub is held by the page in which that was.
 */
export class Radio {
  readonly #ports: RadioPorts;
  readonly #links: RadioLinks;
  #on: AbortController | undefined;
  #watch: RadioWatch | undefined;

  constructor(ports: RadioPorts) {
    this.#ports = ports;
    this.#links = new RadioLinks(ports);
  }

  get isOn(): boolean {
    return this.#on !== undefined;
  }

  /** Why somebody cannot be reached, as far as is known; null when all are, or nobody is looked for. */
  get trouble(): Failure | null {
    return this.#watch?.trouble ?? null;
  }

  /** Off closes every link at once. On waits for its turn while another page runs the radio. */
  setOn(on: boolean): void {
    if (on === this.isOn) return;
    this.#on?.abort();
    this.#on = on ? new AbortController() : undefined;
    if (!this.#on) return this.#links.end();
    this.#links.begin();
    this.#run(this.#on.signal);
  }

  /**
   * Takes over a channel that was made without a hub. It is a link like any other, but never called anew.
   * Throws a `FieldError`, and closes the channel, while the radio is off or has no room.
   */
  adopt(channel: Channel, via: "pair"): void {
    this.#links.add(channel, via);
  }

  /** The network is back, or the page is looked at again: tries at once. */
  hurry(): void {
    this.#watch?.hurry();
  }

  /** The page is being left: the others need not wait for it to fade. */
  leavePage(): void {
    this.#watch?.end();
    this.#links.end();
  }

  /** The page was kept, and is back. */
  returnToPage(): void {
    if (this.isOn) this.#links.begin();
    this.#watch?.begin();
  }

  #run(signal: AbortSignal): void {
    this.#ports.soleHolder(signal, () => this.#hold(signal)).catch((error) => {
      if (!signal.aborted) this.#ports.onFailure(toFailure(error), "Starting the radio");
    });
  }

  async #hold(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const watch = new RadioWatch(this.#ports, this.#links);
    this.#watch = watch;
    watch.begin();
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        watch.end();
        resolve();
      }, { once: true });
    });
    if (this.#watch === watch) this.#watch = undefined;
  }
}
