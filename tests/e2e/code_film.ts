/** What a camera sees, as a film that Chromium shows over and over in its place. */
import assert from "node:assert/strict";
import { decode } from "fast-png";
import { joinBytes } from "../../field/bytes.ts";

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 10;
/** Of a dim room. */
const WALL_LUMA = 90;

/** A film (YUV4MPEG2) in a file. Every picture of it has the same length, so that it can be replaced while it runs. */
export class CodeFilm {
  /** Shows a wall until there is a code. */
  static async make(path: string): Promise<CodeFilm> {
    await Deno.writeFile(path, film(wall()));
    return new CodeFilm(path);
  }

  private constructor(readonly path: string) {}

  /** From now on the camera is held over this code, on a screen dimmer than it was drawn. */
  async holdOver(png: Uint8Array): Promise<void> {
    const luma = wall();
    const { width, height, data, channels } = decode(png);
    assert.ok(width <= WIDTH && height <= HEIGHT, `the code is ${width} x ${height} px`);
    const left = (WIDTH - width) >> 1;
    const top = (HEIGHT - height) >> 1;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const grey = data[(y * width + x) * channels];
        luma[(top + y) * WIDTH + left + x] = 50 + grey / 2;
      }
    }
    await this.#overwrite(film(luma));
  }

  /** In place: the browser has the file open. */
  async #overwrite(bytes: Uint8Array): Promise<void> {
    using file = await Deno.open(this.path, { write: true });
    for (let written = 0; written < bytes.length;) {
      written += await file.write(bytes.subarray(written));
    }
  }
}

function wall(): Uint8Array {
  return new Uint8Array(WIDTH * HEIGHT).fill(WALL_LUMA);
}

function film(luma: Uint8Array): Uint8Array {
  const colour = new Uint8Array(WIDTH * HEIGHT / 2).fill(128);
  const text = (line: string) => new TextEncoder().encode(`${line}\n`);
  const frame = joinBytes(text("FRAME"), luma, colour);
  const header = text(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg`);
  return joinBytes(header, ...Array.from({ length: FRAMES }, () => frame));
}
