import type { Frame } from "../../kernels/engine.ts";
import { readPicture } from "../../models/picture_file.ts";
import { frameAt, FRAMES } from "./frames.ts";
import { PICTURES } from "./pictures.ts";

const MEDIA = new URL("../../static/media/", import.meta.url);

/** All frames of the bit suite. */
export async function bitFrames(): Promise<Frame[]> {
  const pictures = await Promise.all(PICTURES.map((name) => readPicture(new URL(name, MEDIA))));
  return Array.from({ length: FRAMES }, (_, index) => frameAt(index, pictures));
}
