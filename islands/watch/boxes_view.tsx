import type { ReadonlySignal } from "@preact/signals";
import type { TrackedDetection } from "../../field/messages.ts";
import type { Box } from "../../field/observation.ts";
import { boxWords, clippedBox, labelPlace } from "./boxes.ts";

/** Boxes over the picture, in percent of it. For the eye only: listeners hear what is in view. */
export default function Boxes(
  { found }: { readonly found: ReadonlySignal<readonly TrackedDetection[]> },
) {
  return (
    <div class="boxes" aria-hidden="true">
      {found.value.map((detection, index) => (
        <LabelledBox
          key={detection.track ?? `untracked-${index}`}
          box={detection.box}
          words={boxWords(detection)}
          unsure={detection.unsure}
        />
      ))}
    </div>
  );
}

interface LabelledBoxProps {
  /** In fractions of the picture. */
  readonly box: Box;
  readonly words: string;
  readonly unsure?: boolean;
}

/** One box with its label, placed within what covers the picture exactly. */
export function LabelledBox({ box, words, unsure = false }: LabelledBoxProps) {
  const clipped = clippedBox(box);
  const { vertical, horizontal } = labelPlace(clipped);
  return (
    <div
      class={unsure ? "box unsure" : "box"}
      style={{
        left: percent(clipped.x),
        top: percent(clipped.y),
        width: percent(clipped.width),
        height: percent(clipped.height),
      }}
    >
      <span class={`box-label ${vertical} ${horizontal}`}>{words}</span>
    </div>
  );
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)}%`;
}
