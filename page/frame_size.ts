export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Enough for a detector that works at 416 pixels, and 1.2 MB at most to hand over. */
export const FRAME_LONGER_SIDE_PX = 640;
/** While whole frames are kept with observations: what a person can look at, and 4.9 MB at most to hand over. */
export const KEPT_FRAME_LONGER_SIDE_PX = 1280;

/** Shrinks, never enlarges, so that the longer side is at most `longerSide`; each side at least 1 pixel. */
export function fitWithin({ width, height }: Size, longerSide: number): Size {
  const scale = Math.min(1, longerSide / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}
