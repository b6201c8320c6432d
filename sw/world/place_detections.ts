/** From what a camera shows to where it is on the ground. */
import type { Box, Detection } from "../../field/observation.ts";
import {
  type CameraPose,
  footOf,
  type FramePoint,
  type GroundPoint,
  groundPoint,
  type PoseError,
} from "../../field/world/camera_pose.ts";
import { groundByHomography, type Homography } from "../../field/world/homography.ts";
import { pointByHeight } from "../../field/world/point_by_height.ts";
import { usualHeight } from "../../field/world/usual_height.ts";
import type { PlacedDetection } from "../../field/world/world_tracker.ts";
import type { Look } from "../look.ts";

/** What a camera's frames are put on the ground by: its pose, or a mapping that was fitted to points of its frame. */
export type Eye =
  | { readonly kind: "pose"; readonly pose: CameraPose; readonly error: PoseError }
  | { readonly kind: "mapping"; readonly mapping: Homography; readonly tiltDeg: number };

/**
 * How wrong the pose is that a moving camera gives with each frame: of a drone with satellite navigation without
 * corrections (1.5 m standard deviation a coordinate under open sky), barometer, magnetometer and gimbal. A page
 * gives the pose without its error, so these hold for all that move.
 */
export const MOVING_ERROR: PoseError = {
  ...{ positionM: 1.5, heightM: 1, headingDeg: 3, tiltDeg: 1, fovDeg: 1 },
};
/** Nearer to the frame's edge, fractions of the frame, a box may go on beyond it: two pixels of 416. */
const EDGE = 0.005;
/**
 * How far off a box's foot is, as a share of the box: detectors' boxes overlap the thing by 0.8 to 0.9, so each side
 * is off by about a twentieth of the box. Never less than two pixels of 416.
 */
const OFF_BY = 0.05;
const LEAST_OFF = 0.005;
/** Where a camera is tilted by more, a thing is seen from above: its middle is where it stands, not its lower edge. */
const DOWN_DEG = 75;

export function movingEye(pose: CameraPose): Eye {
  return { kind: "pose", pose, error: MOVING_ERROR };
}

/** What of a look has a place in the world; the rest is left out. */
export function placeDetections(
  eye: Eye,
  { detections, width, height }: Pick<Look, "detections" | "width" | "height">,
): readonly PlacedDetection[] {
  const isDown = (eye.kind === "pose" ? eye.pose.tiltDeg : eye.tiltDeg) > DOWN_DEG;
  // the frame's own shape: a phone may have been turned since it was placed
  const shaped = eye.kind === "pose"
    ? { ...eye, pose: { ...eye.pose, aspect: width / height } }
    : eye;
  return detections.flatMap((one) => {
    const ground = isDown ? groundBelow(shaped, one) : groundBeside(shaped, one);
    return ground ? [{ label: one.label, confidence: one.score, ...ground }] : [];
  });
}

/** Of what is seen from above. */
function groundBelow(eye: Eye, { box }: Detection): GroundPoint | null {
  const { left, right, upper, lower } = cutsOf(box);
  return left || right || upper || lower ? null : groundOf(eye, middleOf(box), frameError(box));
}

/** Of what is seen from the side: by its foot, and if the frame cuts that off by its usual height. */
function groundBeside(eye: Eye, { label, box }: Detection): GroundPoint | null {
  const { left, right, upper, lower } = cutsOf(box);
  if (left || right) return null;
  if (!lower) return groundOf(eye, footOf(box), frameError(box));
  const height = usualHeight(label);
  if (upper || !height || eye.kind === "mapping") return null;
  return pointByHeight(eye.pose, topOf(box), height, frameError(box), eye.error);
}

function groundOf(eye: Eye, point: FramePoint, error: FramePoint): GroundPoint | null {
  return eye.kind === "mapping"
    ? groundByHomography(eye.mapping, point, error)
    : groundPoint(eye.pose, point, error, eye.error);
}

/** Where a thing may go on beyond the frame. */
function cutsOf({ x, y, width, height }: Box) {
  const [left, upper] = [x < EDGE, y < EDGE];
  return { left, upper, right: x + width > 1 - EDGE, lower: y + height > 1 - EDGE };
}

function topOf({ x, y, width }: Box): FramePoint {
  return { x: x + width / 2, y };
}

function middleOf({ x, y, width, height }: Box): FramePoint {
  return { x: x + width / 2, y: y + height / 2 };
}

/** Standard deviation, fractions of the frame. */
function frameError({ width, height }: Box): FramePoint {
  return { x: Math.max(LEAST_OFF, OFF_BY * width), y: Math.max(LEAST_OFF, OFF_BY * height) };
}
