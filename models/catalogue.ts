import { nanodetG, nanodetG320, nanodetGFp32 } from "./nanodet_g/nanodet_g.ts";
import type { ShippedDetector } from "./shipped_detector.ts";
import { ssdMobilenetv2 } from "./ssd_mobilenetv2/ssd_mobilenetv2.ts";

/** In the order in which they are offered. */
export const detectors: readonly ShippedDetector[] = [
  nanodetG,
  nanodetG320,
  ssdMobilenetv2,
  nanodetGFp32,
];

/** What a device watches with until it is told otherwise. */
export const defaultDetector: ShippedDetector = nanodetG;

/** Undefined when no such model ships. */
export function detectorById(id: string): ShippedDetector | undefined {
  return detectors.find((detector) => detector.id === id);
}
