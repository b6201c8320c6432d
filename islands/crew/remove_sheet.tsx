import { useSignal } from "@preact/signals";
import { type Failure, toFailure } from "../../field/errors.ts";
import type { PeerStatus } from "../../field/messages.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { counted, formats } from "../format.ts";
import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";

interface RemoveSheetProps {
  /** Null: closed. */
  readonly peer: PeerStatus | null;
  readonly onClose: () => void;
}

/** Asks before a member is removed, with what it means for the records. */
export default function RemoveSheet({ peer, onClose }: RemoveSheetProps) {
  const failure = useSignal<Failure | null>(null);
  const busy = useSignal(false);
  const close = () => {
    failure.value = null;
    onClose();
  };
  const remove = async () => {
    if (!peer) return;
    busy.value = true;
    try {
      await fieldmesh().removeMember(peer.device);
      close();
    } catch (thrown) {
      failure.value = toFailure(thrown);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Sheet title={`Remove ${peer?.name ?? ""}?`} open={peer !== null} onClose={close}>
      <p>
        From now on the crew takes nothing that this device records. What it recorded until now, as
        far as it is here, stays with everyone; what it has not handed over yet will be left out.
      </p>
      <p>
        It keeps its own copy: nothing can be called back from it. It can be invited again, and then
        hands over what it recorded meanwhile.
      </p>
      {peer && peer.missing > 0 && (
        <p>
          It lacks {counted(peer.missing, "observation", formats)}{" "}
          of the crew, and will not get them.
        </p>
      )}
      {failure.value && (
        <Message tone="problem" title="It was not removed">
          <p>{failure.value.message}</p>
        </Message>
      )}
      <div class="form-actions">
        <button type="button" onClick={close}>Keep it</button>
        <button type="button" class="danger" disabled={busy.value} onClick={remove}>
          {busy.value ? "Removing …" : "Remove it"}
        </button>
      </div>
    </Sheet>
  );
}
