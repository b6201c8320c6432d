import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";
import Switch from "../parts/switch.tsx";
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
    </Sheet>
  );
}
