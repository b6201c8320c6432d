import type { Frame } from "../../kernels/engine.ts";

/** How many frames every model answers in every runtime. */
export const FRAMES = 50;

/** Widths and heights; no network's own, smaller and larger ones, odd ones, one pixel high. */
const SIZES = [[640, 480], [416, 416], [333, 251], [97, 640], [801, 600], [320, 1], [
  64,
  64,
]] as const;
/** Of 65,536: how much of the picture a frame shows. */
const ZOOMS = [65536, 45000, 30000, 22000] as const;
const NOISE_EVERY = 10;

/** The same frames wherever this runs: parts of the pictures, some mirrored, some noise. Integers only. */
export function frameAt(index: number, pictures: readonly Frame[]): Frame {
  const [width, height] = SIZES[index % SIZES.length];
  if (index % NOISE_EVERY === NOISE_EVERY - 1) return noise(width, height, index);
  const picture = pictures[index % pictures.length];
  const zoom = ZOOMS[(index >> 2) % ZOOMS.length];
  const isMirrored = (index & 1) === 1;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const fromY = Math.floor((y * picture.height * zoom) / (height * 65536));
    for (let x = 0; x < width; x++) {
      const column = isMirrored ? width - 1 - x : x;
      const fromX = Math.floor((column * picture.width * zoom) / (width * 65536));
      const from = (fromY * picture.width + fromX) * 4;
      data.set(picture.data.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return { width, height, data };
}

function noise(width: number, height: number, seed: number): Frame {
  let state = seed + 1;
  const data = Uint8Array.from({ length: width * height * 4 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width, height, data };
}
