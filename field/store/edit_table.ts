import { isStamp } from "../clock.ts";
import type { Disk, Key, Row } from "./disk.ts";
import { behindText, eachRow } from "./disk_rows.ts";
import { parseEdit, type StoredEdit } from "../notes.ts";
import { sealValue, unsealValue } from "./sealed_value.ts";
import type { WriteDraft } from "./write_draft.ts";

const TABLE = "edits";

/**
 * Everything that people said of observations: `[observation, field, counter, by, at]` is `[value]`. With the
 * stamp, since a device that had lost sight of its own edits may count to one number twice.
 */
export class EditTable {
  readonly #disk: Disk;
  readonly #onDamage: () => void;

  constructor(disk: Disk, onDamage: () => void) {
    this.#disk = disk;
    this.#onDamage = onDamage;
  }

  /** See `Store.edits`. */
  async of(observation: string): Promise<StoredEdit[]> {
    // by field, which decides between those that are equal in all else
    const rows = await this.#disk.rows(TABLE, { prefix: [observation] });
    return this.#parsed(rows).sort((a, b) =>
      a.counter - b.counter || (a.by < b.by ? -1 : a.by > b.by ? 1 : a.at - b.at)
    );
  }

  /** Of those observations whose ids, as texts, are from `least` to `most`. */
  async between(least: string, most: string): Promise<Map<string, StoredEdit[]>> {
    const found = new Map<string, StoredEdit[]>();
    const range = { from: [least], to: behindText(most) };
    for await (const row of eachRow(this.#disk, TABLE, range)) {
      for (const edit of this.#parsed([row])) {
        const known = found.get(edit.observation) ?? [];
        known.push(edit);
        found.set(edit.observation, known);
      }
    }
    return found;
  }

  #parsed(rows: readonly Row[]): StoredEdit[] {
    return rows.flatMap((row) => {
      const edit = parseRow(row);
      if (!edit) this.#onDamage();
      return edit ?? [];
    });
  }
}

export function clearEdits(draft: WriteDraft): void {
  draft.clear(TABLE);
}

export function putEdit(draft: WriteDraft, edit: StoredEdit): void {
  draft.put(TABLE, keyOf(edit), sealValue([edit.value]));
}

/** True for two that are one edit, which was told twice. */
export function isSameEdit(a: StoredEdit, b: StoredEdit): boolean {
  return keyOf(a).every((part, i) => part === keyOf(b)[i]);
}

function keyOf({ observation, field, counter, by, at }: StoredEdit): Key {
  return [observation, field, counter, by, at];
}

/** Null when it is damaged. */
function parseRow({ key, value }: Row): StoredEdit | null {
  const [observation, field, counter, by, at] = key;
  const kept = unsealValue(value)?.value;
  if (!Array.isArray(kept) || !isStamp(counter) || typeof by !== "string") return null;
  const edit = parseEdit(observation, field, kept[0]);
  return edit && isStamp(at) ? { ...edit, counter, by, at } : null;
}
