import type { DecideState } from "../../field/decide/decide_state.ts";
import { decide, type DecideInputs, MOST_HEARD } from "../../field/decide/decider.ts";
import type { Decision } from "../../field/decide/decision.ts";
import type { Occasion } from "../../field/decide/occasion.ts";
import type { RuleSet } from "../../field/decide/rule.ts";
import type { DecisionBook } from "./decision_book.ts";

export interface RuleWatchPorts {
  readonly book: DecisionBook;
  readonly rules: () => RuleSet;
  readonly inputs: () => Omit<DecideInputs, "heard" | "nowMs">;
  /** ms since the epoch, of the crew. */
  readonly nowMs: () => number;
  /** Runs it later; returns what prevents that. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** To be done, told and shown, once each. Must not reject. */
  readonly give: (decisions: readonly Decision[]) => Promise<void>;
  readonly onFailure: (thrown: unknown) => void;
  /** A step has ended without a failure. */
  readonly onWell: () => void;
}

/** Five times a second, whatever happens; after a failure, once. */
const STEP_MS = 200;
const AGAIN_MS = 1_000;
/** What is remembered without a decision is written so often: looks and crossings may be lost, alerts not. */
const KEEP_MS = 10_000;
/** What waits to be heard is bounded as what is heard at once is. */
const MOST_WAITING = 4 * MOST_HEARD;

/** Goes by the crew's rules: decides, saves, and only then gives out. One step at a time. */
export class RuleWatch {
  readonly #ports: RuleWatchPorts;
  #heard: readonly Occasion[] = [];
  #running: Promise<void> | null = null;
  #cancel: (() => void) | null = null;
  #readyAtMs = -Infinity;
  #keptAtMs = -Infinity;
  #isEnded = false;

  constructor(ports: RuleWatchPorts) {
    this.#ports = ports;
  }

  /** What others decided. */
  hear(occasions: readonly Occasion[]): void {
    this.#heard = [...this.#heard, ...occasions].slice(-MOST_WAITING);
    this.look();
  }

  /** Something may have changed. */
  look(): void {
    if (this.#isEnded || this.#cancel) return;
    const { nowMs, after } = this.#ports;
    const untilMs = Math.min(STEP_MS + AGAIN_MS, Math.max(0, this.#readyAtMs - nowMs()));
    this.#cancel = after(untilMs, () => {
      this.#cancel = null;
      void this.#step();
    });
  }

  /** There is something that only time decides. */
  get isWaiting(): boolean {
    const { heldBack, rules } = this.#ports.book.state;
    const isHeld = this.#ports.rules().rules.some(({ id }) => (rules.get(id)?.held ?? 0) > 0);
    return this.#heard.length > 0 || heldBack.size > 0 || isHeld;
  }

  /** Gives out what a worker before this one had decided and not given. Resolves when that is done. */
  resume(): Promise<void> {
    return this.#alone(() => this.#giveDue());
  }

  /** Does nothing any more; what is under way ends. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#cancel?.();
    await this.#running;
  }

  #step(): Promise<void> {
    return this.#alone(() => this.#decide());
  }

  /** Never rejects: what fails is told, and tried again. */
  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#running) {
      await this.#running;
      return this.look();
    }
    const { nowMs, onFailure, onWell } = this.#ports;
    this.#readyAtMs = nowMs() + STEP_MS;
    this.#running = work().then(onWell, (thrown) => {
      onFailure(thrown);
      this.#readyAtMs = nowMs() + AGAIN_MS;
      this.look();
    }).finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  async #decide(): Promise<void> {
    const { book, rules, inputs, nowMs } = this.#ports;
    const heard = this.#heard.slice(0, MOST_HEARD);
    const set = rules();
    if (set.rules.length === 0 && book.state.heldBack.size === 0) {
      this.#heard = [];
      return await this.#giveDue();
    }
    const { state, decisions } = decide(book.state, set, { ...inputs(), heard, nowMs: nowMs() });
    if (decisions.length > 0) await book.decided(state, decisions);
    else book.remember(state);
    this.#heard = this.#heard.filter((one) => !heard.includes(one));
    await this.#giveDue();
    await this.#keep(state);
    if (this.#heard.length > 0) this.look();
  }

  async #giveDue(): Promise<void> {
    const { book, give, nowMs } = this.#ports;
    if (!book.hasDue) return;
    await give(book.due(nowMs()));
    await book.given();
  }

  async #keep(state: DecideState): Promise<void> {
    const { book, nowMs } = this.#ports;
    const sinceMs = nowMs() - this.#keptAtMs;
    if (state.subjects.size === 0 || sinceMs >= 0 && sinceMs < KEEP_MS) return;
    this.#keptAtMs = nowMs();
    await book.keep();
  }
}
