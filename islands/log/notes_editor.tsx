import { useSignal } from "@preact/signals";
import { type Failure, toFailure } from "../../field/errors.ts";
import {
  type Edit,
  MOST_COMMENT_LENGTH,
  MOST_LABEL_LENGTH,
  type NoteField,
  type NoteValue,
} from "../../field/notes.ts";
import { classOf, type NotedObservation } from "../../field/observation.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import Icon from "../parts/icon.tsx";
import Message from "../parts/message.tsx";
import { draftOf, dropDraft, keepDraft } from "./drafts.ts";
import NoteHistory from "./note_history.tsx";

interface NotesEditorProps {
  readonly observation: NotedObservation;
}

type Say = (field: NoteField, value: NoteValue) => Promise<boolean>;

/** What people say of an observation. Every change is on disk before it is shown. */
export default function NotesEditor({ observation }: NotesEditorProps) {
  const failure = useSignal<Failure | null>(null);
  const busy = useSignal(false);
  const say: Say = async (field, value) => {
    busy.value = true;
    try {
      await fieldmesh().note({ observation: observation.id, field, value } as Edit);
      failure.value = null;
      return true;
    } catch (thrown) {
      failure.value = toFailure(thrown);
      return false;
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="notes" aria-labelledby="notes-title" aria-busy={busy.value}>
      <h3 id="notes-title" class="hidden">Notes</h3>
      <Marks observation={observation} say={say} />
      <ClassForm key={`class ${observation.id}`} observation={observation} say={say} />
      <Labels key={`labels ${observation.id}`} observation={observation} say={say} />
      <CommentForm key={`comment ${observation.id}`} observation={observation} say={say} />
      {failure.value && (
        <Message tone="problem" title="The note was not saved">
          <p>{failure.value.message}</p>
        </Message>
      )}
      <NoteHistory observation={observation} />
    </section>
  );
}

interface PartProps {
  readonly observation: NotedObservation;
  readonly say: Say;
}

function Marks({ observation, say }: PartProps) {
  const { star = false, wrong = false } = observation.notes ?? {};
  return (
    <div class="marks">
      <button type="button" aria-pressed={star} onClick={() => void say("star", !star)}>
        <Icon name="star" />Star
      </button>
      <button type="button" aria-pressed={wrong} onClick={() => void say("wrong", !wrong)}>
        <Icon name="close" />Wrong
      </button>
    </div>
  );
}

function ClassForm({ observation, say }: PartProps) {
  const typed = useSignal<string | null>(null);
  const known = useSignal<readonly string[]>([]);
  const now = classOf(observation);
  const value = typed.value ?? now;
  const offer = () =>
    void fieldmesh().facets().then(
      ({ classes }) => known.value = classes.map(({ name }) => name),
      () => {}, // without the list a class can still be typed
    );
  const save = async (event: Event) => {
    event.preventDefault();
    const name = value.trim();
    // the model's own word again is no correction
    const corrected = name === "" || name === observation.label ? null : name;
    if (await say("class", corrected)) typed.value = null;
  };
  const takeBack = async () => {
    if (await say("class", null)) typed.value = null;
  };
  return (
    <form class="note-line" onSubmit={save}>
      <label>
        <span>Class</span>
        <input
          type="text"
          dir="auto"
          list="known-classes"
          maxLength={MOST_LABEL_LENGTH}
          autocomplete="off"
          value={value}
          onFocus={offer}
          onInput={(event) => typed.value = event.currentTarget.value}
        />
      </label>
      <datalist id="known-classes">
        {known.value.map((name) => <option key={name} value={name} />)}
      </datalist>
      <button type="submit" disabled={value.trim() === now}>Correct</button>
      {observation.notes?.class !== undefined && (
        <p class="note-aside hint">
          The model said {observation.label}.
          <button type="button" class="plain-button" onClick={() => void takeBack()}>
            Take the correction back
          </button>
        </p>
      )}
    </form>
  );
}

function Labels({ observation, say }: PartProps) {
  const typed = useSignal("");
  const labels = observation.notes?.labels ?? [];
  const add = async (event: Event) => {
    event.preventDefault();
    const label = typed.value.trim();
    if (label === "" || await say(`label/${label}`, true)) typed.value = "";
  };
  return (
    <div class="stack labels">
      {labels.length > 0 && (
        <ul class="tags" aria-label="Labels">
          {labels.map((label) => (
            <li key={label}>
              <button
                type="button"
                class="tag"
                aria-label={`Label ${label}: take away`}
                onClick={() => void say(`label/${label}`, false)}
              >
                <bdi>{label}</bdi>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form class="note-line" onSubmit={add}>
        <label>
          <span>Label</span>
          <input
            type="text"
            dir="auto"
            maxLength={MOST_LABEL_LENGTH}
            autocomplete="off"
            placeholder="juvenile, with collar …"
            value={typed.value}
            onInput={(event) => typed.value = event.currentTarget.value}
          />
        </label>
        <button type="submit" disabled={typed.value.trim() === ""}>Add</button>
      </form>
    </div>
  );
}

function CommentForm({ observation, say }: PartProps) {
  const { id, notes } = observation;
  const saved = notes?.comment ?? "";
  const draft = draftOf(id);
  const value = draft?.text ?? saved;
  const isSame = value.trim() === saved;
  const save = async (event: Event) => {
    event.preventDefault();
    if (isSame) return;
    const comment = value.trim();
    // what was typed on while it was being saved is a draft still
    if (await say("comment", comment === "" ? null : comment) && draftOf(id)?.text === value) {
      dropDraft(id);
    }
  };
  const saveByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save(event);
  };
  return (
    <form class="note-comment" onSubmit={save}>
      <label>
        <span>Comment</span>
        <textarea
          rows={3}
          dir="auto"
          maxLength={MOST_COMMENT_LENGTH}
          value={value}
          onInput={(event) => keepDraft(id, event.currentTarget.value, saved)}
          onKeyDown={saveByKey}
        />
      </label>
      {draft && draft.base !== saved && (
        <p class="hint">
          Meanwhile it was changed to:{" "}
          {saved === "" ? "nothing" : <bdi>“{saved}”</bdi>}. Yours, when saved, takes its place;
          both stay in the history.
        </p>
      )}
      <div class="form-actions">
        <button type="submit" disabled={isSame}>Save the comment</button>
        {draft && <button type="button" onClick={() => dropDraft(id)}>Discard</button>}
      </div>
    </form>
  );
}
