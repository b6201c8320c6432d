import { FrameGate, type Verdict } from "../schedule/frame_gate.ts";
import type { Detection } from "../observation.ts";
import type { CameraPose } from "../world/camera_pose.ts";
import { FRAME_PX } from "./layout.ts";
import type { SwarmFrame } from "./swarm_options.ts";
import type { FrameCounts } from "./swarm_report.ts";
import type { SwarmScene } from "./swarm_scene.ts";

/** Frames a second, unless a decision raises or lowers it. */
export const BASE_RATE_HZ = 4;

/** A frame, and where it was taken. */
export interface Shot {
  readonly frame: SwarmFrame;
  readonly verdict: Verdict;
  /** Where the drone believed to be. */
  readonly toldPose: CameraPose;
}

/** A drone's camera: when it takes frames, and which of them are worth the detector. */
export class DroneCamera {
  readonly #drone: number;
  readonly #scene: SwarmScene;
  readonly #gate = new FrameGate();
  #counts: FrameCounts = { taken: 0, looked: 0, skipped: 0 };
  #last: SwarmFrame | null = null;
  #detections: readonly Detection[] = [];
  #nextAtMs = 0;
  #percent = 100;
  #percentUntilMs = 0;

  constructor(drone: number, scene: SwarmScene) {
    this.#drone = drone;
    this.#scene = scene;
  }

  get counts(): FrameCounts {
    return this.#counts;
  }

  get last(): SwarmFrame | null {
    return this.#last;
  }

  /** Of the last frame that was looked at. */
  get detections(): readonly Detection[] {
    return this.#detections;
  }

  rateHz(atMs: number): number {
    return BASE_RATE_HZ * (atMs < this.#percentUntilMs ? this.#percent : 100) / 100;
  }

  /** For so long another rate, in percent of the usual one. */
  setRate(percent: number, untilMs: number): void {
    this.#percent = percent;
    this.#percentUntilMs = untilMs;
  }

  /** The frame that is due, when one is and it is worth a look; `atMs` since the start. */
  shoot(pose: CameraPose, toldPose: CameraPose, atMs: number): Shot | null {
    if (atMs < this.#nextAtMs) return null;
    this.#nextAtMs = Math.max(this.#nextAtMs + 1000 / this.rateHz(atMs), atMs);
    const corner = this.#scene.cornerAt(pose.position);
    const data = this.#scene.render(corner, atMs);
    const size = { width: FRAME_PX, height: FRAME_PX };
    const frame: SwarmFrame = { ...size, data, drone: this.#drone, atMs, corner };
    this.#last = frame;
    const verdict = this.#gate.judge(frame, atMs);
    const { taken, looked, skipped } = this.#counts;
    const { look } = verdict;
    this.#counts = look
      ? { taken: taken + 1, looked: looked + 1, skipped }
      : { taken: taken + 1, looked, skipped: skipped + 1 };
    return look ? { frame, verdict, toldPose } : null;
  }

  /** What the detector made of it. */
  looked({ verdict }: Shot, detections: readonly Detection[]): void {
    this.#gate.looked(verdict, detections);
    this.#detections = detections;
  }
}
