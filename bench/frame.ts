import type { Frame } from "../models/model.ts";
import { readPicture } from "../models/picture_file.ts";
import { createDemoScene } from "../page/demo_scene.ts";
import { DEMO_SEED, DEMO_SIZE } from "../page/sources/demo_source.ts";
import { ROOT } from "../tests/source_files.ts";

/** A moment of the demo with several objects in view. */
const AT_MS = 20_000;

/** What detectors are timed on: one frame of the demo camera. */
export async function demoFrame(): Promise<Frame> {
  const picture = (name: string) => readPicture(new URL(`static/media/${name}`, ROOT));
  const scene = createDemoScene({
    astronaut: await picture("astronaut.png"),
    chelsea: await picture("chelsea.png"),
    coffee: await picture("coffee.png"),
    rocket: await picture("rocket.jpg"),
  }, { seed: DEMO_SEED, ...DEMO_SIZE });
  const data = new Uint8ClampedArray(DEMO_SIZE.width * DEMO_SIZE.height * 4);
  scene.render(AT_MS, data);
  return { ...DEMO_SIZE, data };
}
