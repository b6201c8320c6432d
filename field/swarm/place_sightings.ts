import type { Detection } from "../observation.ts";
import { type CameraPose, type FramePoint, groundPoint } from "../world/camera_pose.ts";
import type { PlacedDetection } from "../world/world_tracker.ts";
import { POSE_ERROR } from "./drone_pose.ts";

/** Below it a detection counts for nothing: as for observations (`../tracker.ts`). */
export const SURE = 0.4;
/** What the edge of a frame cuts has no middle to go by; a box that ends so near to the edge may be cut, in fractions. */
const EDGE = 0.01;
/** Standard deviation of a box's middle, in fractions of the frame: 3 of 416 pixels (`tests/swarm_detector_test.ts`). */
const FRAME_ERROR = { x: 0.007, y: 0.007 };

/** What a frame showed, on the ground, by where its drone believed to be: seen from above, a thing is at its middle. */
export function placeSightings(
  detections: readonly Detection[],
  pose: CameraPose,
): readonly PlacedDetection[] {
  return detections.filter(({ score, box }) => score >= SURE && !isCut(box)).flatMap((one) => {
    const point = groundPoint(pose, middleOf(one.box), FRAME_ERROR, POSE_ERROR);
    return point ? [{ label: one.label, confidence: one.score, ...point }] : [];
  });
}

function isCut({ x, y, width, height }: Detection["box"]): boolean {
  return x < EDGE || y < EDGE || x + width > 1 - EDGE || y + height > 1 - EDGE;
}

function middleOf({ x, y, width, height }: Detection["box"]): FramePoint {
  return { x: x + width / 2, y: y + height / 2 };
}
