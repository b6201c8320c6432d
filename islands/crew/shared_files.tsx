import { useEffect } from "preact/hooks";
import { signal, useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import { SHARED_MARK } from "../../field/shared_file.ts";
import type { ShareOutcome } from "../../field/shared_file.ts";
import { dropFile, type SharedFile, waitingFiles } from "../../page/shared_files.ts";
import { formats } from "../format.ts";
import Message from "../parts/message.tsx";
import { useNow } from "../parts/use_now.ts";
import { recordsWork } from "../records/records_work.ts";
import { isUnderWay } from "../records/work.ts";
import { notTaken, outcomeInSearch } from "./shared_words.ts";

/** Kept across pages: what waits does not change while another one is shown. */
const waiting = signal<readonly SharedFile[]>([]);

/** Files that another app handed over: nothing of them is taken in before the user says so. */
export default function SharedFiles() {
  const outcome = useSignal<ShareOutcome | null>(null);
  const failed = useSignal("");
  useEffect(() => {
    outcome.value = takeMark();
    look().catch((thrown) => failed.value = toFailure(thrown).message);
  }, []);
  const refused = outcome.value && notTaken(outcome.value, formats);
  return (
    <>
      {(refused || failed.value) && (
        <Message
          tone="problem"
          title="The shared file is not here"
          actions={
            <button
              type="button"
              onClick={() => {
                outcome.value = null;
                failed.value = "";
              }}
            >
              Close
            </button>
          }
        >
          <p>{refused || failed.value}</p>
        </Message>
      )}
      {waiting.value.map((shared) => <Waiting key={shared.key} shared={shared} />)}
    </>
  );
}

function Waiting({ shared }: { readonly shared: SharedFile }) {
  const now = useNow(60_000).value;
  const { file, at } = shared;
  const busy = isUnderWay(recordsWork.work.value);
  return (
    <Message
      tone="info"
      title={`Shared with this device: ${file.name}`}
      actions={
        <>
          <button type="button" class="primary" disabled={busy} onClick={() => takeIn(shared)}>
            Take it in
          </button>
          <button type="button" disabled={busy} onClick={() => drop(shared)}>Discard</button>
        </>
      }
    >
      <p>
        {formats.bytes(file.size)},{" "}
        {formats.recently(at, now)}. What is genuine and new in it is added to what is here; nothing
        is replaced.
      </p>
    </Message>
  );
}

/** It stays until all of it was read: what was broken off goes on with the same file. */
async function takeIn(shared: SharedFile): Promise<void> {
  await recordsWork.restore(shared.file, "exchange");
  const done = recordsWork.work.value;
  if (done.step === "restored" && !done.stopped) await drop(shared);
}

async function drop({ key }: SharedFile): Promise<void> {
  await dropFile(key, caches);
  await look();
}

/** Cache Storage is there in secure contexts only, as the app's worker is. */
async function look(): Promise<void> {
  waiting.value = "caches" in globalThis ? await waitingFiles(caches) : [];
}

/** Read once: a reload must not tell it again. */
function takeMark(): ShareOutcome | null {
  const outcome = outcomeInSearch(location.search, SHARED_MARK);
  if (outcome !== null) history.replaceState(history.state, "", location.pathname + location.hash);
  return outcome;
}
