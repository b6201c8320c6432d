import { FieldError } from "../../field/errors.ts";
import { createDemoScene } from "../demo_scene.ts";
import type { Source } from "./source.ts";
import { sleep, type Timing } from "../timing.ts";

/** The scene is the same on every device and in every run: tests know its ground truth. */
export const DEMO_SEED = 7;
export const DEMO_SIZE = { width: 640, height: 480 };
const FRAME_MS = 1_000 / 15;
/** Longest wait for one picture: they are on this device once the app is stored. */
const PICTURE_WITHIN_MS = 20_000;

type SceneInput = Parameters<typeof createDemoScene>[0];

const PICTURES: Readonly<Record<keyof SceneInput, string>> = {
  astronaut: "/media/astronaut.png",
  chelsea: "/media/chelsea.png",
  coffee: "/media/coffee.png",
  rocket: "/media/rocket.jpg",
};

/** A moving scene with known contents, for devices without a camera. Scene time begins when it opens. */
export async function openDemo(timing: Timing, signal: AbortSignal): Promise<Source> {
  const scene = createDemoScene(await loadPictures(signal), { seed: DEMO_SEED, ...DEMO_SIZE });
  const canvas = document.createElement("canvas");
  Object.assign(canvas, DEMO_SIZE);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("Cannot show the demo scene: this browser gives no 2D canvas");
  const image = context.createImageData(DEMO_SIZE.width, DEMO_SIZE.height);
  const beganMs = timing.now();
  const draw = () => {
    scene.render(timing.now() - beganMs, image.data);
    context.putImageData(image, 0, 0);
  };
  draw();
  const stop = every(FRAME_MS, timing, draw);
  return {
    kind: "demo",
    name: "Demo scene",
    element: canvas,
    size: DEMO_SIZE,
    intervalMs: 0,
    nextPicture: (aborted) => sleep(timing, 0, aborted),
    close: stop,
  };
}

/** Calls `run` again and again, never sooner than `ms` after its last return. */
function every(ms: number, timing: Timing, run: () => void): () => void {
  let cancel: () => void;
  const next = () => {
    cancel = timing.after(ms, () => {
      run();
      next();
    });
  };
  next();
  return () => cancel();
}

async function loadPictures(signal: AbortSignal): Promise<SceneInput> {
  const [astronaut, chelsea, coffee, rocket] = await Promise.all([
    loadPicture(PICTURES.astronaut, signal),
    loadPicture(PICTURES.chelsea, signal),
    loadPicture(PICTURES.coffee, signal),
    loadPicture(PICTURES.rocket, signal),
  ]);
  return { astronaut, chelsea, coffee, rocket };
}

async function loadPicture(url: string, signal: AbortSignal): Promise<ImageData> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(PICTURE_WITHIN_MS)]);
    const response = await fetch(url, { signal: within });
    if (!response.ok) throw new Error(`${url}: status ${response.status}`);
    return pixels(await createImageBitmap(await response.blob()));
  } catch (cause) {
    signal.throwIfAborted();
    throw new FieldError(
      "file-unreadable",
      `The demo scene's picture ${url} is not on this device and the hub cannot be reached. Open Fieldmesh once with the hub running.`,
      { cause },
    );
  }
}

function pixels(picture: ImageBitmap): ImageData {
  const canvas = document.createElement("canvas");
  const { width, height } = Object.assign(canvas, { width: picture.width, height: picture.height });
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("Cannot decode a picture: this browser gives no 2D canvas");
  context.drawImage(picture, 0, 0);
  picture.close();
  return context.getImageData(0, 0, width, height);
}
