import { useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { Status, StorageStatus } from "../../field/messages.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { formats } from "../format.ts";
import { status } from "../live.ts";
import Check from "./check.tsx";
import QuarantineSheet from "./quarantine_sheet.tsx";
import RebuildRow from "./rebuild_row.tsx";
import {
  copiesFact,
  freeBytes,
  protectionFact,
  quarantineFact,
  savingFact,
  shortOfSpace,
} from "./storage_words.ts";
import type { Fact } from "./storage_words.ts";
import VerifyRow from "./verify_row.tsx";

/** Whether the records are safe: on disk, twice, protected, genuine. */
export default function SafetyCard() {
  const known = status.value;
  return (
    <section class="card" id="safe" aria-labelledby="safe-title">
      <h2 id="safe-title">Are they safe?</h2>
      <Space storage={known?.storage ?? null} />
      {known ? <Checks known={known} /> : <p class="skeleton checks">&nbsp;</p>}
    </section>
  );
}

function Checks({ known }: { readonly known: Status }) {
  return (
    <ul class="checks">
      <Check fact={savingFact(known, formats)} />
      <Check fact={copiesFact(known, formats)} />
      <QuarantineRow fact={quarantineFact(known, formats)} />
      <ProtectionRow storage={known.storage} />
      <VerifyRow />
      <RebuildRow />
    </ul>
  );
}

function ProtectionRow({ storage }: { readonly storage: StorageStatus }) {
  const outcome = useSignal("");
  const ask = async () => {
    try {
      outcome.value = await fieldmesh().persist()
        ? ""
        : "The browser said no. It often agrees once the app is installed or used for a while.";
    } catch (thrown) {
      outcome.value = toFailure(thrown).message;
    }
  };
  return (
    <Check
      fact={protectionFact(storage)}
      action={!storage.persistent && <button type="button" onClick={ask}>Protect</button>}
    >
      <p class="hint check-outcome" role="status">{outcome}</p>
    </Check>
  );
}

function QuarantineRow({ fact }: { readonly fact: Fact | null }) {
  const open = useSignal(false);
  if (!fact) return null;
  return (
    <Check
      fact={fact}
      action={<button type="button" onClick={() => open.value = true}>Show</button>}
    >
      <QuarantineSheet open={open.value} onClose={() => open.value = false} />
    </Check>
  );
}

function Space({ storage }: { readonly storage: StorageStatus | null }) {
  const free = storage && freeBytes(storage);
  const isShort = storage !== null && shortOfSpace(storage) !== null;
  return (
    <div class="space">
      <p class="storage-line">
        <span>
          <b>{storage ? formats.bytes(storage.usedBytes) : "–"}</b> used
        </span>
        <span>
          <b>{free === null ? "–" : formats.bytes(free)}</b> {freeWords(storage)}
        </span>
      </p>
      <progress
        class={isShort ? "meter short" : "meter"}
        max={Math.max(1, storage?.quotaBytes ?? 1)}
        value={storage?.usedBytes ?? 0}
        aria-label="Storage used"
      />
    </div>
  );
}

function freeWords(storage: StorageStatus | null): string {
  if (storage && freeBytes(storage) === null) return "free: the browser does not tell";
  return storage && shortOfSpace(storage) !== null ? "free: that is little" : "free";
}
