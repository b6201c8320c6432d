import type { NotedObservation } from "../observation.ts";
import { CompactMap, idKey } from "./compact_map.ts";
import type { ExportSource } from "./export_as.ts";

const DUE_STEPS = 500;

/**
 * Passes over the observations, and how far they are. The files of a package are written one after the
 * other, each with a pass of its own, while new observations keep coming: what the first pass has not
 * seen is left to the next export, so that the files agree.
 */
export class Pass {
  readonly #source: ExportSource;
  readonly #seen = new CompactMap();
  #passes = 1;
  #steps: number;
  done = 0;
  missingMedia = 0;

  constructor(source: ExportSource) {
    this.#source = source;
    this.#steps = source.count;
  }

  get total(): number {
    return Math.max(this.done, this.#passes * this.#steps);
  }

  /** How many observations the first pass has seen. */
  get seen(): number {
    return this.#seen.size;
  }

  /** In a pass that writes little or nothing: time for an empty piece, so that progress can be told. */
  get isDue(): boolean {
    return this.done % DUE_STEPS === 0;
  }

  /** `passes`: how many there will be in all, for progress. */
  async *first(passes: number): AsyncGenerator<NotedObservation> {
    this.#passes = passes;
    for await (const observation of this.#source.observations()) {
      this.#seen.set(idKey(observation.id), 1);
      this.done++;
      yield observation;
    }
    this.#steps = this.#seen.size;
    this.done = this.#seen.size;
  }

  /** Those that the first pass has seen, unless they are gone since. */
  async *again(): AsyncGenerator<NotedObservation> {
    const end = this.done + this.#steps;
    for await (const observation of this.#source.observations()) {
      if (this.#seen.get(idKey(observation.id)) === 0) continue;
      this.done = Math.min(end, this.done + 1);
      yield observation;
    }
    this.done = end;
  }

  /** A pass that turned out not to be needed. */
  skip(): void {
    this.done += this.#steps;
  }
}
