/** How well each figure of a camera's place is known, in words. Pure. */
import type { PoseError } from "../../field/world/camera_pose.ts";
import type { CameraPlacement } from "../../field/world/camera_placement.ts";
import { placeWords, windOf } from "./place_words.ts";

/** Within two standard deviations: 95 times in 100. */
const DEVIATIONS = 2;

const UNITS: Readonly<Record<keyof PoseError, string>> = {
  positionM: "m",
  heightM: "m",
  headingDeg: "°",
  tiltDeg: "°",
  fovDeg: "°",
};

/** "± 0.6 m", "± 8°". */
export function withinWords(figure: keyof PoseError, error: PoseError): string {
  const unit = UNITS[figure];
  const within = error[figure] * DEVIATIONS;
  const digits = unit === "m" && within < 10 ? within.toFixed(1) : within.toFixed(0);
  return `± ${digits}${unit === "m" ? " m" : unit}`;
}

/** "2.0 m east, 0.0 m north, 3.0 m up, looks north, 20° down." */
export function cameraWords(camera: CameraPlacement): string {
  const { position, heightM, headingDeg, tiltDeg } = camera.pose;
  const where = `${placeWords(position)}, ${heightM.toFixed(1)} m up`;
  if (camera.kind === "points") {
    return `By ${camera.pairs.length} points of its picture; it stands ${where}.`;
  }
  return `${where}, looks ${windOf(headingDeg)} and ${tiltDeg.toFixed(0)}° down.`;
}
