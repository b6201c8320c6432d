import { useId } from "preact/hooks";
import type { CameraDraft, Figure } from "./camera_draft.ts";
import { FIGURES, type Measured } from "./camera_draft.ts";
import { withinWords } from "./camera_words.ts";
import TypedNumber from "./typed_number.tsx";

interface FigureRowProps {
  readonly figure: Figure;
  readonly label: string;
  readonly unit: string;
  readonly draft: CameraDraft;
  readonly onChange: (value: number, measured: Measured) => void;
}

/** A figure by slider, which is by eye, or typed, which is measured; with how well it is known then. */
export default function FigureRow({ figure, label, unit, draft, onChange }: FigureRowProps) {
  const id = useId();
  const { least, most, step } = FIGURES[figure];
  const value = draft.pose[figure];
  const shown = String(Number(value.toFixed(step < 1 ? 1 : 0)));
  return (
    <div class="figure-row">
      <label for={id}>
        {label} <small>{withinWords(figure, draft.error)}</small>
      </label>
      <input
        type="range"
        aria-label={`${label}, by eye`}
        aria-valuetext={`${shown} ${unit}`}
        min={least}
        max={most}
        step={step}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber, "eye")}
      />
      <span class="figure-typed">
        <TypedNumber
          {...{ id, shown, step }}
          onNumber={(typed) => onChange(typed, "figure")}
        />
        <span aria-hidden="true">{unit}</span>
      </span>
    </div>
  );
}
