import { type Failure, FieldError, toFailure } from "../field/errors.ts";

/** What this needs of `WakeLockSentinel`. */
export interface ScreenLock {
  release(): Promise<void>;
}

/**
 * Keeps the screen on while watching. The browser takes the lock away whenever the page is hidden, so
 * it is asked for again each time the page is seen. Watching goes on without it; the user is told once.
 */
export class ScreenHold {
  readonly #request: (() => Promise<ScreenLock>) | null;
  readonly #onFailure: (failure: Failure) => void;
  #wanted = false;
  #lock: ScreenLock | undefined;
  #told = false;

  /** `request` is null where the browser has no wake lock. */
  constructor(
    request: (() => Promise<ScreenLock>) | null,
    onFailure: (failure: Failure) => void,
  ) {
    this.#request = request;
    this.#onFailure = onFailure;
  }

  /** Wants the screen on from now; call it again when the page is seen again. */
  async hold(): Promise<void> {
    this.#wanted = true;
    try {
      if (!this.#request) throw new Error("no Screen Wake Lock API");
      const lock = await this.#request();
      const former = this.#lock;
      this.#lock = lock;
      await former?.release();
      if (!this.#wanted) await this.release();
    } catch (cause) {
      this.#tell(cause);
    }
  }

  async release(): Promise<void> {
    this.#wanted = false;
    const lock = this.#lock;
    this.#lock = undefined;
    // an already released lock resolves too (Screen Wake Lock, section 6.2)
    await lock?.release();
  }

  #tell(cause: unknown): void {
    if (this.#told) return;
    this.#told = true;
    this.#onFailure(toFailure(
      new FieldError(
        "screen-may-sleep",
        "This browser does not keep the screen on by itself, and a dark screen stops the watch. Set the display to stay on, and keep the device plugged in.",
        { cause },
      ),
    ));
  }
}
