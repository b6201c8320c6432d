import type { Stamp } from "./clock.ts";
import type { DeviceId } from "./observation.ts";
import { parseObservationId } from "./store/observation_row.ts";

/**
 * What people say of an observation, field by field: the class it really is, a comment, a star, that it
 * is wrong, and labels, each a field of its own (`label/juvenile`), so that edits of two devices merge.
 */
export type NoteField = "class" | "comment" | "star" | "wrong" | `label/${string}`;

/** `class` and `comment` hold a text or null (taken back); the others are true or false. */
export type NoteValue = string | boolean | null;

/** One edit by a person. */
export interface Edit {
  /** The observation's id. */
  readonly observation: string;
  readonly field: NoteField;
  readonly value: NoteValue;
}

/**
 * An edit as it is kept. Of one field the edit with the greater `counter` holds, of equals that of the
 * greater device id: an edit counts one above the edits that its author saw, so it wins over what it
 * was meant to replace however wrong a clock is, and of two concurrent ones all devices choose the same.
 */
export interface StoredEdit extends Edit {
  readonly counter: number;
  readonly by: DeviceId;
  /** For showing; `counter` decides, but between two of one device with one counter. */
  readonly at: Stamp;
}

/** What holds of an observation's edits. */
export interface Notes {
  /** The class that a person gave it. */
  readonly class?: string;
  readonly comment?: string;
  readonly star: boolean;
  /** Not what the model said, nor anything worth counting. */
  readonly wrong: boolean;
  /** Sorted. */
  readonly labels: readonly string[];
}

export const MOST_COMMENT_LENGTH = 2000;
export const MOST_LABEL_LENGTH = 60;

/** True when `a` holds over `b`: both of one observation and field. One device's stamps always rise. */
export function holdsOver(a: StoredEdit, b: StoredEdit): boolean {
  if (a.counter !== b.counter) return a.counter > b.counter;
  return a.by !== b.by ? a.by > b.by : a.at > b.at;
}

/** The edits that hold, one a field. */
export function holdingEdits(edits: readonly StoredEdit[]): ReadonlyMap<NoteField, StoredEdit> {
  const holding = new Map<NoteField, StoredEdit>();
  for (const edit of edits) {
    const other = holding.get(edit.field);
    if (!other || holdsOver(edit, other)) holding.set(edit.field, edit);
  }
  return holding;
}

/** The notes that an observation's edits add up to, in any order; null when nothing is said of it. */
export function notesOf(edits: readonly StoredEdit[]): Notes | null {
  const holding = holdingEdits(edits);
  const text = (field: NoteField) => {
    const value = holding.get(field)?.value;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const is = (field: NoteField) => holding.get(field)?.value === true;
  const labels = [...holding.keys()].filter((field) => field.startsWith("label/") && is(field))
    .map((field) => field.slice("label/".length)).sort();
  const [name, comment] = [text("class"), text("comment")];
  const notes: Notes = {
    ...(name === undefined ? {} : { class: name }),
    ...(comment === undefined ? {} : { comment }),
    star: is("star"),
    wrong: is("wrong"),
    labels,
  };
  const isEmpty = !name && !comment && !notes.star && !notes.wrong && labels.length === 0;
  return isEmpty ? null : notes;
}

/** An edit of outside origin, its form checked; null when it is not one. */
export function parseEdit(observation: unknown, field: unknown, value: unknown): Edit | null {
  if (typeof observation !== "string" || !parseObservationId(observation)) return null;
  if (field === "star" || field === "wrong" || isLabelField(field)) {
    return typeof value === "boolean" ? { observation, field, value } : null;
  }
  if (field !== "class" && field !== "comment") return null;
  const mostLength = field === "class" ? MOST_LABEL_LENGTH : MOST_COMMENT_LENGTH;
  const isFit = value === null ||
    typeof value === "string" && value.trim().length > 0 && value.length <= mostLength;
  return isFit ? { observation, field, value: value as string | null } : null;
}

function isLabelField(field: unknown): field is `label/${string}` {
  if (typeof field !== "string" || !field.startsWith("label/")) return false;
  const label = field.slice("label/".length);
  return label.trim() === label && label.length > 0 && label.length <= MOST_LABEL_LENGTH;
}
