/** Where a drone's camera is, and where the drone believes it to be. */
import type { CameraPose, PoseError } from "../world/camera_pose.ts";
import type { Vector } from "../world/world_track.ts";
import type { Chance } from "./chance.ts";
import { FOV_DEG, FRAME_M, HEIGHT_M } from "./layout.ts";

/** What the receiver of a small drone is off by: a good fix with corrections (SBAS). The camera is levelled. */
export const POSE_ERROR: PoseError = {
  ...{ positionM: 0.4, heightM: 0.3, headingDeg: 1, tiltDeg: 0.1, fovDeg: 0.1 },
};
/** The error of a fix drifts: after so long it is another. */
const DRIFT_S = 60;

/** With the camera straight down and north on top, so that it sees things as the detector knows them. */
export function poseAt(position: Vector): CameraPose {
  return {
    ...{ position, heightM: HEIGHT_M, headingDeg: 0, tiltDeg: 90, fovDeg: FOV_DEG, aspect: 1 },
    rangeM: FRAME_M,
  };
}

/** First-order Gauss–Markov error of a receiver's fix, and errors of height and compass that stay. */
export class PoseDrift {
  readonly #chance: Chance;
  readonly #heightM: number;
  readonly #headingDeg: number;
  #off: Vector;

  constructor(chance: Chance) {
    this.#chance = chance;
    this.#heightM = POSE_ERROR.heightM * chance.normal();
    this.#headingDeg = POSE_ERROR.headingDeg * chance.normal();
    this.#off = [POSE_ERROR.positionM * chance.normal(), POSE_ERROR.positionM * chance.normal()];
  }

  /** So many seconds pass. */
  pass(seconds: number): void {
    const kept = 1 - seconds / DRIFT_S;
    // keeps the deviation as it is: kept² + fresh² = 1
    const fresh = POSE_ERROR.positionM * Math.sqrt(1 - kept * kept);
    const next = (off: number) => kept * off + fresh * this.#chance.normal();
    this.#off = [next(this.#off[0]), next(this.#off[1])];
  }

  /** What the drone takes its pose for. */
  told({ position: [east, north], ...pose }: CameraPose): CameraPose {
    return {
      ...{ ...pose, position: [east + this.#off[0], north + this.#off[1]] },
      heightM: pose.heightM + this.#heightM,
      headingDeg: (pose.headingDeg + this.#headingDeg + 360) % 360,
    };
  }
}
