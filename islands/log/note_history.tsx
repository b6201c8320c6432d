import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { StoredEdit } from "../../field/notes.ts";
import type { NotedObservation } from "../../field/observation.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { capitalised, formats } from "../format.ts";
import { status } from "../live.ts";
import { deviceWords } from "../parts/observation_words.ts";
import { editedBy, editWords } from "./history_words.ts";

/** Who said what of an observation, and when; read again whenever its notes change. */
export default function NoteHistory({ observation }: { readonly observation: NotedObservation }) {
  const edits = useSignal<readonly StoredEdit[]>([]);
  const failure = useSignal("");
  const { id } = observation;
  useEffect(() => {
    let current = true;
    fieldmesh().history(id).then((found) => {
      if (current) [edits.value, failure.value] = [found, ""];
    }, (thrown) => {
      if (current) failure.value = toFailure(thrown).message;
    });
    return () => void (current = false);
  }, [id, JSON.stringify(observation.notes)]);
  if (failure.value) return <p class="hint">The history cannot be read: {failure.value}</p>;
  if (edits.value.length === 0) return null;
  const nameOf = (device: string) => capitalised(deviceWords(device, status.value));
  return (
    <details class="history">
      <summary>History</summary>
      <ol class="plain">
        {edits.value.map((edit) => (
          <li key={`${edit.field} ${edit.counter} ${edit.by}`}>
            <bdi>{capitalised(editWords(edit))}</bdi>
            <small>{editedBy(edit, nameOf, formats, Date.now())}</small>
          </li>
        ))}
      </ol>
    </details>
  );
}
