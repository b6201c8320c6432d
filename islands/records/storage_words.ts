/** What the records page says of space and safety, from the worker's figures. */
import type { Status, StorageStatus } from "../../field/messages.ts";
import { counted } from "../format.ts";
import type { Formats } from "../format.ts";
import { figuresOf } from "../watch/session.ts";

/** Below this the user hears of it on every page, before a save fails. */
export const LITTLE_FREE_BYTES = 500_000_000;

/** Something that is true now of the records: `good` or not, in a line and what it means. */
export interface Fact {
  /** "open": neither good nor bad: it is the user's choice, or nothing is there yet. */
  readonly tone: "good" | "bad" | "open";
  readonly line: string;
  readonly meaning: string;
}

/** What the browser still gives, bytes; null where it does not tell. */
export function freeBytes({ usedBytes, quotaBytes }: StorageStatus): number | null {
  return quotaBytes > 0 ? Math.max(0, quotaBytes - usedBytes) : null;
}

/** How little is left, bytes, when it is so little that the user has to act; else null. */
export function shortOfSpace(storage: StorageStatus): number | null {
  const free = freeBytes(storage);
  return free !== null && free < LITTLE_FREE_BYTES ? free : null;
}

/** Whether what is seen gets on disk. */
export function savingFact(status: Status, formats: Formats): Fact {
  const { storage: { failure }, pending, total } = status;
  if (failure) return { tone: "bad", line: "The last save failed", meaning: failure.message };
  if (status.unconfirmed) {
    return { tone: "bad", line: "Nothing is recorded", meaning: "The top of the page says why." };
  }
  return {
    tone: total === 0 ? "open" : "good",
    line: total === 0 ? "Nothing recorded yet" : `${onDisk(total, formats)} on this device`,
    meaning: pending === 0
      ? "What is counted here is on its disk."
      : `${counted(pending, "more observation", formats)} on the way to its disk.`,
  };
}

/** Whether losing this device would lose records. */
export function copiesFact(status: Status, formats: Formats): Fact {
  const { elsewhere } = figuresOf(status, null);
  const { saved } = status;
  if (saved === 0) {
    return {
      tone: "open",
      line: "Nothing of its own to lose yet",
      meaning: "Of what it records, each other device of a crew keeps a full copy.",
    };
  }
  if (elsewhere >= saved) {
    return {
      tone: "good",
      line: "All of its own is elsewhere too",
      meaning: "Losing this device would lose no record.",
    };
  }
  const lost = `Losing this device would lose ${counted(saved - elsewhere, "record", formats)}`;
  return elsewhere === 0
    ? { tone: "open", line: "Only on this device", meaning: `${lost}: back up, or start a crew.` }
    : {
      tone: "open",
      line: `${formats.count(elsewhere)} of its ${formats.count(saved)} elsewhere too`,
      meaning: `${lost} until the crew has met again.`,
    };
}

/** Whether the browser may delete the records by itself. */
export function protectionFact(storage: StorageStatus): Fact {
  return storage.persistent
    ? {
      tone: "good",
      line: "Protected",
      meaning: "The browser deletes the records only if you tell it to.",
    }
    : {
      tone: "open",
      line: "Not protected",
      meaning: "The browser may delete the records when space runs short.",
    };
}

/** "2 things came in and were not taken"; null when there are none. */
export function quarantineFact(status: Status, formats: Formats): Fact | null {
  const count = status.quarantined ?? 0;
  if (count === 0) return null;
  return {
    tone: "bad",
    line: `${counted(count, "thing", formats)} came in and ${
      count === 1 ? "was" : "were"
    } not taken`,
    meaning: "It did not prove to be genuine. Your records are not affected.",
  };
}

/** How far the list is: "34 %"; "0 %" before anything is known of its length. */
export function percent(
  { done, total }: { readonly done: number; readonly total: number },
): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  // Rounded down: 100 % is said when it is true.
  return `${Math.floor(share * 100)} %`;
}

function onDisk(total: number, formats: Formats): string {
  return counted(total, "observation", formats);
}
