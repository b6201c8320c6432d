import { KEEP_ALL, type Retention } from "../field/media.ts";
import { keepsAll, parseRetention, ThinPlan } from "../field/retention.ts";
import type { Hex } from "../field/observation.ts";
import type { Store } from "../field/store/store.ts";
import type { Keeping } from "../field/sync/frames.ts";

export interface MediaRetentionPorts {
  readonly store: Pick<Store, "commit" | "mediaTotals" | "mediaAfter">;
  readonly nowMs: () => number;
  /** Runs `run` after `ms`; the returned function prevents it. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** Pictures were removed. */
  readonly onThinned: () => void;
  /** The standing rule could not be carried out; it is tried again later. */
  readonly onFailure: (failure: unknown) => void;
}

export interface Thinned {
  readonly removed: number;
  readonly bytes: number;
}

const SETTING = "retention";
/** After something was saved: often enough for a rule by size, seldom enough to cost nothing. */
const RUN_AFTER_MS = 60_000;
/** A start has better things to do first. */
const FIRST_RUN_AFTER_MS = 10_000;
/** A full disk is met with every save; looking at all media each time would only slow it down. */
const FULL_AGAIN_MS = 30_000;
const LOOKED_AT = 512;
/** Pictures chosen in one look at all media, and removed in one transaction. */
const MOST_CHOSEN = 2048;
const MOST_REMOVED = 128;

/** Removes pictures by the user's rule: the standing one a while after saves, or another one at once. */
export class MediaRetention {
  readonly #ports: MediaRetentionPorts;
  #rule: Retention;
  #turn: Promise<unknown> = Promise.resolve();
  #cancelRun: (() => void) | null = null;
  #isClosed = false;
  #fullAt = -Infinity;

  /** `rule`: the standing one. */
  constructor(ports: MediaRetentionPorts, rule: Retention) {
    this.#ports = ports;
    this.#rule = rule;
    this.#runAfter(FIRST_RUN_AFTER_MS);
  }

  /** The standing rule; without one, all is kept. */
  static async ruleIn(store: Pick<Store, "setting">): Promise<Retention> {
    return parseRetention(await store.setting(SETTING)) ?? KEEP_ALL;
  }

  get rule(): Retention {
    return this.#rule;
  }

  /** What others may expect of the media here. */
  get keeping(): Keeping {
    if (keepsAll(this.#rule)) return "all";
    return this.#rule.evenOnlyHere ? "none" : "shared";
  }

  /** Makes this the standing rule. Resolves when it is on disk. */
  async set(rule: Retention): Promise<void> {
    await this.#ports.store.commit({ settings: { [SETTING]: rule }, strict: true });
    this.#rule = rule;
    this.#runAfter(0);
  }

  /** Something was saved: the standing rule is looked at in a while. */
  saved(): void {
    this.#runAfter(RUN_AFTER_MS);
  }

  /** There is no room: the standing rule is carried out now, however often this is said. */
  full(): void {
    const sinceMs = this.#ports.nowMs() - this.#fullAt;
    if (sinceMs >= 0 && sinceMs < FULL_AGAIN_MS) return;
    this.#fullAt = this.#ports.nowMs();
    this.#cancelRun?.();
    this.#cancelRun = null;
    this.#runAfter(0);
  }

  /** Removes pictures by this rule, now. Throws what the store throws; what was removed until then stays so. */
  thin(rule: Retention): Promise<Thinned> {
    const thinned = this.#turn.then(() => this.#thin(rule));
    this.#turn = thinned.catch(() => {}); // the caller has the failure; the line goes on
    return thinned;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRun?.();
    this.#cancelRun = null;
  }

  #runAfter(ms: number): void {
    if (this.#isClosed || this.#cancelRun || keepsAll(this.#rule)) return;
    this.#cancelRun = this.#ports.after(ms, () => {
      this.#cancelRun = null;
      this.thin(this.#rule).catch(this.#ports.onFailure);
    });
  }

  async #thin(rule: Retention): Promise<Thinned> {
    const { here } = await this.#ports.store.mediaTotals();
    let [removed, bytes] = [0, 0];
    // each look removes some; what came meanwhile is left to the next time
    while (removed < here) {
      const step = await this.#step(rule);
      if (step.removed === 0) break;
      removed += step.removed;
      bytes += step.bytes;
    }
    return { removed, bytes };
  }

  /** One look at all media, with memory for a bounded number of them. */
  async #step(rule: Retention): Promise<Thinned> {
    const { store, nowMs } = this.#ports;
    const { hereBytes } = await store.mediaTotals();
    const plan = new ThinPlan(rule, nowMs(), hereBytes, MOST_CHOSEN);
    if (!plan.isNeeded) return { removed: 0, bytes: 0 };
    for (let last: Hex | null = null;;) {
      const media = await store.mediaAfter(last, LOOKED_AT);
      plan.consider(media);
      last = media.at(-1)?.hash ?? null;
      if (last === null || this.#isClosed) break;
    }
    return await this.#remove(plan.chosen());
  }

  async #remove(
    chosen: readonly { readonly hash: Hex; readonly size: number }[],
  ): Promise<Thinned> {
    let bytes = 0;
    let removed = 0;
    for (; removed < chosen.length && !this.#isClosed; removed += MOST_REMOVED) {
      const some = chosen.slice(removed, removed + MOST_REMOVED);
      await this.#ports.store.commit({
        thin: some.map(({ hash }) => hash),
        at: this.#ports.nowMs(),
      });
      bytes += some.reduce((sum, { size }) => sum + size, 0);
      this.#ports.onThinned();
    }
    return { removed: Math.min(removed, chosen.length), bytes };
  }
}
