import type { Ask } from "../decide/actions.ts";
import type { Occasion } from "../decide/occasion.ts";
import type { Detection, DeviceId } from "../observation.ts";
import type { CameraPose } from "../world/camera_pose.ts";
import { tileAt } from "../world/tiles.ts";
import { markedTiles } from "../world/world_state.ts";
import type { Vector, WorldTrack } from "../world/world_track.ts";
import type { Chance } from "./chance.ts";
import { DroneAgent } from "./drone_agent.ts";
import { DroneCamera, type Shot } from "./drone_camera.ts";
import type { DroneDevice } from "./drone_device.ts";
import { droneName } from "./drone_device.ts";
import { poseAt, PoseDrift } from "./drone_pose.ts";
import { Flight, FLIGHT_STEP_MS, searchLoop } from "./flight.ts";
import { FRAME_M, TILES } from "./layout.ts";
import { Mission, type Verdict } from "./mission.ts";
import { placeSightings } from "./place_sightings.ts";
import type { SeenFrame } from "./swarm_options.ts";
import type { SwarmScene } from "./swarm_scene.ts";

const TRAIL_EVERY_MS = 500;
const TRAIL_POINTS = 20;

export interface DronePorts {
  readonly device: DroneDevice;
  readonly scene: SwarmScene;
  readonly chance: Chance;
  readonly beganMs: number;
  readonly nowMs: () => number;
}

/** One drone: a device that flies, looks, tracks, talks and decides for itself. */
export class Drone {
  readonly number: number;
  readonly name: string;
  readonly device: DroneDevice;
  readonly agent: DroneAgent;
  readonly camera: DroneCamera;
  readonly flight: Flight;
  /** Of the tracks that it flew to. */
  readonly verdicts: Record<Verdict, number> = { "there": 0, "not there": 0, unknown: 0 };
  readonly #ports: DronePorts;
  readonly #drift: PoseDrift;
  #mission: Mission | null = null;
  #waiting: Mission | null = null;
  #trail: readonly Vector[] = [];

  constructor(ports: DronePorts) {
    const { device, scene, chance } = ports;
    this.#ports = ports;
    this.device = device;
    this.number = device.number;
    this.name = droneName(this.number);
    this.agent = new DroneAgent(ports);
    this.camera = new DroneCamera(this.number, scene);
    this.#drift = new PoseDrift(chance);
    const loop = searchLoop(this.number);
    // every other one begins at the far end, so that neighbours do not fly side by side
    const start = this.number % 2 * 2;
    this.flight = new Flight(loop, loop[(start + 3) % loop.length], start);
  }

  get id(): DeviceId {
    return this.device.id;
  }

  get mission(): Mission | null {
    return this.#mission;
  }

  get trail(): readonly Vector[] {
    return this.#trail;
  }

  /** To the pixel that its frame is taken at. */
  get pose(): CameraPose {
    const { scene } = this.#ports;
    return poseAt(scene.middleOf(scene.cornerAt(this.flight.position)));
  }

  get toldPose(): CameraPose {
    return this.#drift.told(this.pose);
  }

  get view(): readonly WorldTrack[] {
    return this.agent.view;
  }

  // ---------------------------------------------------------------- flying

  /** One step of its flight. */
  fly(ms: number): void {
    this.#drift.pass(FLIGHT_STEP_MS / 1000);
    if (ms % TRAIL_EVERY_MS === 0) {
      this.#trail = [...this.#trail, this.flight.position].slice(-TRAIL_POINTS);
    }
    if (this.#mission) this.#flyMission(this.#mission, ms);
    else this.flight.search();
    this.agent.beat.place(this.toldPose);
    this.#markSearched();
  }

  #flyMission(mission: Mission, ms: number): void {
    const found = mission.fly(this.flight, ms);
    if (found && found !== "over") this.verdicts[found]++;
    if (found === "there") this.agent.world.confirm(mission.track);
    if (found === "not there") this.agent.world.remove(mission.track);
    if (found !== "over") return;
    this.#mission = this.#waiting;
    this.#waiting = null;
  }

  /** What of the ground was in its frame, wholly and for the first time as far as it knows. */
  #markSearched(): void {
    const { position: [east, north] } = this.pose;
    const { tileM } = TILES;
    const half = FRAME_M / 2 - tileM / 2;
    const known = new Set(markedTiles(this.agent.world.state, "searched"));
    for (let y = firstMiddle(north - half, tileM); y <= north + half; y += tileM) {
      for (let x = firstMiddle(east - half, tileM); x <= east + half; x += tileM) {
        const tile = tileAt(TILES, [x, y]);
        if (tile !== null && !known.has(tile)) this.agent.world.mark("searched", tile);
      }
    }
  }

  // ---------------------------------------------------------------- looking

  shoot(ms: number): Shot | null {
    return this.camera.shoot(this.pose, this.toldPose, ms);
  }

  /** What the detector made of a frame of its. */
  looked(shot: Shot, detections: readonly Detection[]): SeenFrame {
    const { frame: { atMs }, toldPose } = shot;
    this.camera.looked(shot, detections);
    const seen = placeSightings(detections, toldPose);
    this.agent.world.see(seen, this.#ports.beganMs + atMs);
    const place = this.#mission && this.#placeOf(this.#mission);
    if (place) this.#mission?.looked(seen, place, atMs);
    return { drone: this.number, atMs, seen };
  }

  #placeOf({ track, task }: Mission): Vector | null {
    const shown = this.view.find(({ id }) => id === track);
    return shown?.position ?? (task.kind === "confirm" ? task.place : null);
  }

  // ---------------------------------------------------------------- deciding

  async decide(ms: number): Promise<void> {
    const target = this.view.find(({ id }) => id === this.#mission?.track);
    if (target) this.#mission?.follow(this.#reachable(target.position));
    const { asks } = await this.agent.decide();
    for (const { ask, occasion } of asks) this.#act(ask, occasion, ms);
  }

  #act(ask: Ask, { subject }: Occasion, ms: number): void {
    switch (ask.kind) {
      case "confirm":
        return this.#send(subject, ask.place);
      case "rate":
        return this.camera.setRate(ask.percent, ms + ask.forMs);
      case "mark": {
        const tile = tileAt(TILES, [ask.place[0] / 1000, ask.place[1] / 1000]);
        if (tile !== null) this.agent.world.mark(ask.mark, tile);
        return;
      }
      case "alert":
        return; // nobody is on board: it is told in words
    }
  }

  /** Of two tasks the second waits; of more the last. */
  #send(subject: string, [eastMm, northMm]: readonly [number, number]): void {
    const track = subject.replace(/^track /, "");
    const mission = new Mission(track, this.#reachable([eastMm / 1000, northMm / 1000]));
    if (this.#mission) this.#waiting = mission;
    else this.#mission = mission;
  }

  /** As near as a frame can be taken. */
  #reachable(place: Vector): Vector {
    const { scene } = this.#ports;
    return scene.middleOf(scene.cornerAt(place));
  }
}

/** The middle of the first tile of a row that lies at or beyond a place. */
function firstMiddle(place: number, tileM: number): number {
  return (Math.ceil(place / tileM - 0.5) + 0.5) * tileM;
}
