import type { CameraPose } from "../../field/world/camera_pose.ts";
import type { Vector } from "../../field/world/world_track.ts";

/** Width and height of the ground that a camera shows which looks straight down, m. */
export function groundSeen({ heightM, fovDeg, aspect }: CameraPose): Vector {
  const width = 2 * heightM * Math.tan(fovDeg / 2 * Math.PI / 180);
  return [width, width / aspect];
}
