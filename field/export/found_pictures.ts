import type { Hex, NotedObservation } from "../observation.ts";
import { CompactMap, hashKey } from "./compact_map.ts";
import { type Picture, picturesOf } from "./pictures.ts";

/** In the table: looked for and not found. */
const MISSING = 1;

/** Which pictures were looked for, and what is known of those found: a number, 2 or more. */
export class FoundPictures {
  readonly #table = new CompactMap();

  /** Nobody looked for it yet. */
  isNew(hash: Hex): boolean {
    return this.#table.get(hashKey(hash)) === 0;
  }

  /** `value` null: not found. */
  set(hash: Hex, value: number | null): void {
    this.#table.set(hashKey(hash), value ?? MISSING);
  }

  /** What is known of it; null when it was not found. */
  of(hash: Hex): number | null {
    const value = this.#table.get(hashKey(hash));
    return value <= MISSING ? null : value;
  }

  isMissing(hash: Hex): boolean {
    return this.#table.get(hashKey(hash)) === MISSING;
  }

  /** The picture to show an observation in: its frame if that was found, else its thumbnail. */
  bestOf(observation: NotedObservation): Picture | null {
    return picturesOf(observation).find(({ hash }) => this.of(hash) !== null) ?? null;
  }

  /**
   * Looks for its frame, and if that is missing for its thumbnail.
   * @returns how many were looked for in vain
   */
  async lookForBest(
    observation: NotedObservation,
    look: (hash: Hex) => Promise<number | null>,
  ): Promise<number> {
    let missing = 0;
    for (const { hash } of picturesOf(observation)) {
      if (this.isNew(hash)) {
        const value = await look(hash);
        this.set(hash, value);
        if (value === null) missing++;
      }
      if (this.of(hash) !== null) break;
    }
    return missing;
  }
}
