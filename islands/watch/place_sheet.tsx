import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";
import Switch from "../parts/switch.tsx";

interface PlaceSheetProps {
  readonly open: boolean;
  readonly place: Signal<boolean>;
  readonly onClose: () => void;
}

/** Whether observations say where this device stood. */
export default function PlaceSheet({ open, place, onClose }: PlaceSheetProps) {
  const failed = useSignal("");
  const change = async (on: boolean) => {
    failed.value = "";
    try {
      await fieldmesh().setPlace(on);
    } catch (thrown) {
      failed.value = toFailure(thrown).message;
    }
    place.value = fieldmesh().place;
  };
  return (
    <Sheet title="Place" open={open} onClose={onClose}>
      <Switch
        label="Record the place"
        hint="Adds to each observation where this device stood, and how exactly that is known."
        on={place.value}
        onChange={change}
      />
      {failed.value && (
        <Message tone="problem" title="The place is not available">
          <p>{failed.value}</p>
        </Message>
      )}
      <p class="hint">
        The browser asks you first. The place goes where the observation goes: to every device of
        your crew, and to nobody else. Turning it off leaves what was recorded.
      </p>
    </Sheet>
  );
}
