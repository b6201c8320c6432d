/**
 * From a point of a camera's frame to the ground and back: a pinhole over a plane (Hartley & Zisserman,
 * "Multiple View Geometry", 2nd edition, chapter 6). Roll and lens distortion are taken as corrected.
 */
import type { Box } from "../observation.ts";
import { carried, plus } from "./covariance.ts";
import type { Covariance, Vector } from "./world_track.ts";

export interface CameraPose {
  /** Metres east and north of the site's origin. */
  readonly position: Vector;
  /** Above the ground, m. */
  readonly heightM: number;
  /** Clockwise from north. */
  readonly headingDeg: number;
  /** Below the horizon; 90 looks straight down. */
  readonly tiltDeg: number;
  /** Horizontal field of view, 0..180 without the ends. */
  readonly fovDeg: number;
  /** Width over height of the frame. */
  readonly aspect: number;
  /** Nothing is placed further away than this, m over the ground. */
  readonly rangeM: number;
}

/** Standard deviations of what the pose says. They stay the same from frame to frame. */
export interface PoseError {
  readonly positionM: number;
  readonly heightM: number;
  readonly headingDeg: number;
  readonly tiltDeg: number;
  readonly fovDeg: number;
}

/** A point in fractions of the frame: `x` from the left, `y` from the top. */
export interface FramePoint {
  readonly x: number;
  readonly y: number;
}

/** A level plane above the ground: where a thing's upper end is that stands on it. */
export interface Level {
  readonly heightM: number;
  /** Standard deviation of it. */
  readonly deviationM: number;
}

/** A point on the ground and how sure it is. */
export interface GroundPoint {
  readonly position: Vector;
  /** All of the uncertainty. */
  readonly covariance: Covariance;
  /** The part of it that the next frame will have alike: of the pose, a level, or a homography's fit. */
  readonly biasCovariance: Covariance;
}

type Direction = readonly [number, number, number];
/** Unit vectors in east, north, up. */
interface Axes {
  readonly forward: Direction;
  readonly right: Direction;
  readonly up: Direction;
}

const RADIANS = Math.PI / 180;

/** Where a thing touches the ground: the bottom centre of its box. */
export function footOf({ x, y, width, height }: Box): FramePoint {
  return { x: x + width / 2, y: y + height };
}

const GROUND: Level = { heightM: 0, deviationM: 0 };

/**
 * The point on the ground that a point of the frame shows, or below one on `level`, with its covariance to first
 * order: `frameError` is the standard deviation of the point in fractions of the frame. Null where the ray does not
 * meet the level within the camera's range.
 */
export function groundPoint(
  pose: CameraPose,
  point: FramePoint,
  frameError: FramePoint,
  poseError: PoseError,
  level = GROUND,
): GroundPoint | null {
  const ground = groundOf(pose, point, level.heightM);
  if (!ground) return null;
  const { direction, a, b, axes } = ray(pose, point);
  const by = (change: Direction) => shift(pose.heightM - level.heightM, direction, change);
  const half = halfWidth(pose);
  const widening = RADIANS / 2 * (1 + half * half) / half;
  const biasCovariance = carried([
    { by: [1, 0], deviation: poseError.positionM },
    { by: [0, 1], deviation: poseError.positionM },
    { by: scaled(direction, -1 / direction[2]), deviation: poseError.heightM },
    { by: scaled(direction, 1 / direction[2]), deviation: level.deviationM },
    {
      by: by([direction[1] * RADIANS, -direction[0] * RADIANS, 0]),
      deviation: poseError.headingDeg,
    },
    { by: by(sum(axes, b * RADIANS, 0, -RADIANS)), deviation: poseError.tiltDeg },
    { by: by(sum(axes, 0, a * widening, b * widening)), deviation: poseError.fovDeg },
  ]);
  const noise = carried([
    { by: by(sum(axes, 0, 2 * half, 0)), deviation: frameError.x },
    { by: by(sum(axes, 0, 0, -2 * half / pose.aspect)), deviation: frameError.y },
  ]);
  return { position: ground, covariance: plus(noise, biasCovariance), biasCovariance };
}

/** Without the uncertainty. Null where the ray does not meet the plane `heightM` above the ground in range. */
export function groundOf(pose: CameraPose, point: FramePoint, heightM = 0): Vector | null {
  const { direction } = ray(pose, point);
  const along = (heightM - pose.heightM) / direction[2];
  if (!(along > 0 && along < Infinity)) return null;
  const [east, north] = scaled(direction, along);
  if (!(east * east + north * north <= pose.rangeM * pose.rangeM)) return null;
  return [pose.position[0] + east, pose.position[1] + north];
}

/**
 * Where the camera shows a point of the world, `heightM` above the ground; outside of 0..1 it lies beside the
 * frame. Null behind the camera.
 */
export function frameOf(pose: CameraPose, [east, north]: Vector, heightM = 0): FramePoint | null {
  const { forward, right, up } = axesOf(pose);
  const to: Direction = [
    east - pose.position[0],
    north - pose.position[1],
    heightM - pose.heightM,
  ];
  const depth = dot(to, forward);
  if (!(depth > 0)) return null;
  const half = halfWidth(pose);
  return {
    x: (1 + dot(to, right) / depth / half) / 2,
    y: (1 - dot(to, up) / depth / half * pose.aspect) / 2,
  };
}

/** From the camera through a point of its frame: `forward + a right + b up`, not of length 1. */
function ray(pose: CameraPose, { x, y }: FramePoint) {
  const axes = axesOf(pose);
  const half = halfWidth(pose);
  const [a, b] = [(2 * x - 1) * half, (1 - 2 * y) * half / pose.aspect];
  return { direction: sum(axes, 1, a, b), a, b, axes };
}

function axesOf({ headingDeg, tiltDeg }: CameraPose): Axes {
  const [sinH, cosH] = [Math.sin(headingDeg * RADIANS), Math.cos(headingDeg * RADIANS)];
  const [sinT, cosT] = [Math.sin(tiltDeg * RADIANS), Math.cos(tiltDeg * RADIANS)];
  return {
    forward: [sinH * cosT, cosH * cosT, -sinT],
    right: [cosH, -sinH, 0],
    up: [sinH * sinT, cosH * sinT, cosT],
  };
}

/** Half of the frame's width at distance 1. */
function halfWidth({ fovDeg }: CameraPose): number {
  return Math.tan(fovDeg / 2 * RADIANS);
}

/** By how much the point moves, `dropM` below the camera, when the ray changes so: the derivative of −drop d / d_z. */
function shift(dropM: number, [x, y, z]: Direction, [dx, dy, dz]: Direction): Vector {
  const scale = -dropM / (z * z);
  return [scale * (dx * z - x * dz), scale * (dy * z - y * dz)];
}

function sum({ forward, right, up }: Axes, f: number, r: number, u: number): Direction {
  const at = (i: 0 | 1 | 2) => f * forward[i] + r * right[i] + u * up[i];
  return [at(0), at(1), at(2)];
}

function scaled([x, y]: Direction, factor: number): Vector {
  return [x * factor, y * factor];
}

function dot(a: Direction, b: Direction): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
