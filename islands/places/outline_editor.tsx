import type { Signal } from "@preact/signals";
import type { Line, Zone } from "../../field/decide/rule.ts";
import ArrowPad from "./arrow_pad.tsx";
import { draftAfterKey } from "./draft_steps.ts";
import { finishedOutline } from "./finished_outline.ts";
import CornerList from "./corner_list.tsx";
import { inMetres, type OutlineDraft, turnedRound, withoutLast } from "./outline_draft.ts";
import PlaceIcon from "./place_icon.tsx";
import { placeWords } from "./place_words.ts";

export interface OutlineEditorProps {
  readonly draft: Signal<OutlineDraft | null>;
  readonly stepMm: Signal<number>;
  /** An id that no other zone or line has, on any device; as `parse_rules.ts` takes it. */
  readonly newId: () => string;
  readonly onZone: (zone: Zone) => Promise<void>;
  readonly onLine: (line: Line) => Promise<void>;
}

/** Stands for the id while it is only asked whether the draft is whole. */
const SOME_ID = "draft";

/** What a finger does on the plan, by buttons, keys and figures (WCAG 2.2, 2.5.7 "Dragging Movements"). */
export default function OutlineEditor({ draft, ...props }: OutlineEditorProps) {
  const { value } = draft;
  if (!value) return null;
  const finished = finishedOutline(value, SOME_ID);
  const save = () => {
    const made = finishedOutline(value, props.newId());
    if (made.kind === "zone") void props.onZone(made.zone);
    if (made.kind === "line") void props.onLine(made.line);
  };
  return (
    <section class="card outline-editor" aria-labelledby="outline-title">
      <h2 id="outline-title">
        {value.id === null ? `New ${value.kind}` : `Edit the ${value.kind}`}
      </h2>
      <Pad draft={draft} stepMm={props.stepMm} />
      <label class="outline-name">
        <span>Name</span>
        <input
          type="text"
          maxLength={60}
          autoComplete="off"
          value={value.name}
          onInput={({ currentTarget }) => draft.value = { ...value, name: currentTarget.value }}
        />
      </label>
      <p class="hint" role="status">
        {finished.kind === "unfinished"
          ? `${finished.what}. ${finished.remedy}.`
          : "Ready to save."}
      </p>
      <div class="form-actions">
        <button
          type="button"
          class="primary"
          disabled={finished.kind === "unfinished"}
          onClick={save}
        >
          Save {value.kind}
        </button>
        <button type="button" onClick={() => draft.value = null}>Cancel</button>
      </div>
      <CornerList draft={draft} />
    </section>
  );
}

type PadProps = Pick<OutlineEditorProps, "draft" | "stepMm">;

function Pad({ draft, stepMm }: PadProps) {
  const { value } = draft;
  if (!value) return null;
  const press = (key: Parameters<typeof draftAfterKey>[1]) =>
    draft.value = draftAfterKey(value, key, stepMm.value);
  return (
    <ArrowPad
      what={value.chosen === null ? "Cross" : `Corner ${value.chosen + 1}`}
      at={placeWords(inMetres(value.cursor))}
      stepMm={stepMm}
      onGo={(east, north) => press({ kind: "go", east, north })}
      middle={
        <button type="button" class="pad-add primary" onClick={() => press({ kind: "add" })}>
          {value.chosen === null ? "Add" : "Done"}
        </button>
      }
    >
      <div class="pad-more">
        <button
          type="button"
          disabled={value.corners.length === 0}
          onClick={() => draft.value = withoutLast(value)}
        >
          <PlaceIcon name="undo" />Undo
        </button>
        {value.kind === "line" && (
          <button
            type="button"
            onClick={() => draft.value = turnedRound(value)}
          >
            <PlaceIcon name="turn" />Turn
          </button>
        )}
      </div>
    </ArrowPad>
  );
}
