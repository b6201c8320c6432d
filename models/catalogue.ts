import { nanodetG } from "./nanodet_g/nanodet_g.ts";
import type { ShippedDetector } from "./shipped_detector.ts";

export const detectors: readonly ShippedDetector[] = [nanodetG];

/** What a device watches with until it is told otherwise. */
export const defaultDetector: ShippedDetector = nanodetG;

/** Undefined when no such model ships. */
export function detectorById(id: string): ShippedDetector | undefined {
  return detectors.find((detector) => detector.id === id);
}
