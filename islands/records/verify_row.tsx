import { signal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { VerifyResult } from "../../field/messages.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { counted, formats, shortKey } from "../format.ts";
import Check from "./check.tsx";
import type { Fact } from "./storage_words.ts";

type Verification =
  | { readonly step: "idle" | "running" }
  | { readonly step: "done"; readonly result: VerifyResult; readonly at: number }
  | { readonly step: "failed"; readonly message: string };

// Kept across pages: with many records it takes a while.
const verification = signal<Verification>({ step: "idle" });

/** Every entry's signature and chain, checked again from disk. */
export default function VerifyRow() {
  const now = verification.value;
  const running = now.step === "running";
  return (
    <Check
      fact={factOf(now)}
      action={
        <button
          type="button"
          aria-label={running ? "Verifying …" : "Verify all records"}
          disabled={running}
          onClick={verify}
        >
          {running ? "Verifying …" : "Verify"}
        </button>
      }
    >
      {running && <progress class="meter" aria-label="Verifying all records" />}
      {now.step === "done" && <Faults result={now.result} />}
    </Check>
  );
}

async function verify(): Promise<void> {
  verification.value = { step: "running" };
  try {
    const result = await fieldmesh().verify();
    verification.value = { step: "done", result, at: Date.now() };
  } catch (thrown) {
    verification.value = { step: "failed", message: toFailure(thrown).message };
  }
}

function factOf(now: Verification): Fact {
  if (now.step === "failed") {
    return { tone: "bad", line: "Verifying failed", meaning: now.message };
  }
  if (now.step !== "done") {
    return {
      tone: "open",
      line: "Every entry is signed",
      meaning: "Checked when it came. Verify checks all again, from disk.",
    };
  }
  const { devices, entries, faults } = now.result;
  const noun = entries === 1 ? "entry" : "entries";
  const checked = `${formats.count(entries)} ${noun} of ${counted(devices, "device", formats)}`;
  const when = `Read from disk at ${formats.time(now.at)}.`;
  return faults.length === 0
    ? { tone: "good", line: `${checked}: every signature holds`, meaning: when }
    : {
      tone: "bad",
      line: `${checked}: ${counted(faults.length, "fault", formats)}`,
      meaning: when,
    };
}

function Faults({ result }: { readonly result: VerifyResult }) {
  if (result.faults.length === 0) return null;
  return (
    <ul class="plain">
      {result.faults.map(({ device, seq, what }) => (
        <li key={`${device}-${seq}`}>
          Device {shortKey(device)}, entry {formats.count(seq)}: {what}
        </li>
      ))}
    </ul>
  );
}
