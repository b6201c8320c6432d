/** How long it takes until all drones have a track of an object. Times are ms since the start. */
import { msUntilHeldByAll } from "../../field/world/shared_by_all.ts";
import { SCORE_GATE_M, type ScoredObject } from "../../field/swarm/swarm_score.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";

export class HeldKeeper {
  readonly #firstWholeMs = new Map<string, number>();
  readonly #heldAtMs = new Map<string, number>();

  /** A frame showed all of an object. */
  shown(object: string, ms: number): void {
    if (!this.#firstWholeMs.has(object)) this.#firstWholeMs.set(object, ms);
  }

  observe(
    objects: readonly ScoredObject[],
    views: readonly (readonly WorldTrack[])[],
    ms: number,
  ): void {
    const truth = objects.filter(({ id }) => this.#firstWholeMs.has(id) && !this.#heldAtMs.has(id));
    // of one moment: 0 for those that all have now
    for (const [id, isHeld] of msUntilHeldByAll([{ atMs: ms, truth, views }], SCORE_GATE_M)) {
      if (isHeld === 0) this.#heldAtMs.set(id, ms);
    }
  }

  /** From an object's first whole frame; to the end of the run where not all ever had it. */
  lateMs(endMs: number): readonly number[] {
    return [...this.#firstWholeMs].map(([id, ms]) => (this.#heldAtMs.get(id) ?? endMs) - ms);
  }
}
