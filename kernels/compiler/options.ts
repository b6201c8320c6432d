import type { Frame, Tensors } from "../engine.ts";
import type { Provenance } from "../plan.ts";

/** A frame as the input: the plan scales it and makes the network's numbers, (pixel − mean) / deviation. */
export interface ImageInput {
  readonly fit: "stretch" | "letterbox";
  /** Of each network channel: which of R, G, B (0, 1, 2). */
  readonly order: readonly number[];
  /** Of each network channel, on pixel values 0..255. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Pixel value of a letterbox's bars. */
  readonly fill: number;
}

interface Head {
  /** Detections below it are dropped, 0..1. */
  readonly minScore: number;
  /** Two boxes of a class that overlap more (intersection over union) are one. */
  readonly maxOverlap: number;
  readonly maxDetections: number;
}

/** Boxes as distributions (plan.ts, DecodeDistributionOp); values are ONNX names of logits, N C H W. */
export interface DistributionHead extends Head {
  readonly kind: "distribution";
  readonly bins: number;
  readonly levels: readonly {
    readonly scores: string;
    readonly boxes: string;
    readonly stride: number;
  }[];
}

/** SSD (plan.ts, DecodeAnchorsOp); values are ONNX names of the convolutions' outputs, N C H W. */
export interface AnchorHead extends Head {
  readonly kind: "anchors";
  readonly classes: number;
  readonly firstClass: number;
  readonly centreScale: number;
  readonly sizeScale: number;
  readonly levels: readonly {
    readonly scores: string;
    readonly boxes: string;
    /** Of each anchor of each cell: centre x, centre y, width, height in fractions of the input. */
    readonly anchors: readonly (readonly [number, number, number, number])[];
    readonly anchorsPerCell: number;
  }[];
}

export interface CompileOptions {
  readonly precision: "int8" | "fp32";
  /** Instead of the file's shape: 1x3x320x320. */
  readonly inputShape?: readonly number[];
  /** Instead of the file's outputs: any values' names. */
  readonly outputs?: readonly string[];
  readonly image?: ImageInput;
  /** Makes the plan end in one output `detections` instead. Needs `image`. */
  readonly head?: DistributionHead | AnchorHead;
  /** How calibration makes the input of a frame where `image` is left out: the plan takes tensors then. */
  readonly pictures?: ImageInput;
  /** What int8 ranges are measured on: frames with `image` or `pictures`, else tensors. May be empty for QDQ models. */
  readonly calibration: readonly (Frame | Tensors)[];
  readonly provenance: Omit<Provenance, "compiler" | "calibration">;
}
