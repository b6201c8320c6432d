import { useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { status } from "../live.ts";
import Check from "./check.tsx";
import { percent } from "./storage_words.ts";
import type { Fact } from "./storage_words.ts";

/** The list that the log reads from: made of the entries, so it can be made again. */
export default function RebuildRow() {
  const failed = useSignal("");
  const rebuilding = status.value?.rebuilding ?? null;
  const rebuild = async () => {
    try {
      await fieldmesh().rebuild();
      failed.value = "";
    } catch (thrown) {
      failed.value = toFailure(thrown).message;
    }
  };
  return (
    <Check
      fact={factOf(rebuilding, failed.value)}
      action={
        <button type="button" disabled={rebuilding !== null} onClick={rebuild}>
          {rebuilding ? "Building …" : "Rebuild"}
        </button>
      }
    >
      {rebuilding && (
        <progress
          class="meter"
          max={Math.max(1, rebuilding.total)}
          value={rebuilding.done}
          aria-label="Building the list anew"
        />
      )}
    </Check>
  );
}

function factOf(
  rebuilding: { readonly done: number; readonly total: number } | null,
  failed: string,
): Fact {
  if (failed) return { tone: "bad", line: "The list was not built anew", meaning: failed };
  if (rebuilding) {
    return {
      tone: "open",
      line: `The list is being built anew: ${percent(rebuilding)}`,
      meaning: "The records are safe. Until it is done the log may lack some.",
    };
  }
  return {
    tone: "open",
    line: "The log’s list",
    meaning: "Made from the records. If it ever looks wrong, make it anew.",
  };
}
