import { useSignal } from "@preact/signals";
import { toFailure } from "../field/errors.ts";
import type { StorageStatus, VerifyResult } from "../field/messages.ts";
import { fieldmesh } from "../page/fieldmesh.ts";
import { counted, formats, shortKey } from "./format.ts";
import { status } from "./live.ts";
import Message from "./parts/message.tsx";

/** Below this the user should hear of it before a save fails. */
const LITTLE_FREE_BYTES = 500_000_000;

/** Whether the records are safe on this device's disk. */
export default function RecordsCard() {
  const known = status.value;
  return (
    <section class="card" aria-labelledby="records-title">
      <h2 id="records-title">Records on this device</h2>
      {known
        ? <Storage storage={known.storage} />
        : <p class="skeleton storage-skeleton">&nbsp;</p>}
      <Verify />
    </section>
  );
}

function Storage({ storage }: { readonly storage: StorageStatus }) {
  const { usedBytes, quotaBytes, failure } = storage;
  const freeBytes = Math.max(0, quotaBytes - usedBytes);
  return (
    <>
      <p class="storage-line">
        <span>
          <b>{formats.bytes(usedBytes)}</b> used
        </span>
        <span>
          <b>{formats.bytes(freeBytes)}</b> free
        </span>
      </p>
      <progress
        class="meter"
        max={Math.max(1, quotaBytes)}
        value={usedBytes}
        aria-label="Storage used"
      />
      {freeBytes < LITTLE_FREE_BYTES && (
        <Message tone="problem" title="Little space is left">
          <p>Free some on this device: when it is full, new records cannot be saved.</p>
        </Message>
      )}
      {failure && (
        <Message tone="problem" title="The last save failed">
          <p>{failure.message}</p>
        </Message>
      )}
      <Persistence persistent={storage.persistent} />
    </>
  );
}

function Persistence({ persistent }: { readonly persistent: boolean }) {
  const outcome = useSignal("");
  if (persistent) return <p>Protected: the browser deletes the records only if you tell it to.</p>;
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
    <div class="stack">
      <p>Not protected: the browser may delete the records when space runs short.</p>
      <button type="button" onClick={ask}>Protect the records</button>
      <p class="hint" role="status">{outcome}</p>
    </div>
  );
}

type Verification =
  | { readonly step: "idle" | "running" }
  | { readonly step: "done"; readonly result: VerifyResult }
  | { readonly step: "failed"; readonly message: string };

/** Every entry's signature and chain, checked again from disk. */
function Verify() {
  const state = useSignal<Verification>({ step: "idle" });
  const verify = async () => {
    state.value = { step: "running" };
    try {
      state.value = { step: "done", result: await fieldmesh().verify() };
    } catch (thrown) {
      state.value = { step: "failed", message: toFailure(thrown).message };
    }
  };
  return (
    <div class="stack">
      <button type="button" onClick={verify} disabled={state.value.step === "running"}>
        {state.value.step === "running" ? "Verifying …" : "Verify all records"}
      </button>
      <div role="status">
        <Outcome state={state.value} />
      </div>
    </div>
  );
}

function Outcome({ state }: { readonly state: Verification }) {
  if (state.step === "failed") {
    return (
      <Message tone="problem" title="Verifying failed">
        <p>{state.message}</p>
      </Message>
    );
  }
  if (state.step !== "done") return null;
  const { devices, entries, faults } = state.result;
  const noun = entries === 1 ? "entry" : "entries";
  const checked = `${formats.count(entries)} ${noun} of ${counted(devices, "device", formats)}`;
  if (faults.length === 0) {
    return <Message tone="good" title={`${checked}: every signature holds`} />;
  }
  return (
    <Message tone="problem" title={`${checked}: ${counted(faults.length, "fault", formats)}`}>
      <ul class="plain">
        {faults.map(({ device, seq, what }) => (
          <li key={`${device}-${seq}`}>
            Device {shortKey(device)}, entry {formats.count(seq)}: {what}
          </li>
        ))}
      </ul>
    </Message>
  );
}
