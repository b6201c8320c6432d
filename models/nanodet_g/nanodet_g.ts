import type { Detector } from "../model.ts";
import { decode, MIN_SCORE } from "./decode.ts";
import { LABELS } from "./labels.ts";
import { prepare } from "./prepare.ts";

const SHA256 = "546932330c99e1b3e9034f249d0f818721436a95f619e086d70b484813cca43c";

/** NanoDet-g 416, 80 classes of COCO. Its card is the README beside this file. */
export const nanodetG: Detector = {
  id: "nanodet-g",
  name: "NanoDet-g 416",
  url: `/models/nanodet-g-${SHA256.slice(0, 8)}.onnx`,
  sha256: SHA256,
  bytes: 7_595_926,
  labels: LABELS,
  minScore: MIN_SCORE,
  prepare,
  decode,
};
