/** The camera of one drone whose device is a real browser: what it shows, and where it says to be. */
import { Chance } from "../../field/swarm/chance.ts";
import { poseAt, PoseDrift } from "../../field/swarm/drone_pose.ts";
import { Flight, FLIGHT_STEP_MS, searchLoop } from "../../field/swarm/flight.ts";
import { FRAME_PX } from "../../field/swarm/layout.ts";
import { Mission } from "../../field/swarm/mission.ts";
import type { SwarmScene } from "../../field/swarm/swarm_scene.ts";
import type { Vector } from "../../field/world/world_track.ts";
import type { AgentFrame } from "./swarm_messages.ts";

/** After a pause it goes on where it was: no more than this is made up for, ms. */
const MOST_AT_ONCE_MS = 1_000;

export class AgentCamera {
  readonly #scene: SwarmScene;
  readonly #flight: Flight;
  readonly #drift: PoseDrift;
  #mission: Mission | null = null;
  #flownMs: number | null = null;

  /** `chance`: for the errors of its receiver, its own on every device. */
  constructor(scene: SwarmScene, drone: number, chance: Chance) {
    this.#scene = scene;
    this.#drift = new PoseDrift(chance);
    const loop = searchLoop(drone);
    const start = drone % 2 * 2;
    this.#flight = new Flight(loop, loop[(start + 3) % loop.length], start);
  }

  /** `atMs`: ms since the epoch, by the clock that all devices have: so all see one scene. */
  frame(atMs: number): AgentFrame {
    this.#flyUntil(atMs);
    const corner = this.#scene.cornerAt(this.#flight.position);
    const pose = this.#drift.told(poseAt(this.#scene.middleOf(corner)));
    const rgba = this.#scene.render(corner, atMs).buffer;
    const size = { width: FRAME_PX, height: FRAME_PX };
    return { kind: "frame", ...size, rgba, atMs, pose, corner, sentTo: this.#sentTo };
  }

  sendThere(track: string, place: Vector): void {
    this.#mission = new Mission(track, this.#scene.middleOf(this.#scene.cornerAt(place)));
  }

  get #sentTo(): Vector | null {
    const task = this.#mission?.task;
    return task?.kind === "confirm" && task.phase !== "returning" ? task.place : null;
  }

  #flyUntil(atMs: number): void {
    let at = Math.max(this.#flownMs ?? atMs, atMs - MOST_AT_ONCE_MS);
    for (; at + FLIGHT_STEP_MS <= atMs; at += FLIGHT_STEP_MS) {
      this.#drift.pass(FLIGHT_STEP_MS / 1000);
      if (!this.#mission) this.#flight.search();
      else if (this.#mission.fly(this.#flight, at) === "over") this.#mission = null;
    }
    this.#flownMs = at;
  }
}

/** The scene is the crew's, the errors of the receiver are the drone's own. */
export function agentChance(seed: number, drone: number): Chance {
  return new Chance(seed * 31 + drone + 1);
}
