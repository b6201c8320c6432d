import {
  CONTROL_WINDOW,
  type Cost,
  STEP_BYTES,
  STEP_CONTROL,
  WINDOW_BYTES,
} from "./send_window.ts";

/** Control frames that a peer may send in the long run: an honest one sends a few a second. */
const CONTROL_A_SECOND = 64;
const CONTROL_AT_ONCE = 512;

/**
 * What a peer may send, seen from the other end: at most a window's worth that it has not been given credit
 * for. Credit for control frames is given at a bounded rate: who sends nothing else is slowed down by it.
 */
export class ReceiveCredit {
  #waiting: Cost = { bytes: 0, control: 0 };
  #dealt: Cost = { bytes: 0, control: 0 };
  #told: Cost = { bytes: 0, control: 0 };
  #tokens = CONTROL_AT_ONCE;
  #filledAt: number;

  constructor(nowMs: number) {
    this.#filledAt = nowMs;
  }

  /** A frame has come and waits. False when the peer had no credit for it. */
  arrived(cost: Cost): boolean {
    this.#waiting = sum(this.#waiting, cost);
    const bytes = this.#waiting.bytes + this.#dealt.bytes - this.#told.bytes;
    const control = this.#waiting.control + this.#dealt.control - this.#told.control;
    return bytes <= WINDOW_BYTES && control <= CONTROL_WINDOW;
  }

  /** It does not wait any more. */
  left(cost: Cost): void {
    this.#waiting = {
      bytes: this.#waiting.bytes - cost.bytes,
      control: this.#waiting.control - cost.control,
    };
  }

  /** It was dealt with. */
  dealt(cost: Cost): void {
    this.#dealt = sum(this.#dealt, cost);
    this.#tokens -= cost.control;
  }

  /** What to tell the peer now: all that was dealt with so far; null when that is not worth a frame. */
  due(nowMs: number): Cost | null {
    this.#fill(nowMs);
    const control = this.#tokens < 0 ? this.#told.control : this.#dealt.control;
    const isStep = this.#dealt.bytes - this.#told.bytes >= STEP_BYTES ||
      control - this.#told.control >= STEP_CONTROL;
    if (!isStep) return null;
    this.#told = { bytes: this.#dealt.bytes, control };
    return this.#told;
  }

  /** The session begins anew at both ends; what waits was said before. */
  reset(): void {
    this.#dealt = this.#told = { bytes: 0, control: 0 };
  }

  #fill(nowMs: number): void {
    const seconds = Math.max(0, nowMs - this.#filledAt) / 1000;
    this.#tokens = Math.min(CONTROL_AT_ONCE, this.#tokens + seconds * CONTROL_A_SECOND);
    this.#filledAt = nowMs;
  }
}

function sum(a: Cost, b: Cost): Cost {
  return { bytes: a.bytes + b.bytes, control: a.control + b.control };
}
