/** Frames of a batch in one buffer: a header for each, then their pixels. `image.wgsl` reads it. */
import type { Frame } from "../engine.ts";
import type { Letterbox } from "./sampling.ts";

/** width, height, address of the pixels; left, top, width, height of the letterbox; 0 */
const HEADER_WORDS = 8;

export interface PlacedFrame {
  readonly frame: Frame;
  /** Byte address of its pixels. */
  readonly at: number;
}

/** Where each frame's pixels lie, and where the last one's end. */
export function placeFrames(frames: readonly Frame[]): { placed: PlacedFrame[]; bytes: number } {
  let bytes = frames.length * HEADER_WORDS * 4;
  const placed = frames.map((frame) => {
    const at = bytes;
    bytes += frame.width * frame.height * 4;
    return { frame, at };
  });
  return { placed, bytes };
}

/** The headers of all frames. */
export function frameHeaders(
  placed: readonly PlacedFrame[],
  boxOf: (frame: Frame) => Letterbox,
): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(placed.flatMap(({ frame, at }) => {
    const { left, top, width, height } = boxOf(frame);
    return [frame.width, frame.height, at, left, top, width, height, 0];
  }));
}
