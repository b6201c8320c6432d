import { type Lane, LANES } from "./lanes.ts";

/** What waits in lanes, each thing under a key that is unique in all of them; first in, first out within a lane. */
export class LaneQueue<T> {
  readonly #lanes = new Map<Lane, Map<string, T>>(LANES.map((lane) => [lane, new Map()]));
  readonly #laneOf = new Map<string, Lane>();

  get(key: string): T | undefined {
    const lane = this.#laneOf.get(key);
    return lane && this.#lanes.get(lane)?.get(key);
  }

  /** Takes the place of what has this key, unless it goes to another lane. */
  put(lane: Lane, key: string, item: T): void {
    if (this.#laneOf.get(key) !== lane) this.delete(key);
    this.#laneOf.set(key, lane);
    this.#lanes.get(lane)?.set(key, item);
  }

  delete(key: string): boolean {
    const lane = this.#laneOf.get(key);
    if (!lane) return false;
    this.#laneOf.delete(key);
    return this.#lanes.get(lane)?.delete(key) ?? false;
  }

  first(lane: Lane): T | undefined {
    const [first] = this.in(lane);
    return first;
  }

  /** What waits in a lane, the oldest first. */
  in(lane: Lane): Iterable<T> {
    return this.#lanes.get(lane)?.values() ?? [];
  }

  count(lane: Lane): number {
    return this.#lanes.get(lane)?.size ?? 0;
  }

  clear(): void {
    for (const lane of this.#lanes.values()) lane.clear();
    this.#laneOf.clear();
  }
}
