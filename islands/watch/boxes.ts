import type { TrackedDetection } from "../../field/messages.ts";
import type { Box } from "../../field/observation.ts";
import { listed, twoDigits } from "../format.ts";

/** Above this fraction of the picture there is no room for a label over the box. */
const TOP_ROOM = 0.12;
/** Right of this fraction a label that begins at the box's left edge may leave the picture. */
const RIGHT_ROOM = 0.62;

/** Where a box's label goes so that the picture's edge does not cut it. */
export interface LabelPlace {
  readonly vertical: "above" | "inside";
  readonly horizontal: "left" | "right";
}

/** A box within the picture: what hangs over the edge is cut off. */
export function clippedBox(box: Box): Box {
  const x = clamp(box.x);
  const y = clamp(box.y);
  return { x, y, width: clamp(box.x + box.width) - x, height: clamp(box.y + box.height) - y };
}

/** Where the label of a (clipped) box goes. */
export function labelPlace(box: Box): LabelPlace {
  return {
    vertical: box.y < TOP_ROOM ? "inside" : "above",
    horizontal: box.x > RIGHT_ROOM ? "right" : "left",
  };
}

/** "person 81", or "airplane 43?" when unsure. */
export function boxWords(detection: TrackedDetection): string {
  return `${detection.label} ${twoDigits(detection.score)}${detection.unsure ? "?" : ""}`;
}

/** What is surely in view, for a listener: "In view: cat and person". Same view, same words. */
export function inViewWords(detections: readonly TrackedDetection[]): string {
  const labels = new Set(detections.filter(({ unsure }) => !unsure).map(({ label }) => label));
  if (labels.size === 0) return "Nothing in view";
  return `In view: ${listed([...labels].sort())}`;
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}
