import type { CameraPose } from "../field/world/camera_pose.ts";
import { fitWithin, FRAME_LONGER_SIDE_PX } from "./frame_size.ts";
import type { Source } from "./sources/source.ts";

/** RGBA, 8 bits each, row-major; the buffer holds just this frame and may be transferred. */
export interface RgbaFrame {
  readonly width: number;
  readonly height: number;
  readonly rgba: ArrayBuffer;
  /** Where the camera was, if it moves and says so. */
  readonly pose?: CameraPose;
}

/**
 * Reads pictures as frames, scaled down. One canvas is kept for all of them. `VideoFrame.copyTo` would
 * save a copy, but it cannot scale, and scaling is what makes the frame cheap to hand over.
 */
export class FrameReader {
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;

  constructor() {
    const context = this.#canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!context) throw new Error("Cannot read frames: this browser gives no 2D canvas");
    this.#context = context;
  }

  /** With a longer side of at most `longerSide` pixels. Null while the source has no picture yet. */
  read({ element, size }: Source, longerSide = FRAME_LONGER_SIDE_PX): RgbaFrame | null {
    if (size.width === 0 || size.height === 0) return null;
    if (isVideo(element) && element.readyState < element.HAVE_CURRENT_DATA) return null;
    const { width, height } = fitWithin(size, longerSide);
    // setting a canvas's size clears it and costs an allocation
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      Object.assign(this.#canvas, { width, height });
    }
    this.#context.drawImage(element, 0, 0, width, height);
    const rgba = this.#context.getImageData(0, 0, width, height).data.buffer;
    return { width, height, rgba };
  }
}

function isVideo(element: Source["element"]): element is HTMLVideoElement {
  return element instanceof HTMLVideoElement;
}
