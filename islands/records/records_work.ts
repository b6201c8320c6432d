import { effect } from "@preact/signals";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { showToast } from "../shell/toasts_shown.ts";
import { makeWork } from "./work.ts";

/** The long work with files, the same for the whole life of the document. */
export const recordsWork = makeWork(fieldmesh);

/** Where its panel is. */
const PATHS: readonly string[] = ["/records", "/crew"];
const LASTS_MS = 12_000;

// Whoever waits for a file may have gone to another page meanwhile.
effect(() => {
  const { step } = recordsWork.work.value;
  if (step === "made") tell("good", "The file is ready");
  if (step === "restored") tell("good", "The file was read");
  if (step === "not-made") tell("problem", "The file was not made");
  if (step === "not-restored") tell("problem", "The file was not read");
});

function tell(tone: "good" | "problem", text: string): void {
  if (PATHS.includes(location.pathname)) return;
  showToast({
    key: "records-work",
    tone,
    text,
    detail: "It waits under Records.",
    lastsMs: LASTS_MS,
  });
}
