/** How a track is drawn: its kind by the mark's shape, how sure it is by dashes and a question mark. */
import type { WorldTrack } from "../../field/world/world_track.ts";
import { twoDigits } from "../format.ts";

export const SHAPES = ["person", "vehicle", "animal", "other"] as const;
export type TrackShape = typeof SHAPES[number];

/** Below this share of the agents' confidence a label is asked, not said. */
const SURE_FROM = 0.5;

const VEHICLES: ReadonlySet<string> = new Set(
  ["bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat"],
);
const ANIMALS: ReadonlySet<string> = new Set(
  ["bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "animal"],
);

export function shapeOf({ label }: Pick<WorldTrack, "label">): TrackShape {
  if (label === "person") return "person";
  if (VEHICLES.has(label)) return "vehicle";
  return ANIMALS.has(label) ? "animal" : "other";
}

export function isSure({ confidence }: Pick<WorldTrack, "confidence">): boolean {
  return confidence >= SURE_FROM;
}

/** As over the camera's picture: "person 81", or "dog 43?" when unsure. */
export function trackTag(track: Pick<WorldTrack, "label" | "confidence">): string {
  return `${track.label} ${twoDigits(track.confidence)}${isSure(track) ? "" : "?"}`;
}

/** SVG paths around 0, 0, in px. */
export const SHAPE_PATHS: Readonly<Record<TrackShape, string>> = {
  person: "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0Z",
  vehicle: "M-7 -7H7V7H-7Z",
  animal: "M0 -9L9 0L0 9L-9 0Z",
  other: "M0 -8.5L8.5 6.5H-8.5Z",
};

export const SHAPE_NAMES: Readonly<Record<TrackShape, string>> = {
  person: "Person",
  vehicle: "Vehicle",
  animal: "Animal",
  other: "Anything else",
};
