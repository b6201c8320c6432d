import type { Signal } from "@preact/signals";
import { MOST_MM, type SitePoint } from "../../field/decide/site_point.ts";
import Icon from "../parts/icon.tsx";
import { chosenCorner, type OutlineDraft, placed, withoutCorner } from "./outline_draft.ts";
import TypedNumber from "./typed_number.tsx";

interface CornerListProps {
  readonly draft: Signal<OutlineDraft | null>;
}

/** Each corner in metres, to be read, chosen, typed over and taken away. */
export default function CornerList({ draft }: CornerListProps) {
  const { value } = draft;
  if (!value || value.corners.length === 0) {
    return <p class="hint">Tap the plan where the corners go, or move the cross and press Add.</p>;
  }
  return (
    <ol class="corners">
      {value.corners.map((corner, i) => (
        <li key={i}>
          <button
            type="button"
            class="corner-number"
            aria-pressed={value.chosen === i}
            aria-label={`Corner ${i + 1}: move it by the arrows`}
            onClick={() => draft.value = chosenCorner(value, value.chosen === i ? null : i)}
          >
            {i + 1}
          </button>
          <Metres draft={draft} index={i} corner={corner} axis={0} />
          <Metres draft={draft} index={i} corner={corner} axis={1} />
          <button
            type="button"
            class="round"
            aria-label={`Remove corner ${i + 1}`}
            onClick={() => draft.value = withoutCorner(value, i)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ol>
  );
}

interface MetresProps extends CornerListProps {
  readonly index: number;
  readonly corner: SitePoint;
  readonly axis: 0 | 1;
}

const AXES = [["E", "metres east"], ["N", "metres north"]] as const;

function Metres({ draft, index, corner, axis }: MetresProps) {
  const [short, long] = AXES[axis];
  const shown = String(corner[axis] / 1000);
  const change = (metres: number) => {
    const mm = Math.round(metres * 1000);
    const { value } = draft;
    if (value) draft.value = placed(value, index, axis === 0 ? [mm, corner[1]] : [corner[0], mm]);
  };
  return (
    <label class="corner-metres">
      <span aria-hidden="true">{short}</span>
      <TypedNumber
        label={`Corner ${index + 1}, ${long}`}
        step={0.1}
        least={-MOST_MM / 1000}
        most={MOST_MM / 1000}
        shown={shown}
        onNumber={change}
      />
    </label>
  );
}
