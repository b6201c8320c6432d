/** How a drone flies: constant speed, a bounded rate of turn, a way of points. + − × ÷ and roots alone. */
import type { Vector } from "../world/world_track.ts";
import { MARGIN_M, ROW_M, ROWS, STRIP_M } from "./layout.ts";

export const SPEED_M_S = 9;
/** Within a step it turns by at most the angle whose tangent this is: 210 degrees a second. */
const MOST_TURN = 0.19;
export const FLIGHT_STEP_MS = 50;
/** Half the distance between its ways up and down: about the radius of its turns. */
const HALF_TRACK_M = 2.4;
/** How far its turns are from the ends of the searched part, which its frames then still show. */
const TURN_INSET_M = 9;
/** Nearer than this it is there. */
const REACHED_M = 0.6;
/** A point so near and behind it cannot be reached in a curve: it turns on the spot. */
const NEAR_M = 6;

/** Up and down its strip, as long as it likes: like a lawn-mower with one swath. */
export function searchLoop(drone: number): readonly Vector[] {
  const middle = MARGIN_M + (drone + 0.5) * STRIP_M;
  const [west, east] = [middle - HALF_TRACK_M, middle + HALF_TRACK_M];
  const [south, north] = [MARGIN_M + TURN_INSET_M, MARGIN_M + ROWS * ROW_M - TURN_INSET_M];
  return [[west, north], [east, north], [east, south], [west, south]];
}

export class Flight {
  #position: Vector;
  /** Of length 1. */
  #course: Vector = [0, 1];
  #isMoving = true;
  readonly #loop: readonly Vector[];
  /** The point of the loop that is next. */
  #next: number;

  constructor(loop: readonly Vector[], position: Vector, next: number) {
    this.#loop = loop;
    this.#position = position;
    this.#next = next;
  }

  get position(): Vector {
    return this.#position;
  }

  get course(): Vector {
    return this.#course;
  }

  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** The points ahead, one round of them. */
  get path(): readonly Vector[] {
    return this.#loop.map((_, i) => this.#loop[(this.#next + i) % this.#loop.length]);
  }

  /** A step on its loop. */
  search(): void {
    if (this.goTo(this.#loop[this.#next])) this.#next = (this.#next + 1) % this.#loop.length;
  }

  /** A step towards a place; true when it is there, where it stays. */
  goTo([east, north]: Vector): boolean {
    const [x, y] = [east - this.#position[0], north - this.#position[1]];
    const distance = Math.sqrt(x * x + y * y);
    this.#isMoving = distance > REACHED_M;
    if (!this.#isMoving) return true;
    const wanted: Vector = [x / distance, y / distance];
    const ahead = this.#course[0] * wanted[0] + this.#course[1] * wanted[1];
    this.#turnTo(wanted, ahead);
    if (ahead < 0.5 && distance < NEAR_M && !this.#isOnLoop([east, north])) return false;
    const step = Math.min(distance, SPEED_M_S * FLIGHT_STEP_MS / 1000);
    this.#position = [
      this.#position[0] + this.#course[0] * step,
      this.#position[1] + this.#course[1] * step,
    ];
    return false;
  }

  #isOnLoop([east, north]: Vector): boolean {
    return this.#loop.some((point) => point[0] === east && point[1] === north);
  }

  #turnTo(wanted: Vector, ahead: number): void {
    const [x, y] = this.#course;
    const left = x * wanted[1] - y * wanted[0];
    if (ahead > 0 && left * left <= (MOST_TURN * ahead) ** 2) {
      this.#course = wanted;
      return;
    }
    const turn = left >= 0 ? MOST_TURN : -MOST_TURN;
    const turned: Vector = [x - y * turn, y + x * turn];
    const length = Math.sqrt(turned[0] * turned[0] + turned[1] * turned[1]);
    this.#course = [turned[0] / length, turned[1] / length];
  }
}
