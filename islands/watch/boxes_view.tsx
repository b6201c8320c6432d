import type { ReadonlySignal } from "@preact/signals";
import type { TrackedDetection } from "../../field/messages.ts";
import { boxWords, clippedBox, labelPlace } from "./boxes.ts";

/** Boxes over the picture, in percent of it. For the eye only: listeners hear what is in view. */
export default function Boxes(
  { found }: { readonly found: ReadonlySignal<readonly TrackedDetection[]> },
) {
  return (
    <div class="boxes" aria-hidden="true">
      {found.value.map((detection, index) => (
        <BoxView key={detection.track ?? `untracked-${index}`} detection={detection} />
      ))}
    </div>
  );
}

function BoxView({ detection }: { readonly detection: TrackedDetection }) {
  const box = clippedBox(detection.box);
  const { vertical, horizontal } = labelPlace(box);
  return (
    <div
      class={detection.unsure ? "box unsure" : "box"}
      style={{
        left: percent(box.x),
        top: percent(box.y),
        width: percent(box.width),
        height: percent(box.height),
      }}
    >
      <span class={`box-label ${vertical} ${horizontal}`}>{boxWords(detection)}</span>
    </div>
  );
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)}%`;
}
