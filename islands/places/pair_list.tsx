import type { Signal } from "@preact/signals";
import Icon from "../parts/icon.tsx";
import { type CameraDraft, type DraftPair, withoutPair, withPoint } from "./camera_draft.ts";
import TypedNumber from "./typed_number.tsx";

interface PairListProps {
  readonly camera: Signal<CameraDraft | null>;
}

/** Each point in figures: in the picture in hundredths of it, on the plan in metres. */
export default function PairList({ camera }: PairListProps) {
  const { value } = camera;
  if (!value) return null;
  return (
    <ol class="corners pairs">
      {value.pairs.map((pair, i) => (
        <li key={i}>
          <button
            type="button"
            class="corner-number"
            aria-pressed={value.chosen === i}
            aria-label={`Point ${i + 1}: ${stateOf(pair)}. Mark it`}
            onClick={() => camera.value = { ...value, chosen: i }}
          >
            {i + 1}
          </button>
          <PairFields camera={camera} draft={value} index={i} pair={pair} />
          <button
            type="button"
            class="round"
            aria-label={`Remove point ${i + 1}`}
            disabled={!pair.frame && !pair.world}
            onClick={() => camera.value = withoutPair(value, i)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ol>
  );
}

function stateOf({ frame, world }: DraftPair): string {
  if (frame && world) return "marked in both";
  if (frame) return "not on the plan yet";
  return world ? "not in the picture yet" : "not marked yet";
}

interface PairFieldsProps extends PairListProps {
  readonly draft: CameraDraft;
  readonly index: number;
  readonly pair: DraftPair;
}

function PairFields({ camera, draft, index, pair: { frame, world } }: PairFieldsProps) {
  const set = (point: Partial<DraftPair>) =>
    camera.value = { ...withPoint({ ...draft, chosen: index }, point), chosen: index };
  const { x = 0.5, y = 0.5 } = frame ?? {};
  const [east, north] = world ?? [0, 0];
  const name = `Point ${index + 1}`;
  return (
    <div class="pair-fields">
      <Field
        sign="→"
        label={`${name}, percent from the left of the picture`}
        value={frame && x * 100}
        onSet={(v) => set({ frame: { x: v / 100, y } })}
      />
      <Field
        sign="↓"
        label={`${name}, percent from its top`}
        value={frame && y * 100}
        onSet={(v) => set({ frame: { x, y: v / 100 } })}
      />
      <Field
        sign="E"
        label={`${name}, metres east`}
        value={world && east}
        onSet={(v) => set({ world: [v, north] })}
      />
      <Field
        sign="N"
        label={`${name}, metres north`}
        value={world && north}
        onSet={(v) => set({ world: [east, v] })}
      />
    </div>
  );
}

interface FieldProps {
  readonly sign: string;
  readonly label: string;
  readonly value: number | null;
  readonly onSet: (value: number) => void;
}

function Field({ sign, label, value, onSet }: FieldProps) {
  const shown = value === null ? "" : String(Number(value.toFixed(1)));
  return (
    <label class="corner-metres">
      <span aria-hidden="true">{sign}</span>
      <TypedNumber {...{ label, shown }} step={0.1} onNumber={onSet} />
    </label>
  );
}
