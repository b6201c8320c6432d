import type { Pixels } from "../../page/swarm/swarm_messages.ts";

/** Pixels as what a browser draws: in `into`, if that is given. Only in the browser. */
export function pictureOf(
  { width, height, rgba }: Pixels,
  into: HTMLCanvasElement = document.createElement("canvas"),
): HTMLCanvasElement {
  if (into.width !== width || into.height !== height) Object.assign(into, { width, height });
  const image = new ImageData(new Uint8ClampedArray(rgba), width, height);
  into.getContext("2d", { alpha: false })?.putImageData(image, 0, 0);
  return into;
}
