/** Which poses are taken of others, of pages and of disks. Within these bounds all that is made of one is finite. */
import type { CameraPose } from "./camera_pose.ts";
import type { Vector } from "./world_track.ts";

/** Metres from the site's origin; as far as tracks go (`own_world.ts`). */
export const MOST_POSITION_M = 100_000;
export const MOST_HEIGHT_M = 10_000;
export const MOST_RANGE_M = 100_000;
/** A millimetre of height or range, a thousandth of a degree of view: less is none. */
export const LEAST_M = 0.001;
export const LEAST_FOV_DEG = 0.001;
export const MOST_FOV_DEG = 179.999;
/** A tenth as wide as high, and the reverse. */
export const LEAST_ASPECT = 0.1;
export const MOST_ASPECT = 10;
/** Once around, either way. */
export const MOST_HEADING_DEG = 360;

export function isSoundPose(pose: CameraPose): boolean {
  const { position, heightM, headingDeg, tiltDeg, fovDeg, aspect, rangeM } = pose;
  return isPlace(position) && isFrom(LEAST_M, heightM, MOST_HEIGHT_M) &&
    isFrom(-MOST_HEADING_DEG, headingDeg, MOST_HEADING_DEG) && isFrom(-90, tiltDeg, 90) &&
    isFrom(LEAST_FOV_DEG, fovDeg, MOST_FOV_DEG) && isFrom(LEAST_ASPECT, aspect, MOST_ASPECT) &&
    isFrom(LEAST_M, rangeM, MOST_RANGE_M);
}

/** Of outside origin, as an object; null when it is no sound pose. Other fields are left out. */
export function parsePose(value: unknown): CameraPose | null {
  if (typeof value !== "object" || value === null) return null;
  const { position, heightM, headingDeg, tiltDeg, fovDeg, aspect, rangeM } = value as Readonly<
    Record<string, unknown>
  >;
  if (!isPlace(position) || !isFinite(heightM) || !isFinite(headingDeg)) return null;
  if (!isFinite(tiltDeg) || !isFinite(fovDeg) || !isFinite(aspect) || !isFinite(rangeM)) {
    return null;
  }
  const [east, north] = position;
  const pose = {
    ...{ position: [east, north] as const, heightM, headingDeg, tiltDeg },
    ...{ fovDeg, aspect, rangeM },
  };
  return isSoundPose(pose) ? pose : null;
}

/** Two numbers, on what tracks are placed on. */
export function isPlace(value: unknown): value is Vector {
  return Array.isArray(value) && value.length === 2 &&
    value.every((one) => isFrom(-MOST_POSITION_M, one, MOST_POSITION_M));
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

/** False for what is no number. */
function isFrom(least: number, value: unknown, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}
