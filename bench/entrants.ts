/** Who is timed on what, and who is compared with whom. */
import type { Entrant, EntrantInput } from "./browser/entrant.ts";
import { INPUT } from "./networks/mobilenet_v2.ts";

export interface Comparison {
  /** Of the row: what of ours is timed. */
  readonly row: string;
  readonly ours: string;
  readonly peer: string;
  readonly theirs: string;
}

const PIXELS = { name: INPUT.name, type: "float32" } as const;
const PLANES: EntrantInput = {
  ...PIXELS,
  shape: [1, INPUT.channels, INPUT.side, INPUT.side],
  address: "/inputs/mobilenet-planes",
};
/** LiteRT and tfjs have channels last. */
const INTERLEAVED: EntrantInput = {
  ...PIXELS,
  shape: [1, INPUT.side, INPUT.side, INPUT.channels],
  address: "/inputs/mobilenet-interleaved",
};
const MOBILENET_PLAN = { network: "/networks/mobilenetv2.plan", input: PLANES };

/** MobileNetV2 of one set of weights in each engine's format: all must give nearly the same answer. */
export const CLASSIFIERS: readonly Entrant[] = [
  entrant("onnxruntime", "mobilenetv2-fp32", {
    network: "/networks/mobilenetv2-fp32.onnx",
    input: PLANES,
  }),
  entrant("onnxruntime", "mobilenetv2-int8", {
    network: "/networks/mobilenetv2-qdq.onnx",
    input: PLANES,
  }),
  entrant("litert-relaxed", "mobilenetv2-int8", {
    network: "/networks/mobilenetv2.tflite",
    input: INTERLEAVED,
  }),
  entrant("litert-compat", "mobilenetv2-int8", {
    network: "/networks/mobilenetv2.tflite",
    input: INTERLEAVED,
  }),
  entrant("tfjs-wasm", "mobilenetv2-fp32", { network: "", input: INTERLEAVED }),
  entrant("fieldmesh-relaxed", "mobilenetv2-int8", MOBILENET_PLAN),
  entrant("fieldmesh-plain", "mobilenetv2-int8", MOBILENET_PLAN),
];

/** By the id of the plan that ships. */
export const DETECTORS = [
  { id: "nanodet-g", row: "nanodet-g-416", size: 416 },
  { id: "nanodet-g-320", row: "nanodet-g-320", size: 320 },
  { id: "ssd-mobilenetv2", row: "ssd-mobilenetv2", size: 300 },
] as const;

/** Ours goes from a camera's frame to detections; onnxruntime runs the network alone. */
export function detectorEntrants(frame: { readonly height: number; readonly width: number }) {
  return DETECTORS.flatMap(({ id, row, size }) => {
    const input: EntrantInput = {
      name: "image",
      type: "uint8",
      shape: [frame.height, frame.width, 4],
      address: "/inputs/frame",
    };
    const planes: EntrantInput = {
      name: "image",
      type: "float32",
      shape: [1, 3, size, size],
      address: `/inputs/${row}`,
    };
    const ours = { network: `/networks/${id}.plan`, input };
    return [
      entrant("onnxruntime", row, { network: `/networks/${row}.onnx`, input: planes }),
      entrant("fieldmesh-relaxed", row, ours),
      entrant("fieldmesh-plain", row, ours),
    ];
  });
}

/** The rows that the project is held to come first: DESIGN.md, "Numbers". */
export const COMPARISONS: readonly Comparison[] = [
  compare("mobilenetv2-int8", "litert-relaxed"),
  comparePlain("mobilenetv2-int8", "litert-compat"),
  compare("mobilenetv2-int8", "onnxruntime-int8"),
  compare("nanodet-g-416", "onnxruntime-fp32"),
  compare("mobilenetv2-int8", "onnxruntime-fp32", "onnxruntime mobilenetv2-fp32"),
  compare("mobilenetv2-int8", "tfjs-wasm-fp32", "tfjs-wasm mobilenetv2-fp32"),
  comparePlain("nanodet-g-416", "onnxruntime-fp32"),
  ...(["nanodet-g-320", "ssd-mobilenetv2"] as const).flatMap((row) => [
    compare(row, "onnxruntime-fp32"),
    comparePlain(row, "onnxruntime-fp32"),
  ]),
];

function compare(row: string, peer: string, theirs = `${engineOf(peer)} ${row}`): Comparison {
  return { row, ours: `fieldmesh-relaxed ${row}`, peer, theirs };
}

function comparePlain(row: string, peer: string): Comparison {
  return {
    row: `${row}-plain-simd`,
    ours: `fieldmesh-plain ${row}`,
    peer,
    theirs: `${engineOf(peer)} ${row}`,
  };
}

/** `onnxruntime-int8` is a peer's name in the table of goals: the engine and its numbers. */
function engineOf(peer: string): string {
  return peer.replace(/-(int8|fp32)$/, "");
}

function entrant<E extends Entrant["engine"]>(
  engine: E,
  network: string,
  files: Pick<Entrant, "network" | "input">,
): Entrant<E> {
  return { name: `${engine} ${network}`, engine, ...files };
}
