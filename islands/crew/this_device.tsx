import { useSignal } from "@preact/signals";
import type { Status } from "../../field/messages.ts";
import { toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { initials, shortKey } from "../format.ts";
import { status } from "../live.ts";
import { roleWord } from "./crew_words.ts";

/** The name's length in a row of a small phone, and what the crew document allows. */
const NAME_MAX = 40;

/** This device's name, role and key; renaming in place. */
export default function ThisDevice() {
  const editing = useSignal(false);
  const known = status.value;
  const mayInvite = !known?.crew || known.crew.role === "admin";
  return (
    <section class="card" aria-labelledby="this-device-title">
      <h2 id="this-device-title">This device</h2>
      {editing.value && known
        ? <RenameForm current={known.device.name} onDone={() => editing.value = false} />
        : (
          <div class="device">
            <span class="badge" aria-hidden="true">
              {known ? initials(known.device.name) : "–"}
            </span>
            <div class="device-text">
              <strong>{known?.device.name ?? "\u00a0"}</strong>
              <small>{known ? deviceLine(known) : "\u00a0"}</small>
            </div>
            <button type="button" disabled={!known} onClick={() => editing.value = true}>
              Rename
            </button>
          </div>
        )}
      {!mayInvite && (
        <p class="hint">Further devices are invited on a device that is an admin of the crew.</p>
      )}
    </section>
  );
}

function deviceLine({ crew, device }: Status): string {
  const role = !crew ? "No crew yet" : crew.removedBy ? "Removed" : roleWord(crew.role);
  return `${role}, key ${shortKey(device.id)}`;
}

interface RenameFormProps {
  readonly current: string;
  readonly onDone: () => void;
}

function RenameForm({ current, onDone }: RenameFormProps) {
  const failed = useSignal("");
  const rename = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    if (name === "") return void (failed.value = "A device needs a name.");
    try {
      await fieldmesh().rename(name);
      onDone();
    } catch (thrown) {
      failed.value = toFailure(thrown).message;
    }
  };
  return (
    <form class="rename" onSubmit={rename}>
      <label for="device-name">Name, as your crew sees it</label>
      <input
        id="device-name"
        name="name"
        type="text"
        autoComplete="off"
        required
        maxLength={NAME_MAX}
        defaultValue={current}
        aria-describedby="device-name-failed"
        // Opened by a tap on Rename: typing is what comes next.
        ref={(input) => input?.focus()}
      />
      <div class="form-actions">
        <button type="submit" class="primary">Save name</button>
        <button type="button" onClick={onDone}>Cancel</button>
      </div>
      <p id="device-name-failed" class="field-problem" role="alert">{failed}</p>
    </form>
  );
}
