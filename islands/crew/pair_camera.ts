/** The camera that reads codes: one for all steps of a pairing, since asking twice is asking too much. */
import { signal } from "@preact/signals";
import { type Failure, toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { askForCamera } from "../../page/sources/camera_source.ts";

export type PairCamera =
  | { readonly state: "off" | "asking" }
  | { readonly state: "on"; readonly stream: MediaStream }
  | { readonly state: "refused"; readonly failure: Failure };

export const camera = signal<PairCamera>({ state: "off" });

/** Counts openings, so that a camera which comes after its sheet was closed is closed again. */
let opening = 0;

/** Resolves when there is a camera, or why not is known. */
export async function openCamera(): Promise<void> {
  if (camera.value.state === "on" || camera.value.state === "asking") return;
  const mine = ++opening;
  camera.value = { state: "asking" };
  try {
    const stream = watchedStream() ?? await askForCamera();
    if (mine === opening) camera.value = { state: "on", stream };
    else stop(stream);
  } catch (thrown) {
    if (mine === opening) camera.value = { state: "refused", failure: toFailure(thrown) };
  }
}

export function closeCamera(): void {
  opening++;
  if (camera.value.state === "on") stop(camera.value.stream);
  camera.value = { state: "off" };
}

/** Of a camera that this page is watching with: iOS would take it from the one to give it to the other. */
function watchedStream(): MediaStream | null {
  const watched = fieldmesh().capture;
  if (watched?.kind !== "camera" || !(watched.element instanceof HTMLVideoElement)) return null;
  const stream = watched.element.srcObject;
  return stream instanceof MediaStream ? stream.clone() : null;
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
