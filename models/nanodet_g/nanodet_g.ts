import { FloatInput } from "../float_input.ts";
import { plannedDetector } from "../planned_detector.ts";
import type { ShippedDetector } from "../shipped_detector.ts";
import { IMAGE, MIN_SCORE } from "./compile_options.ts";
import { decode } from "./decode.ts";
import { LABELS } from "./labels.ts";
import { ORIGIN } from "./origin.ts";

/** Of the ONNX file that `build.ts` makes. It changes only with the source weights or the converter. */
const ONNX_SHA256 = "6a5a02b3ab9884ce9ce8d928f9fae502dce9fb96c8cf46e77b6d02d0012b03f7";
const ONNX_SIZE = 416;

const SHARED = {
  labels: LABELS,
  minScore: MIN_SCORE,
  ...ORIGIN,
} as const;

export const nanodetG: ShippedDetector = {
  ...SHARED,
  ...plannedDetector("nanodet-g", { labels: LABELS, firstClass: 0, inputSize: 416 }),
  name: "NanoDet-g",
  about: "Finds 80 kinds of things. The most accurate of those that run fast.",
  multiplyAdds: 2.09e9,
};

export const nanodetG320: ShippedDetector = {
  ...SHARED,
  ...plannedDetector("nanodet-g-320", { labels: LABELS, firstClass: 0, inputSize: 320 }),
  name: "NanoDet-g 320",
  about: "The same 80 kinds in two thirds of the time. Misses more that is small or far.",
  multiplyAdds: 1.24e9,
};

/** What the plans were made from, as it was trained: they are measured by it. */
export const nanodetGFp32: ShippedDetector = {
  ...SHARED,
  ...floatNanodet(ONNX_SIZE),
  id: "nanodet-g-fp32",
  name: "NanoDet-g fp32",
  runtime: "onnxruntime",
  url: `/models/nanodet-g-${ONNX_SHA256.slice(0, 8)}.onnx`,
  sha256: ONNX_SHA256,
  bytes: 7_607_161,
  about: "The same in full precision, through onnxruntime-web: slow, to compare with.",
  inputSize: ONNX_SIZE,
  multiplyAdds: 2.09e9,
};

/** Before and after the network in floats, `build.ts` at any input size. */
export function floatNanodet(inputSize: number): Pick<ShippedDetector, "prepare" | "decode"> {
  const input = new FloatInput(inputSize, IMAGE);
  return {
    prepare: (frame) => ({ image: input.of(frame) }),
    decode: (outputs) => decode(outputs, inputSize),
  };
}
