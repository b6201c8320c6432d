import type { PlacedDetection } from "../world/world_tracker.ts";
import type { Vector } from "../world/world_track.ts";
import type { Flight } from "./flight.ts";
import type { DroneTask } from "./swarm_report.ts";

/** Looks that settle it, and how long a drone waits for them at most. */
const LOOKS = 3;
const LOOK_MOST_MS = 4_000;
/** Long enough to be noticed by who watches. */
const LOOK_LEAST_MS = 1_200;
/** A thing seen so near to where a track is said to be is that thing. */
const SAME_PLACE_M = 3;

export type Verdict = "there" | "not there" | "unknown";

/** One track to be confirmed: there, a look, and back. */
export class Mission {
  readonly track: string;
  #place: Vector;
  #phase: "going" | "looking" | "returning" = "going";
  #arrivedAtMs = Infinity;
  #looks = 0;
  #hits = 0;

  constructor(track: string, place: Vector) {
    this.track = track;
    this.#place = place;
  }

  get task(): DroneTask {
    return { kind: "confirm", track: this.track, place: this.#place, phase: this.#phase };
  }

  /** A step of the flight; what it found out when it turns back, "over" when it is back on its way. */
  fly(flight: Flight, nowMs: number): Verdict | "over" | null {
    switch (this.#phase) {
      case "going":
        if (!flight.goTo(this.#place)) return null;
        this.#phase = "looking";
        this.#arrivedAtMs = nowMs;
        return null;
      case "looking":
        if (!this.#hasLooked(nowMs - this.#arrivedAtMs)) return null;
        this.#phase = "returning";
        return this.#hits > 0 ? "there" : this.#looks >= LOOKS ? "not there" : "unknown";
      case "returning":
        return flight.goTo(flight.path[0]) ? "over" : null;
    }
  }

  /** Where the track is said to be by now: what walks is followed. */
  follow(place: Vector): void {
    if (this.#phase === "going") this.#place = place;
  }

  /** A frame that was taken at `atMs` showed this. */
  looked(seen: readonly PlacedDetection[], place: Vector, atMs: number): void {
    if (this.#phase !== "looking" || atMs < this.#arrivedAtMs) return;
    this.#looks++;
    const isThere = seen.some(({ position: [east, north] }) =>
      (east - place[0]) ** 2 + (north - place[1]) ** 2 <= SAME_PLACE_M ** 2
    );
    if (isThere) this.#hits++;
  }

  #hasLooked(sinceMs: number): boolean {
    return sinceMs >= LOOK_MOST_MS || sinceMs >= LOOK_LEAST_MS && this.#looks >= LOOKS;
  }
}
