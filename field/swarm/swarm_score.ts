/**
 * How good the drones' maps are, against what is there. A map is measured by what its drone can know: the objects
 * that were, within the time for which a track is shown, wholly in a frame of its own, or of another's that it was
 * linked with since. What is there and was seen by nobody is counted apart (`found`).
 */
import { clearMot, distanceM, pairsOf, type TrackingFrame } from "../world/clear_mot.ts";
import { identityScore } from "../world/identity_f1.ts";
import { msUntilHeldByAll } from "../world/shared_by_all.ts";
import type { Vector, WorldTrack } from "../world/world_track.ts";
import { SHOWN_MS } from "../world/world_view.ts";
import type { SwarmLabel } from "./swarm_report.ts";

/** A track further from an object than this is not that object's: half of the mean width of what lies there. */
export const SCORE_GATE_M = 3;
export const SCORE_EVERY_MS = 200;
/** How finely it is told when all have a track, ms. */
export const HELD_EVERY_MS = 50;

export interface ScoredObject {
  readonly id: string;
  readonly label: SwarmLabel;
  readonly position: Vector;
}

export interface ScoredDrone {
  readonly side: number;
  readonly tracks: readonly WorldTrack[];
}

export interface SwarmScore {
  readonly objects: number;
  /** Objects of which some drone's map had a track, with the right label, at some time. */
  readonly found: number;
  /** By label. */
  readonly foundByLabel: Readonly<
    Record<SwarmLabel, { readonly found: number; readonly of: number }>
  >;
  /** The means over the drones' maps; switches: their sum. */
  readonly mota: number;
  readonly idf1: number;
  readonly switches: number;
  readonly misses: number;
  readonly falsePositives: number;
  readonly truths: number;
  readonly meanErrorM: number;
  readonly p95ErrorM: number;
  /** From when an object was first wholly in a frame until all drones had a track of it; of those that they had. */
  readonly heldMedianMs: number;
  readonly heldMostMs: number;
  /** Objects that all drones had a track of at one time. */
  readonly held: number;
  /** Share of labels that were right, of all tracks that were an object's. */
  readonly labelsRight: number;
}

export class ScoreKeeper {
  /** By drone and object: when that was last wholly in a frame that the drone can know of, ms since the start. */
  readonly #knownAtMs: readonly Map<string, number>[];
  /** By drone. */
  readonly #frames: TrackingFrame[][];
  /** By object, ms since the start. */
  readonly #firstWholeMs = new Map<string, number>();
  readonly #heldAtMs = new Map<string, number>();
  readonly #found = new Set<string>();
  readonly #errorsM: number[] = [];
  #rightLabels = 0;
  #pairs: ReadonlyMap<string, string>[];

  constructor(drones: number) {
    this.#knownAtMs = Array.from({ length: drones }, () => new Map());
    this.#frames = Array.from({ length: drones }, () => []);
    this.#pairs = this.#frames.map(() => new Map());
  }

  wasInView(object: string): boolean {
    return this.#firstWholeMs.has(object);
  }

  /** A drone's frame showed all of an object. */
  shown(object: string, drone: number, ms: number): void {
    this.#knownAtMs[drone].set(object, ms);
    if (!this.#firstWholeMs.has(object)) this.#firstWholeMs.set(object, ms);
  }

  /** For when all have a track; every {@link HELD_EVERY_MS}. */
  held(objects: readonly ScoredObject[], drones: readonly ScoredDrone[], ms: number): void {
    const truth = objects.filter(({ id }) => this.wasInView(id) && !this.#heldAtMs.has(id));
    const views = drones.map(({ tracks }) => tracks);
    // of one moment: 0 for those that all have now
    for (const [id, isHeld] of msUntilHeldByAll([{ atMs: ms, truth, views }], SCORE_GATE_M)) {
      if (isHeld === 0) this.#heldAtMs.set(id, ms);
    }
  }

  /** For all else; every {@link SCORE_EVERY_MS}. */
  observe(objects: readonly ScoredObject[], drones: readonly ScoredDrone[], ms: number): void {
    this.#share(drones);
    drones.forEach(({ tracks }, i) => {
      const truth = objects.filter(({ id }) => ms - this.#knownSince(i, id) <= SHOWN_MS);
      const frame = { truth, tracks: tracks.map(({ id, position }) => ({ id, position })) };
      this.#frames[i].push(frame);
      this.#pairs[i] = pairsOf(frame, this.#pairs[i], SCORE_GATE_M);
      this.#count(truth, tracks, this.#pairs[i]);
    });
  }

  result(objects: readonly ScoredObject[]): SwarmScore {
    const errors = this.#errorsM.toSorted((a, b) => a - b);
    const held = [...this.#heldAtMs].map(([id, ms]) => ms - (this.#firstWholeMs.get(id) ?? ms))
      .sort((a, b) => a - b);
    return {
      objects: objects.length,
      found: this.#found.size,
      foundByLabel: byLabel(objects, this.#found),
      ...this.#trackingMeasures(),
      meanErrorM: errors.reduce((sum, one) => sum + one, 0) / errors.length,
      p95ErrorM: errors[Math.floor(errors.length * 0.95)],
      heldMedianMs: held[held.length >> 1],
      heldMostMs: held[held.length - 1],
      held: held.length,
      labelsRight: this.#rightLabels / errors.length,
    };
  }

  #trackingMeasures() {
    const all = this.#frames.map((frames) => clearMot(frames, SCORE_GATE_M));
    const sum = (of: (one: typeof all[number]) => number) =>
      all.reduce((total, one) => total + of(one), 0);
    const [misses, falsePositives] = [sum((one) => one.misses), sum((one) => one.falsePositives)];
    const [switches, truths] = [sum((one) => one.switches), sum((one) => one.truths)];
    const idf1 = this.#frames.map((frames) => identityScore(frames, SCORE_GATE_M).idf1);
    return {
      ...{ misses, falsePositives, switches, truths },
      mota: 1 - (misses + falsePositives + switches) / truths,
      idf1: idf1.reduce((total, one) => total + one, 0) / idf1.length,
    };
  }

  /** What one of a side knows, all of it can. */
  #share(drones: readonly ScoredDrone[]): void {
    for (const [i, a] of drones.entries()) {
      for (const [k, b] of drones.entries()) {
        if (a.side !== b.side) continue;
        for (const [object, ms] of this.#knownAtMs[k]) {
          if (ms > this.#knownSince(i, object)) this.#knownAtMs[i].set(object, ms);
        }
      }
    }
  }

  #knownSince(drone: number, object: string): number {
    return this.#knownAtMs[drone].get(object) ?? -Infinity;
  }

  #count(
    truth: readonly ScoredObject[],
    tracks: readonly WorldTrack[],
    pairs: ReadonlyMap<string, string>,
  ): void {
    for (const one of truth) {
      const track = tracks.find(({ id }) => id === pairs.get(one.id));
      if (!track) continue;
      this.#errorsM.push(distanceM(one, track));
      if (track.label !== one.label) continue;
      this.#rightLabels++;
      this.#found.add(one.id);
    }
  }
}

function byLabel(
  objects: readonly ScoredObject[],
  found: ReadonlySet<string>,
): SwarmScore["foundByLabel"] {
  const of = (label: SwarmLabel) => {
    const those = objects.filter((one) => one.label === label);
    return { found: those.filter(({ id }) => found.has(id)).length, of: those.length };
  };
  return { person: of("person"), cat: of("cat"), cup: of("cup") };
}
