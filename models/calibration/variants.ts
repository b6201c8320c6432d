import type { Frame } from "../../kernels/engine.ts";

/** In fractions of the frame, 0..1. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a frame, which is a zoom: the network's input is the same size for all. */
export function cropped(frame: Frame, crop: Crop): Frame {
  const left = Math.floor(crop.left * frame.width);
  const top = Math.floor(crop.top * frame.height);
  const width = Math.max(Math.floor(crop.width * frame.width), 1);
  const height = Math.max(Math.floor(crop.height * frame.height), 1);
  const data = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * frame.width + left) * 4;
    data.set(frame.data.subarray(from, from + width * 4), row * width * 4);
  }
  return { width, height, data };
}

/** Left and right exchanged. */
export function mirrored({ width, height, data }: Frame): Frame {
  const pixels = new Uint8Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + width - 1 - column) * 4;
      pixels.set(data.subarray(from, from + 4), (row * width + column) * 4);
    }
  }
  return { width, height, data: pixels };
}

/** Brighter by `percent` (100: as it is), cut at white. */
export function brightened({ width, height, data }: Frame, percent: number): Frame {
  const lit = Uint8Array.from(
    data,
    (value, at) => at % 4 === 3 ? value : Math.min(Math.floor(value * percent / 100), 255),
  );
  return { width, height, data: lit };
}

/** Seen from `times` as far: the frame amid grey, an integer times as wide and high. */
export function farther({ width, height, data }: Frame, times: number): Frame {
  const wide = width * times;
  const pixels = new Uint8Array(wide * height * times * 4).fill(GREY);
  const left = (wide - width) >> 1;
  const top = (height * times - height) >> 1;
  for (let row = 0; row < height; row++) {
    const line = data.subarray(row * width * 4, (row + 1) * width * 4);
    pixels.set(line, ((top + row) * wide + left) * 4);
  }
  return { width: wide, height: height * times, data: pixels };
}

const GREY = 128;
