import { useSignal } from "@preact/signals";
import { formats } from "../format.ts";
import { status } from "../live.ts";
import Icon from "../parts/icon.tsx";
import { useNow } from "../parts/use_now.ts";
import { mayRestoreIdentity } from "./backup_words.ts";
import FileButton from "./file_button.tsx";
import IdentityBackupSheet from "./identity_backup_sheet.tsx";
import IdentityRestoreSheet from "./identity_restore_sheet.tsx";
import { lastBackup } from "./last_occasions.ts";
import { sinceLine } from "./occasions.ts";
import { recordsWork } from "./records_work.ts";
import { isUnderWay } from "./work.ts";

const MINUTE_MS = 60_000;

/** A second copy in a file, and the way back. */
export default function BackUpCard() {
  const over = useSignal(false);
  const restore = (file: File | undefined) => file && void recordsWork.restore(file);
  return (
    <section
      class={over.value ? "card drop-over" : "card"}
      id="back-up"
      aria-labelledby="back-up-title"
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => over.value = false}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        restore(event.dataTransfer?.files[0]);
      }}
    >
      <h2 id="back-up-title">Back up</h2>
      <BackUp />
      <Restore onFile={restore} />
      <Identity />
    </section>
  );
}

function BackUp() {
  const now = useNow(MINUTE_MS).value;
  const last = lastBackup.value;
  const total = status.value?.total ?? null;
  const make = () =>
    void recordsWork.make({
      format: "bundle",
      query: undefined,
      counts: "backed-up",
      begun: { at: Date.now(), total: total ?? 0 },
    });
  return (
    <div class="stack wide-stack">
      <p>
        {last
          ? sinceLine(last, { what: "backup", total, now }, formats)
          : "No backup was made from here yet."}
      </p>
      <button
        type="button"
        class="primary wide back-up"
        disabled={total === null || isUnderWay(recordsWork.work.value)}
        onClick={make}
      >
        <Icon name="install" />Back up everything
      </button>
      <p class="hint">
        One file with all records and pictures, every signature with them. It is not encrypted: keep
        it where your team’s data may be.
      </p>
    </div>
  );
}

function Restore({ onFile }: { readonly onFile: (file: File | undefined) => void }) {
  return (
    <div class="stack wide-stack">
      <FileButton
        icon="up"
        label="Restore a backup …"
        disabled={isUnderWay(recordsWork.work.value)}
        onFile={onFile}
      />
      <p class="hint">
        Adds what is in the file to what is here; nothing is replaced. Or drop the file on this
        card.
      </p>
    </div>
  );
}

function Identity() {
  const sheet = useSignal<"none" | "back-up" | "restore">("none");
  const close = () => sheet.value = "none";
  const known = status.value;
  return (
    <div class="stack wide-stack part">
      <h3>This device’s identity</h3>
      <p>
        The key that it signs with. With a backup of it, a new phone can go on as this one; without,
        a new phone joins as another device, and no record is lost.
      </p>
      <div class="form-actions">
        <button type="button" disabled={!known} onClick={() => sheet.value = "back-up"}>
          <Icon name="key" />Back up the identity …
        </button>
        {known && mayRestoreIdentity(known) && (
          <button
            type="button"
            onClick={() => sheet.value = "restore"}
          >
            Restore one …
          </button>
        )}
      </div>
      <IdentityBackupSheet open={sheet.value === "back-up"} onClose={close} />
      <IdentityRestoreSheet open={sheet.value === "restore"} onClose={close} />
    </div>
  );
}
