import { plannedDetector } from "../planned_detector.ts";
import type { ShippedDetector } from "../shipped_detector.ts";
import { LABELS } from "./labels.ts";
import { ORIGIN } from "./origin.ts";
import { FIRST_CLASS, INPUT_SIZE, MIN_SCORE } from "./output_format.ts";

export const ssdMobilenetv2: ShippedDetector = {
  ...ORIGIN,
  ...plannedDetector("ssd-mobilenetv2", {
    labels: LABELS,
    firstClass: FIRST_CLASS,
    inputSize: INPUT_SIZE,
  }),
  name: "SSD MobileNetV2",
  about: "The fastest. Finds 23 kinds of things, large ones best.",
  multiplyAdds: 0.67e9,
  minScore: MIN_SCORE,
};
