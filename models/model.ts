import type { Engine, Tensor } from "../kernels/engine.ts";

/** RGBA, 8 bits each, row-major, `data.length === width * height * 4`. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

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

/** A detector of the catalogue: what it is, and its work before and after the network. */
export interface Detector {
  readonly id: string;
  readonly name: string;
  /** Where the hub serves the network and what it must hash to. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly labels: readonly string[];
  /** Detections below this are noise for this network; the tracker decides above it. */
  readonly minScore: number;
  /** Frame of any size to the network's inputs. */
  prepare(frame: Frame): Readonly<Record<string, Tensor>>;
  /** The network's outputs to detections, best first, after non-maximum suppression. */
  decode(outputs: Readonly<Record<string, Tensor>>): ModelDetection[];
}

/** Runs one frame through a loaded engine. */
export async function detect(
  engine: Engine,
  detector: Detector,
  frame: Frame,
): Promise<ModelDetection[]> {
  return detector.decode(await engine.run(detector.prepare(frame)));
}
