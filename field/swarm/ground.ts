/**
 * The ground that the swarm flies over: the grain of a table of one of the free pictures, mirrored without end,
 * made dark, green and uneven. The detector sees nothing in it (`tests/swarm_detector_test.ts`).
 */
import type { Picture } from "../cutout/cutout.ts";
import type { Canvas } from "./canvas.ts";
import { Chance } from "./chance.ts";

/** The part of the picture that shows the table alone: left, top, right, bottom. */
const GRAIN = [492, 96, 598, 396] as const;
/** Ground pixels for one of the picture. */
const ENLARGED = 3;
/** Between the knots of the unevenness, pixels. */
const KNOT = 96;
/** Of 256, of what the grain is lit with: red, green, blue. */
const TINT = [84, 108, 66] as const;
/** By how much light and dark patches differ from the mean, of 256. */
const UNEVEN = 88;
const OPAQUE = 0xff000000 | 0;

/** `table`: the picture of the coffee cup. */
export function paintGround(table: Picture, width: number, height: number, seed: number): Canvas {
  const pixels = new Int32Array(width * height);
  const patches = patchesOf(width, height, new Chance(seed));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = greyAt(table, x, y) * patches(x, y) >> 8;
      const [red, green, blue] = TINT.map((tint) => light * tint >> 8);
      pixels[y * width + x] = red | green << 8 | blue << 16 | OPAQUE;
    }
  }
  return { width, height, pixels };
}

function greyAt({ width, data }: Picture, x: number, y: number): number {
  const [left, top, right, bottom] = GRAIN;
  const u = left + mirrored(Math.floor(x / ENLARGED), right - left);
  const v = top + mirrored(Math.floor(y / ENLARGED), bottom - top);
  const at = (v * width + u) * 4;
  return data[at] * 77 + data[at + 1] * 150 + data[at + 2] * 29 >> 8;
}

/** There and back again. */
function mirrored(value: number, size: number): number {
  const at = value % (2 * size);
  return at < size ? at : 2 * size - 1 - at;
}

/** Light patches between knots, in 1/256: value noise, linear in whole numbers. */
function patchesOf(
  width: number,
  height: number,
  chance: Chance,
): (x: number, y: number) => number {
  const across = Math.ceil(width / KNOT) + 2;
  const count = across * (Math.ceil(height / KNOT) + 2);
  const knots = Int32Array.from({ length: count }, () => 256 + chance.below(2 * UNEVEN) - UNEVEN);
  return (x, y) => {
    const [column, row] = [Math.floor(x / KNOT), Math.floor(y / KNOT)];
    const [right, down] = [x - column * KNOT, y - row * KNOT];
    const at = row * across + column;
    const upper = knots[at] * (KNOT - right) + knots[at + 1] * right;
    const lower = knots[at + across] * (KNOT - right) + knots[at + across + 1] * right;
    return Math.floor((upper * (KNOT - down) + lower * down) / (KNOT * KNOT));
  };
}
