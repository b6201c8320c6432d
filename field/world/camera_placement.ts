/** How a camera was placed in the world: what its detections are put on the ground by. */
import type { CameraPose, PoseError } from "./camera_pose.ts";
import type { PointPair } from "./homography.ts";

/** Its position, height and direction, measured or guessed. */
export interface PosePlacement {
  readonly kind: "pose";
  readonly pose: CameraPose;
  readonly error: PoseError;
}

/** Points of its frame that the user found on the plan: for a camera that does not move. */
export interface PointsPlacement {
  readonly kind: "points";
  readonly pairs: readonly PointPair[];
  /** Where it stands and looks, for the plan alone. */
  readonly pose: CameraPose;
}

export type CameraPlacement = PosePlacement | PointsPlacement;
