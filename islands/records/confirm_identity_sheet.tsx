import { useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { status } from "../live.ts";
import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";

interface ConfirmIdentitySheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The user's word that a restored identity has no other copy: if it is wrong, the crew shuts both out. */
export default function ConfirmIdentitySheet({ open, onClose }: ConfirmIdentitySheetProps) {
  return (
    <Sheet title="Is this the only one?" open={open} onClose={onClose}>
      <Question onClose={onClose} />
    </Sheet>
  );
}

function Question({ onClose }: { readonly onClose: () => void }) {
  const failed = useSignal("");
  const busy = useSignal(false);
  const confirm = async () => {
    busy.value = true;
    try {
      await fieldmesh().confirmIdentity();
      onClose();
    } catch (thrown) {
      failed.value = toFailure(thrown).message;
    }
    busy.value = false;
  };
  return (
    <div class="sheet-form">
      <p>
        Say yes only if no other device records as{" "}
        <strong>{status.value?.device.name ?? "this device"}</strong>, and none did since the backup
        was made.
      </p>
      <p>
        If one did, two devices would write under one identity: the crew would shut both out, and
        what they record from then on would reach nobody.
      </p>
      {failed.value && (
        <Message tone="problem" title="It was not confirmed">
          <p>{failed}</p>
        </Message>
      )}
      <div class="form-actions">
        <button type="button" class="primary danger" disabled={busy.value} onClick={confirm}>
          Yes, only this one
        </button>
        <button type="button" onClick={onClose}>Not sure</button>
      </div>
    </div>
  );
}
