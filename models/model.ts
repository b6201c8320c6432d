import type { Engine, Frame, Tensors } from "../kernels/engine.ts";

export type { Frame } from "../kernels/engine.ts";

/** One object in one frame; `box` in fractions of the frame (0..1), top left and size. */
export interface ModelDetection {
  readonly label: string;
  readonly score: number;
  readonly box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
}

/** What runs a network: our own engine, if it was compiled to a plan, or onnxruntime-web, if it is ONNX. */
export type Runtime = "plan" | "onnxruntime";

/** A detector of the catalogue: what it is, and its work before and after the network. */
export interface Detector {
  readonly id: string;
  readonly name: string;
  readonly runtime: Runtime;
  /** Where the hub serves the network and what it must hash to. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly labels: readonly string[];
  /** Detections below this are noise for this network; the tracker decides above it. */
  readonly minScore: number;
  /** Frame of any size to the network's inputs. */
  prepare(frame: Frame): Tensors;
  /** What the network made of that frame: detections, best first, after non-maximum suppression. */
  decode(outputs: Tensors, frame: Frame): ModelDetection[];
}

/** Runs one frame through a loaded engine. */
export async function detect(
  engine: Engine,
  detector: Detector,
  frame: Frame,
): Promise<ModelDetection[]> {
  return detector.decode(await engine.run(detector.prepare(frame)), frame);
}
