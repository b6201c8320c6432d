/** What became of files that another app handed over, where there is something to tell. */
import { assertNever } from "../../field/errors.ts";
import { isShareOutcome, MOST_SHARED, MOST_SHARED_BYTES } from "../../field/shared_file.ts";
import type { ShareOutcome } from "../../field/shared_file.ts";
import { counted } from "../format.ts";
import type { Formats } from "../format.ts";

/** The mark in the page's address; null when there is none, or one of no meaning. */
export function outcomeInSearch(search: string, mark: string): ShareOutcome | null {
  const value = new URLSearchParams(search).get(mark);
  return isShareOutcome(value) ? value : null;
}

/** Why nothing waits, and what to do; null when something does. */
export function notTaken(outcome: ShareOutcome, formats: Formats): string | null {
  switch (outcome) {
    case "here":
      return null;
    case "nothing":
      return "No file came with it. Share the file that another Fieldmesh made (.fieldmesh).";
    case "too-large":
      return `It is larger than ${formats.bytes(MOST_SHARED_BYTES)}, which is too much for this ` +
        "way. Save it on this device and choose it with “Take in a file”.";
    case "full":
      return `${
        counted(MOST_SHARED, "shared file", formats)
      } wait here already, and more are not ` +
        "kept. Take those in or discard them, then share it again.";
    case "not-kept":
      return "This device could not keep it: it may be short of space. Make room and share it " +
        "again, or choose it with “Take in a file”.";
    case "missed":
      return "The app was not ready to take it. It is now: share it again, or choose it with " +
        "“Take in a file”.";
    default:
      return assertNever(outcome);
  }
}
