import { useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { status } from "../live.ts";
import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";
import PassphraseField from "./passphrase_field.tsx";

interface IdentityRestoreSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Makes this device the one of a backup. Offered only while it has written nothing. */
export default function IdentityRestoreSheet({ open, onClose }: IdentityRestoreSheetProps) {
  return (
    <Sheet title="Restore an identity" open={open} onClose={onClose}>
      <Ask />
    </Sheet>
  );
}

type Progress =
  | { readonly step: "asking" | "opening" | "reloading" }
  | { readonly step: "failed"; readonly message: string };

function Ask() {
  const file = useSignal<File | null>(null);
  const passphrase = useSignal("");
  const progress = useSignal<Progress>({ step: "asking" });
  const now = progress.value;
  const busy = now.step === "opening" || now.step === "reloading";
  const restore = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!file.value) return;
    progress.value = { step: "opening" };
    try {
      await fieldmesh().restoreIdentity(file.value, passphrase.value);
      progress.value = { step: "reloading" };
    } catch (thrown) {
      progress.value = { step: "failed", message: toFailure(thrown).message };
    }
  };
  return (
    <form class="sheet-form" onSubmit={restore}>
      <p>
        This device becomes the one of the backup. Only if that one is lost, broken or wiped: if two
        devices write with one identity, the crew shuts both out.
      </p>
      {status.value?.total === 0 && (
        <Message tone="info" title="Have a backup of its records too?">
          <p>Restore that first: this device then goes on where the other one ended.</p>
        </Message>
      )}
      <div class="field">
        <label for="identity-file">The identity’s backup file</label>
        <input
          id="identity-file"
          type="file"
          required
          onChange={(event) => file.value = event.currentTarget.files?.[0] ?? null}
        />
      </div>
      <PassphraseField id="identity-unseal" label="Its passphrase" value={passphrase} />
      {now.step === "failed" && (
        <Message tone="problem" title="The identity was not restored">
          <p>{now.message}</p>
        </Message>
      )}
      <button type="submit" class="primary wide" disabled={busy}>
        {busy ? "Opening …" : "Become that device"}
      </button>
      <p class="hint">
        The app then reloads. It records again once it has met a member of its crew, or you say that
        no other copy is in use.
      </p>
    </form>
  );
}
