/** A camera's placement of outside origin: of a page, or of a disk that another version wrote. */
import type { CameraPlacement } from "./camera_placement.ts";
import type { PoseError } from "./camera_pose.ts";
import { MOST_PAIRS, type PointPair } from "./homography.ts";
import { isPlace, MOST_HEIGHT_M, MOST_POSITION_M, parsePose } from "./pose_bounds.ts";

type Fields = Readonly<Record<string, unknown>>;

/** All around: nobody knows where it looks. */
const MOST_ERROR_DEG = 180;

/** Null when it is none. Whether pairs of points give a mapping is for `fitHomography` to say. */
export function parsePlacement(value: unknown): CameraPlacement | null {
  if (!isFields(value)) return null;
  const pose = parsePose(value.pose);
  if (!pose) return null;
  if (value.kind === "pose") {
    const error = parseError(value.error);
    return error && { kind: "pose", pose, error };
  }
  if (value.kind !== "points") return null;
  const pairs = parsePairs(value.pairs);
  return pairs && { kind: "points", pairs, pose };
}

function parseError(value: unknown): PoseError | null {
  if (!isFields(value)) return null;
  const { positionM, heightM, headingDeg, tiltDeg, fovDeg } = value;
  if (!isError(positionM, MOST_POSITION_M) || !isError(heightM, MOST_HEIGHT_M)) return null;
  if (!isError(headingDeg, MOST_ERROR_DEG) || !isError(tiltDeg, MOST_ERROR_DEG)) return null;
  if (!isError(fovDeg, MOST_ERROR_DEG)) return null;
  return { positionM, heightM, headingDeg, tiltDeg, fovDeg };
}

function parsePairs(value: unknown): readonly PointPair[] | null {
  if (!Array.isArray(value) || value.length > MOST_PAIRS) return null;
  const pairs = value.map(parsePair);
  return pairs.every((pair) => pair !== null) ? pairs : null;
}

function parsePair(value: unknown): PointPair | null {
  if (!isFields(value) || !isFields(value.frame) || !isPlace(value.world)) return null;
  const { x, y } = value.frame;
  if (!isError(x, 1) || !isError(y, 1)) return null;
  const [east, north] = value.world;
  return { frame: { x, y }, world: [east, north] };
}

/** A number from 0 to `most`: a standard deviation, or a share. */
function isError(value: unknown, most: number): value is number {
  return typeof value === "number" && value >= 0 && value <= most;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
