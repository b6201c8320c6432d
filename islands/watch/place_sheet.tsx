import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";
import Switch from "../parts/switch.tsx";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { CameraPlacement } from "../../field/world/camera_placement.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { cameraWords } from "../places/camera_words.ts";
import { place, placeProblem, placeSheetOpen, setPlace } from "./place_choice.ts";

/** Whether observations say where this device stood. */
export default function PlaceSheet() {
  return (
    <Sheet
      title="Place"
      open={placeSheetOpen.value}
      onClose={() => placeSheetOpen.value = false}
    >
      <Switch
        label="Record the place"
        hint="Adds to each observation where this device stood, and how exactly that is known."
        on={place.value}
        onChange={setPlace}
      />
      {placeProblem.value && (
        <Message tone="problem" title="The place is not available">
          <p>{placeProblem}</p>
        </Message>
      )}
      <p class="hint">
        The browser asks you first. The place goes where the observation goes: to every device of
        your crew, and to nobody else. Turning it off leaves what was recorded.
      </p>
      <OnThePlan />
    </Sheet>
  );
}

/** Where its camera is on the crew's plan; undefined until the worker has said. */
function OnThePlan() {
  const camera = useSignal<CameraPlacement | null | undefined>(undefined);
  useEffect(() => {
    // while it cannot be read, the way to the plan is offered all the same: it says why
    fieldmesh().world().then((world) => camera.value = world.camera, () => {});
  }, []);
  return (
    <section class="stack" aria-labelledby="on-the-plan">
      <h3 id="on-the-plan">On the site's plan</h3>
      <p>
        {camera.value
          ? cameraWords(camera.value)
          : "What this camera sees is put on the plan once it is known where it stands and looks."}
      </p>
      <a class="button" href="/places#camera">
        {camera.value ? "Place this camera anew" : "Place this camera"}
      </a>
    </section>
  );
}
