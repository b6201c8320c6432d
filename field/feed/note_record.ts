import type { Bytes } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import type { DocRecord } from "./documents.ts";
import { type Edit, parseEdit } from "../notes.ts";

/** An edit as a record of a device's notes: under `<observation's id> <field>`, canonical CBOR `[1, counter, value]`. */
export type CountedEdit = Edit & { readonly counter: number };

const FORMAT = 1;
/** More than anybody edits one field; one who counts further by far would leave no room above. */
export const MOST_COUNTER = 2 ** 32;

export function noteRecord({ observation, field, value, counter }: CountedEdit): DocRecord {
  return { key: `${observation} ${field}`, value: encodeCbor([FORMAT, counter, value]) };
}

/** Null when it is not an edit, or one of a newer version. */
export function parseNoteRecord(key: string, record: Bytes): CountedEdit | null {
  const value = decodeCbor(record)?.value;
  if (!Array.isArray(value) || value.length !== 3 || value[0] !== FORMAT) return null;
  const [, counter, said] = value as unknown[];
  if (!Number.isSafeInteger(counter)) return null;
  const count = counter as number;
  if (count < 1 || count > MOST_COUNTER) return null;
  const space = key.indexOf(" ");
  const edit = parseEdit(key.slice(0, Math.max(0, space)), key.slice(space + 1), said);
  return edit && { ...edit, counter: count };
}
