import {
  type CameraPose,
  frameOf,
  type FramePoint,
  groundOf,
  type GroundPoint,
  groundPoint,
  type Level,
  type PoseError,
} from "./camera_pose.ts";
import { distance2 } from "./covariance.ts";

/**
 * Deviations. A camera that is not sure to be above a thing's upper end, or below it, may have it at any distance;
 * and a foot that would be in the frame, as sure as that, is not where the frame cuts it off.
 */
const SURE = 3;

/**
 * Where a thing stands whose foot the frame's lower edge cuts off: its upper end is known to be so high. Null where
 * that tells nothing, or where what the frame shows cannot be so high: a thing on something else, a wrong pose.
 */
export function pointByHeight(
  pose: CameraPose,
  top: FramePoint,
  height: Level,
  frameError: FramePoint,
  poseError: PoseError,
): GroundPoint | null {
  const doubtM = Math.hypot(poseError.heightM, height.deviationM);
  if (Math.abs(pose.heightM - height.heightM) < SURE * doubtM) return null;
  const point = groundPoint(pose, top, frameError, poseError, height);
  return point && mayBeCut(pose, point) ? point : null;
}

/** Its foot is below the frame, or hardly in it. */
function mayBeCut(pose: CameraPose, { position, covariance }: GroundPoint): boolean {
  const foot = frameOf(pose, position);
  if (!foot || foot.y >= 1) return true;
  const furthest = groundOf(pose, { x: foot.x, y: 1 });
  return furthest !== null && distance2(position, furthest, covariance) <= SURE * SURE;
}
