import type { Box, FrameSize } from "./observation.ts";

/** Room around the object, as a share of its size: what it stands in helps to judge it. */
const MARGIN = 0.15;

/** A rectangle in pixels of the frame. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a thumbnail shows: the box with its margin in whole pixels, inside the frame, at least one pixel. */
export function cropOf({ width, height }: FrameSize, box: Box): Crop {
  const x = clamp(Math.floor((box.x - MARGIN * box.width) * width), 0, width - 1);
  const y = clamp(Math.floor((box.y - MARGIN * box.height) * height), 0, height - 1);
  const right = clamp(Math.ceil((box.x + (1 + MARGIN) * box.width) * width), x + 1, width);
  const bottom = clamp(Math.ceil((box.y + (1 + MARGIN) * box.height) * height), y + 1, height);
  return { x, y, width: right - x, height: bottom - y };
}

/**
 * Where the object is in its thumbnail, in fractions of the thumbnail. Without the frame's size the crop
 * is as if pixels were infinitely small: off by less than one pixel of the frame.
 */
export function boxInThumbnail(box: Box, size: FrameSize | undefined): Box {
  const frame = size ?? { width: FINE, height: FINE };
  const crop = cropOf(frame, box);
  const [left, right] = shares(box.x, box.width, frame.width, crop.x, crop.width);
  const [top, bottom] = shares(box.y, box.height, frame.height, crop.y, crop.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const FINE = 1 << 24;

/** Both ends of a side of the box within the crop, 0 to 1. */
function shares(
  begin: number,
  length: number,
  frame: number,
  cropBegin: number,
  cropLength: number,
): [number, number] {
  const share = (at: number) => clamp((at * frame - cropBegin) / cropLength, 0, 1);
  return [share(begin), share(begin + length)];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
