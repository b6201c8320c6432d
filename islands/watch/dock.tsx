import { useSignal } from "@preact/signals";
import { broken, capture } from "../live.ts";
import Icon from "../parts/icon.tsx";
import { choice, start, starting, stop } from "./control.ts";
import { place, placeSheetOpen } from "./place_choice.ts";
import PlaceSheet from "./place_sheet.tsx";
import { sourceWord } from "./source_choice.ts";
import SourceSheet from "./source_sheet.tsx";

/** Under the thumb: start and stop, what to watch, whether the place is recorded. */
export default function Dock() {
  const choosing = useSignal(false);
  return (
    <div class="dock three">
      <button type="button" class="side" onClick={() => choosing.value = true}>
        <Icon name={sourceIcon()} />
        <span class="side-label">{sourceWord(choice.value)}</span>
        <span class="hidden">: change what is watched</span>
      </button>
      <MainAction />
      <button type="button" class="side" onClick={() => placeSheetOpen.value = true}>
        <Icon name={place.value ? "place" : "placeOff"} />
        <span class="side-label">{place.value ? "Place on" : "Place off"}</span>
      </button>
      <SourceSheet open={choosing.value} onClose={() => choosing.value = false} />
      <PlaceSheet />
    </div>
  );
}

function MainAction() {
  const watching = capture.value !== null && capture.value.state !== "ended";
  if (watching) {
    return (
      <button type="button" class="main-action stop" onClick={stop}>
        <Icon name="stop" />Stop
      </button>
    );
  }
  if (starting.value) {
    return (
      <button type="button" class="main-action stop" onClick={stop}>
        <span class="busy" aria-hidden="true" />Starting …
      </button>
    );
  }
  return (
    <button
      type="button"
      class="main-action"
      disabled={broken.value !== null}
      onClick={() => start(choice.value)}
    >
      <Icon name="start" />Start
    </button>
  );
}

function sourceIcon(): "camera" | "demo" | "file" {
  return choice.value instanceof File ? "file" : choice.value;
}
