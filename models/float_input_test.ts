import assert from "node:assert/strict";
import fc from "fast-check";
import type { Frame } from "../kernels/engine.ts";
import { FloatInput } from "./float_input.ts";
import { IMAGE } from "./nanodet_g/compile_options.ts";
import { IMAGE as SSD_IMAGE } from "./ssd_mobilenetv2/compile_options.ts";

const INPUT_SIZE = 416;
const PLANE = INPUT_SIZE * INPUT_SIZE;
const MEAN = [103.53, 116.28, 123.675];
const DEVIATION = [57.375, 57.12, 58.395];

const input = new FloatInput(INPUT_SIZE, IMAGE);

/** A frame whose bytes are a hash of their position and `salt`. */
function noise(width: number, height: number, salt = 1): Frame {
  const data = Uint8ClampedArray.from(
    { length: width * height * 4 },
    (_, k) => Math.imul(k + salt, 0x9e3779b1) >>> 24,
  );
  return { width, height, data };
}

function plain(width: number, height: number, rgba: readonly number[]): Frame {
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, k) => rgba[k % 4]);
  return { width, height, data };
}

/** One value of the input, straight from the definition of a bilinear stretch. */
function expected({ width, height, data }: Frame, plane: number, x: number, y: number): number {
  const position = (at: number, size: number) =>
    Math.min(Math.max((at + 0.5) * size / INPUT_SIZE - 0.5, 0), size - 1);
  const [u, v] = [position(x, width), position(y, height)];
  const pixel = (column: number, row: number) =>
    data[(Math.min(row, height - 1) * width + Math.min(column, width - 1)) * 4 + 2 - plane];
  const [i, j, s, t] = [Math.floor(u), Math.floor(v), u % 1, v % 1];
  const upper = pixel(i, j) * (1 - s) + pixel(i + 1, j) * s;
  const lower = pixel(i, j + 1) * (1 - s) + pixel(i + 1, j + 1) * s;
  return (upper * (1 - t) + lower * t - MEAN[plane]) / DEVIATION[plane];
}

function assertPrepared(frame: Frame): void {
  const image = input.of(frame);
  assert.deepEqual(image.shape, [1, 3, INPUT_SIZE, INPUT_SIZE]);
  const places = [0, 1, 2, 100, 207, 208, INPUT_SIZE - 2, INPUT_SIZE - 1];
  for (const plane of [0, 1, 2]) {
    for (const y of places) {
      for (const x of places) {
        const got = image.data[plane * PLANE + y * INPUT_SIZE + x];
        const want = expected(frame, plane, x, y);
        assert.ok(Math.abs(got - want) < 1e-4, `plane ${plane} ${x},${y}: ${got}, not ${want}`);
      }
    }
  }
}

Deno.test("FloatInput.of() stretches a frame of any size as bilinear stretching is defined", () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 400, max: 430 }));
  fc.assert(
    fc.property(size, size, fc.nat(1000), (width, height, salt) => {
      assertPrepared(noise(width, height, salt));
    }),
    { numRuns: 40 },
  );
});

Deno.test("FloatInput.of() handles single pixels, rows and columns, and frames larger than the input", () => {
  for (const [width, height] of [[1, 1], [2, 1], [1, 2], [1, 3000], [3000, 1], [833, 1249]]) {
    assertPrepared(noise(width, height));
  }
});

Deno.test("FloatInput.of() at the network's own size moves nothing", () => {
  const frame = noise(INPUT_SIZE, INPUT_SIZE);
  const image = input.of(frame);
  const places = Array.from({ length: PLANE }, (_, k) => k);
  assert.ok(
    places.every((k) =>
      Math.abs(image.data[k] * DEVIATION[0] + MEAN[0] - frame.data[k * 4 + 2]) < 1e-3
    ),
  );
});

Deno.test("FloatInput.of() orders planes as the network wants them and ignores alpha", () => {
  const image = input.of(plain(3, 2, [255, 0, 10, 0]));
  const firsts = [0, 1, 2].map((plane) => image.data[plane * PLANE + 5]);
  [(10 - 103.53) / 57.375, (0 - 116.28) / 57.12, (255 - 123.675) / 58.395]
    .forEach((want, plane) => assert.ok(Math.abs(firsts[plane] - want) < 1e-5));
  const rgb = new FloatInput(8, SSD_IMAGE).of(plain(3, 2, [255, 0, 127, 0])).data;
  [1, -1, 127 / 127.5 - 1].forEach((want, plane) =>
    assert.ok(Math.abs(rgb[plane * 64] - want) < 1e-6)
  );
});

Deno.test("FloatInput.of() gives each frame a tensor of its own, whatever came before", () => {
  const [small, large] = [noise(7, 5, 3), noise(640, 480, 4)];
  const alone = input.of(small).data.slice();
  const first = input.of(small).data;
  input.of(large);
  assert.deepEqual(first, alone);
  assert.deepEqual(input.of(small).data, alone);
});

Deno.test("FloatInput refuses a network that wants letterboxes", () => {
  assert.throws(() => new FloatInput(8, { ...IMAGE, fit: "letterbox" }), /other than stretched/);
});

Deno.test("FloatInput.of() refuses a frame whose size and data disagree", () => {
  const data = new Uint8Array(16);
  for (const [width, height] of [[0, 0], [4, 0], [-2, -2], [1.5, 2], [2, 3], [NaN, 1]]) {
    assert.throws(() => input.of({ width, height, data }), /Cannot prepare a frame/);
  }
});
