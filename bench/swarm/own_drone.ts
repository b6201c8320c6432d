import type { Chance } from "../../field/swarm/chance.ts";
import { DroneAgent } from "../../field/swarm/drone_agent.ts";
import type { DroneDevice } from "../../field/swarm/drone_device.ts";
import { poseAt, PoseDrift } from "../../field/swarm/drone_pose.ts";
import { Flight, FLIGHT_STEP_MS, searchLoop } from "../../field/swarm/flight.ts";
import { FRAME_M, TILES } from "../../field/swarm/layout.ts";
import type { SwarmScene } from "../../field/swarm/swarm_scene.ts";
import { tileAt } from "../../field/world/tiles.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { markedTiles } from "../../field/world/world_state.ts";
import { BEGAN_MS } from "./scenario.ts";

/**
 * A drone on the path that was recorded: with all that the swarm's drone says besides its tracks, which is where it
 * is, and what it has searched.
 */
export class OwnDrone {
  readonly agent: DroneAgent;
  readonly #flight: Flight;
  readonly #drift: PoseDrift;
  readonly #scene: SwarmScene;

  constructor(device: DroneDevice, scene: SwarmScene, chance: Chance, nowMs: () => number) {
    this.agent = new DroneAgent({ device, beganMs: BEGAN_MS, nowMs });
    this.#scene = scene;
    this.#drift = new PoseDrift(chance);
    const loop = searchLoop(device.number);
    // as the swarm's drones begin
    const start = device.number % 2 * 2;
    this.#flight = new Flight(loop, loop[(start + 3) % loop.length], start);
  }

  /** Every {@link FLIGHT_STEP_MS}. */
  fly(): void {
    this.#drift.pass(FLIGHT_STEP_MS / 1000);
    this.#flight.search();
    const place = this.#scene.middleOf(this.#scene.cornerAt(this.#flight.position));
    this.agent.beat.place(this.#drift.told(poseAt(place)));
    this.#markSearched(place);
  }

  /** What of the ground was in its frame, wholly and for the first time as far as it knows. */
  #markSearched([east, north]: Vector): void {
    const { tileM } = TILES;
    const half = FRAME_M / 2 - tileM / 2;
    const known = new Set(markedTiles(this.agent.world.state, "searched"));
    for (const y of middles(north - half, north + half, tileM)) {
      for (const x of middles(east - half, east + half, tileM)) {
        const tile = tileAt(TILES, [x, y]);
        if (tile !== null && !known.has(tile)) this.agent.world.mark("searched", tile);
      }
    }
  }
}

/** Of the tiles of a row whose middles lie between. */
function middles(from: number, to: number, tileM: number): readonly number[] {
  const first = Math.ceil(from / tileM - 0.5);
  const count = Math.max(0, Math.floor(to / tileM - 0.5) - first + 1);
  return Array.from({ length: count }, (_, i) => (first + i + 0.5) * tileM);
}
