/** The free pictures, decoded within a worker. */
import { FieldError } from "../../field/errors.ts";
import type { SwarmPictures } from "../../field/swarm/swarm_options.ts";

/** Longest wait for one: they are on this device once the app is stored. */
const PICTURE_WITHIN_MS = 20_000;

export async function loadPictures(): Promise<SwarmPictures> {
  const [astronaut, chelsea, coffee, rocket] = await Promise.all([
    loadPicture("/media/astronaut.png"),
    loadPicture("/media/chelsea.png"),
    loadPicture("/media/coffee.png"),
    loadPicture("/media/rocket.jpg"),
  ]);
  return { astronaut, chelsea, coffee, rocket };
}

async function loadPicture(url: string): Promise<ImageData> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PICTURE_WITHIN_MS) });
    if (!response.ok) throw new Error(`${url}: status ${response.status}`);
    return pixels(await createImageBitmap(await response.blob()));
  } catch (cause) {
    throw new FieldError(
      "file-unreadable",
      `The picture ${url}, of which the swarm's ground is made, is not on this device, and the hub cannot be reached. Open Fieldmesh once with the hub running.`,
      { cause },
    );
  }
}

function pixels(picture: ImageBitmap): ImageData {
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height)
    .getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("this browser gives a worker no 2D canvas");
  context.drawImage(picture, 0, 0);
  picture.close();
  return context.getImageData(0, 0, width, height);
}
