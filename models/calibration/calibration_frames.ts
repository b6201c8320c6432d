import type { Frame } from "../../kernels/engine.ts";
import { readPicture } from "../picture_file.ts";
import { brightened, type Crop, cropped, farther, mirrored } from "./variants.ts";

const PICTURES = new URL("../../static/media/", import.meta.url);
const PICTURE_NAMES = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"] as const;
/** `tests/fixtures/make_calibration_frames.ts` makes them. */
const SCENES = new URL("./", import.meta.url);
const SCENE_COUNT = 8;

/** Where to look closer, the same for each picture. */
const CROPS: readonly Crop[] = [
  { left: 0.2, top: 0.1, width: 0.6, height: 0.6 },
  { left: 0.05, top: 0.35, width: 0.55, height: 0.65 },
];

/**
 * What int8 ranges are measured on, always the same in the same order: the app's public-domain pictures,
 * also closer, farther, mirrored, darker and brighter, and some frames of its demo scene.
 */
export async function calibrationFrames(): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (const name of PICTURE_NAMES) frames.push(...variantsOf(await readPicture(at(name))));
  for (let k = 0; k < SCENE_COUNT; k++) frames.push(await readPicture(sceneFile(k)));
  return frames;
}

/** The JPEG of demo frame `index`. */
export function sceneFile(index: number): URL {
  return new URL(`scene_${index}.jpg`, SCENES);
}

function at(name: string): URL {
  return new URL(name, PICTURES);
}

function variantsOf(picture: Frame): Frame[] {
  return [
    picture,
    ...CROPS.map((crop) => cropped(picture, crop)),
    mirrored(brightened(picture, 140)),
    brightened(picture, 45),
    farther(picture, 2),
  ];
}
