import type { Drone } from "./drone.ts";

/** What adds up, as of the last whole second. */
export class SwarmTotals {
  readonly #drones: readonly Drone[];
  #before: readonly number[];
  #perS: readonly number[];

  constructor(drones: readonly Drone[]) {
    this.#drones = drones;
    this.#before = drones.map(() => 0);
    this.#perS = this.#before;
  }

  /** A second has passed. */
  second(): void {
    const now = this.#drones.map(({ device }) => device.bytesSent);
    this.#perS = now.map((bytes, i) => bytes - this.#before[i]);
    this.#before = now;
  }

  bytesPerS(drone: number): number {
    return this.#perS[drone];
  }
}
