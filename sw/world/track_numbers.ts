import type { Store } from "../../field/store/store.ts";
import { MOST_TRACKS } from "../../field/world/world_tracker.ts";

const SETTING = "world.track-numbers";
/** Set aside at a time: a commit for so many tracks. */
const AHEAD = 4096;
/** With fewer left, more are set aside. */
const FEW = AHEAD / 2;

/**
 * Numbers for tracks, each given once in a device's life: others remember what a number stood for. They are set
 * aside on disk before one of them is used; those that a stopped worker had not used are never used.
 */
export class TrackNumbers {
  readonly #store: Pick<Store, "commit">;
  /** Above all numbers that were ever set aside before this worker began. */
  readonly first: number;
  #through: number;
  #more: Promise<void> | null = null;

  private constructor(store: Pick<Store, "commit">, first: number) {
    this.#store = store;
    this.first = first;
    this.#through = first;
  }

  /** `used`: the greatest that the device's own feed knows; −1 for none. */
  static async open(
    store: Pick<Store, "setting" | "commit">,
    used: number,
  ): Promise<TrackNumbers> {
    const kept = await store.setting(SETTING);
    const through = typeof kept === "number" && Number.isSafeInteger(kept) ? kept : 0;
    return new TrackNumbers(store, Math.max(0, through, used + 1));
  }

  /** May a frame be looked at whose tracks get numbers from `next` on? */
  mayUse(next: number): boolean {
    return next + MOST_TRACKS <= this.#through;
  }

  areFew(next: number): boolean {
    return next + FEW > this.#through;
  }

  /** Sets more aside; resolves when they are on disk. Throws what the store throws. */
  setAside(next: number): Promise<void> {
    this.#more ??= this.#commit(next + AHEAD).finally(() => {
      this.#more = null;
    });
    return this.#more;
  }

  async #commit(through: number): Promise<void> {
    await this.#store.commit({ settings: { [SETTING]: through }, strict: true });
    this.#through = through;
  }
}
