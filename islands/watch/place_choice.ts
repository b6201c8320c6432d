/** Whether observations say where this device stood. The browser may refuse later than the tap. */
import { batch, signal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import type { Fieldmesh } from "../../page/fieldmesh.ts";

export const place = signal(false);
export const placeSheetOpen = signal(false);
/** Why the place was turned off again; empty when it was not. */
export const placeProblem = signal("");

/** Follows the choice: what a failure turned off is shown as off, with the reason. */
export function connectPlace(source: Fieldmesh): () => void {
  place.value = source.place;
  return source.on("failure", ({ failure }) => {
    if (place.value && !source.place) settle(false, failure.message);
  });
}

/** Turns it on or off. */
export async function setPlace(on: boolean): Promise<void> {
  settle(on, "");
  try {
    await fieldmesh().setPlace(on);
    place.value = fieldmesh().place;
  } catch (thrown) {
    settle(fieldmesh().place, toFailure(thrown).message);
  }
}

function settle(on: boolean, why: string): void {
  batch(() => {
    place.value = on;
    placeProblem.value = why;
  });
}
