import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { formats } from "../format.ts";
import { status } from "../live.ts";
import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";
import FileActions from "./file_actions.tsx";
import { lengthOf, passphraseProblem, strengthWords, STRONG_LENGTH } from "./passphrase.ts";
import PassphraseField from "./passphrase_field.tsx";

type Progress =
  | { readonly step: "asking" | "making" }
  | { readonly step: "made"; readonly file: File };

interface IdentityBackupSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** A file with this device's key, sealed with a passphrase. */
export default function IdentityBackupSheet({ open, onClose }: IdentityBackupSheetProps) {
  return (
    <Sheet title="Back up the identity" open={open} onClose={onClose}>
      <Steps onClose={onClose} />
    </Sheet>
  );
}

function Steps({ onClose }: { readonly onClose: () => void }) {
  const progress = useSignal<Progress>({ step: "asking" });
  const now = progress.value;
  return now.step === "made"
    ? <Made file={now.file} onClose={onClose} />
    : <Ask progress={progress} />;
}

function Ask({ progress }: { readonly progress: Signal<Progress> }) {
  const [first, second, problem] = [useSignal(""), useSignal(""), useSignal("")];
  const making = progress.value.step === "making";
  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    problem.value = passphraseProblem(first.value, second.value);
    if (problem.value !== "") return;
    progress.value = { step: "making" };
    try {
      progress.value = { step: "made", file: await fieldmesh().backUpIdentity(first.value) };
    } catch (thrown) {
      problem.value = toFailure(thrown).message;
      progress.value = { step: "asking" };
    }
  };
  return (
    <form class="sheet-form" onSubmit={make}>
      <p>
        For the day this phone is lost or breaks: a new one takes the file and its passphrase and
        goes on as <strong>{status.value?.device.name ?? "this device"}</strong>.
      </p>
      <PassphraseField
        id="identity-passphrase"
        label="Passphrase"
        value={first}
        isNew
        hint={strengthWords(first.value)}
      />
      <progress
        class={lengthOf(first.value) >= STRONG_LENGTH ? "meter full" : "meter"}
        max={STRONG_LENGTH}
        value={Math.min(STRONG_LENGTH, lengthOf(first.value))}
        aria-label="Length of the passphrase"
      />
      <PassphraseField id="identity-again" label="The same again" value={second} isNew />
      <p class="field-problem" role="alert">{problem}</p>
      <button type="submit" class="primary wide" disabled={making}>
        {making ? "Sealing …" : "Make the file"}
      </button>
      <p class="hint">
        Whoever has both can write in this device’s name. Nobody can open the file without the
        passphrase, nor reset it.
      </p>
    </form>
  );
}

interface MadeProps {
  readonly file: File;
  readonly onClose: () => void;
}

function Made({ file, onClose }: MadeProps) {
  return (
    <div class="sheet-form">
      <Message tone="good" title={file.name}>
        <p>{formats.bytes(file.size)}, sealed with your passphrase.</p>
      </Message>
      <FileActions file={file} onTaken={() => {}} />
      <p>
        Keep it away from this device. Use it only when this device is gone for good: if two devices
        write with one identity, the crew shuts both out.
      </p>
      <button type="button" class="wide" onClick={onClose}>Done</button>
    </div>
  );
}
