import type { Detector } from "./model.ts";
import { nanodetG } from "./nanodet_g/nanodet_g.ts";

/** Every detector that the app ships. */
export const detectors: readonly Detector[] = [nanodetG];

/** What runs unless the user chose another. */
export const defaultDetector: Detector = nanodetG;

/** The detector with this id; undefined when the catalogue has none. */
export function detectorById(id: string): Detector | undefined {
  return detectors.find((detector) => detector.id === id);
}
