/** What was said of an observation, in words. */
import { stampMs } from "../../field/clock.ts";
import type { StoredEdit } from "../../field/notes.ts";
import type { Formats } from "../format.ts";

/** "set the class to fox", "took the star away". */
export function editWords({ field, value }: StoredEdit): string {
  if (field === "class") {
    return typeof value === "string" ? `said it is ${quoted(value)}` : "took the class back";
  }
  if (field === "comment") {
    return typeof value === "string" ? `wrote ${quoted(value)}` : "took the comment away";
  }
  if (field === "star") return value === true ? "gave it a star" : "took the star away";
  if (field === "wrong") return value === true ? "marked it as wrong" : "took “wrong” back";
  const label = quoted(field.slice("label/".length));
  return value === true ? `added the label ${label}` : `took the label ${label} away`;
}

/** Who and when: "Gate phone, 14:02". */
export function editedBy(
  edit: StoredEdit,
  nameOf: (device: string) => string,
  formats: Formats,
  now: number,
): string {
  return `${nameOf(edit.by)}, ${formats.recently(stampMs(edit.at), now)}`;
}

const MOST_QUOTED = 80;

function quoted(text: string): string {
  const start = text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)} …` : text;
  return `“${start}”`;
}
