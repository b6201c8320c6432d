/** What the records page says of backups: what came of a restore, and who may take an identity back. */
import type { RestoreReport, Status } from "../../field/messages.ts";
import { counted } from "../format.ts";
import type { Formats } from "../format.ts";

/** What became of a bundle, in one line and what it means. */
export interface RestoreOutcome {
  readonly tone: "good" | "problem" | "info";
  readonly title: string;
  readonly lines: readonly string[];
}

/** `stopped`: the user broke it off. */
export function backupOutcome(
  report: RestoreReport,
  stopped: boolean,
  formats: Formats,
): RestoreOutcome {
  const { added, known, refused, media, whole } = report;
  const came = [
    `${formats.count(added)} new ${added === 1 ? "entry" : "entries"}`,
    ...(known > 0 ? [`${formats.count(known)} were here already`] : []),
    ...(media > 0 ? [counted(media, "picture", formats)] : []),
  ];
  const lines = [
    `${came.join(", ")}.`,
    ...refusedLine(refused, formats),
    ...endLine(report, stopped),
  ];
  if (stopped) return { tone: "info", title: "Restoring was stopped", lines };
  if (whole && refused === 0 && report.faults.length === 0) {
    return { tone: "good", title: "All of the backup is here, and it verifies", lines };
  }
  return { tone: "problem", title: "Not all of the backup could be taken", lines };
}

export function refusedLine(refused: number, formats: Formats): string[] {
  if (refused === 0) return [];
  return [
    `${formats.count(refused)} did not verify and ${refused === 1 ? "was" : "were"} not taken.`,
  ];
}

export function endLine({ whole }: RestoreReport, stopped: boolean): string[] {
  if (stopped) return ["What was taken in stays. Restore the same file again to go on."];
  return whole ? [] : ["The file is damaged, or its end is missing. What verifies was taken."];
}

/** An identity can be taken back only before this device has said anything in its own name. */
export function mayRestoreIdentity(
  { saved, pending, crew, joining, unconfirmed }: Status,
): boolean {
  return saved === 0 && pending === 0 && crew === null && !joining && unconfirmed !== true;
}
