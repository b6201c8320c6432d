import { HEARD_MS } from "../../field/decide/decider.ts";
import { type DecideState, EMPTY_STATE } from "../../field/decide/decide_state.ts";
import type { Decision } from "../../field/decide/decision.ts";
import { isDecision } from "../../field/decide/decision_shape.ts";
import { packState, unpackState } from "../../field/decide/kept_state.ts";
import { hasShape, isArrayOf, isString } from "../../field/shape.ts";
import type { Store } from "../../field/store/store.ts";

const STATE = "world.decide-state";
const DECISIONS = "world.decisions";
export const MOST_DECISIONS = 200;

/** Each decision whole, and which of them were not given out yet. */
interface Kept {
  readonly decisions: readonly Decision[];
  readonly due: readonly string[];
}

const isKept = hasShape<Kept>({ decisions: isArrayOf(isDecision), due: isArrayOf(isString) });

/**
 * What was decided, and what the decider remembers of it. A decision is on disk, in one transaction with the memory
 * that lets it be made only once, before anybody is told of it; until it is noted that it was given out, it is due.
 * So a worker that is stopped anywhere neither loses an alert nor decides anew what it had decided.
 */
export class DecisionBook {
  readonly #store: Pick<Store, "commit">;
  #state: DecideState;
  #kept: Kept;

  private constructor(store: Pick<Store, "commit">, state: DecideState, kept: Kept) {
    this.#store = store;
    this.#state = state;
    this.#kept = kept;
  }

  static async open(store: Pick<Store, "setting" | "commit">): Promise<DecisionBook> {
    const [state, kept] = await Promise.all([store.setting(STATE), store.setting(DECISIONS)]);
    const known = isKept(kept) ? kept : { decisions: [], due: [] };
    return new DecisionBook(store, state === undefined ? EMPTY_STATE : unpackState(state), known);
  }

  get state(): DecideState {
    return this.#state;
  }

  /** Oldest first, at most {@link MOST_DECISIONS}. */
  get decisions(): readonly Decision[] {
    return this.#kept.decisions;
  }

  /** Not given out yet, as far as is known; what is old by now is no alert any more, and stays in the list. */
  due(nowMs: number): readonly Decision[] {
    const due = new Set(this.#kept.due);
    return this.#kept.decisions.filter(({ id, atMs }) => due.has(id) && nowMs - atMs <= HEARD_MS);
  }

  get hasDue(): boolean {
    return this.#kept.due.length > 0;
  }

  /** Nothing was decided: kept by the next that is, or by {@link keep}. */
  remember(state: DecideState): void {
    this.#state = state;
  }

  /** Resolves when they are on disk; rejects with what the store throws, and then nothing of it holds. */
  async decided(state: DecideState, decisions: readonly Decision[]): Promise<void> {
    const kept = {
      decisions: [...this.#kept.decisions, ...decisions].slice(-MOST_DECISIONS),
      due: [...this.#kept.due, ...decisions.map(({ id }) => id)].slice(-MOST_DECISIONS),
    };
    await this.#store.commit({
      settings: { [STATE]: packState(state), [DECISIONS]: kept },
      strict: true,
    });
    [this.#state, this.#kept] = [state, kept];
  }

  /** All that was due was given out. */
  async given(): Promise<void> {
    if (!this.hasDue) return;
    const kept = { ...this.#kept, due: [] };
    this.#kept = kept; // given is given, also where the disk does not hear of it
    await this.#store.commit({ settings: { [DECISIONS]: kept } });
  }

  /** Puts on disk what is remembered. */
  async keep(): Promise<void> {
    await this.#store.commit({ settings: { [STATE]: packState(this.#state) } });
  }
}
