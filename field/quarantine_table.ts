import type { Disk, Row } from "./disk.ts";
import { sealValue, unsealValue } from "./sealed_value.ts";
import { MOST_QUARANTINED, type Quarantined } from "./store.ts";
import type { WriteDraft } from "./write_draft.ts";

const TABLE = "quarantine";

/** What came in and was not taken: `[at, n]` is `[device, seq, why, bytes]`. */
export class QuarantineTable {
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Newest first. */
  async all(): Promise<Quarantined[]> {
    const rows = await this.#disk.rows(TABLE, { reverse: true, limit: MOST_QUARANTINED });
    return rows.flatMap((row) => parseRow(row) ?? []);
  }

  /** Without reading what came. */
  async count(): Promise<number> {
    return await this.#disk.count(TABLE, { limit: MOST_QUARANTINED });
  }

  /** Adds to a write what came in, and removes the oldest where they are too many. */
  async draft(draft: WriteDraft, came: readonly Quarantined[]): Promise<void> {
    if (came.length === 0) return;
    const keys = (await this.#disk.keys(TABLE, {})).map((key) => [Number(key[0]), Number(key[1])]);
    const before = keys.length;
    const last = Math.max(-1, ...keys.map(([, n]) => n));
    came.forEach(({ at }, i) => keys.push([at, last + 1 + i]));
    const oldestFirst = keys.map((key, i) => ({ key, i }))
      .sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1]);
    const tooMany = Math.max(0, keys.length - MOST_QUARANTINED);
    for (const { key, i } of oldestFirst.slice(0, tooMany)) {
      if (i < before) draft.delete(TABLE, key);
    }
    for (const { key, i } of oldestFirst.slice(tooMany)) {
      if (i < before) continue;
      draft.expect(TABLE, key, null); // another worker may have counted to the same number
      draft.put(TABLE, key, encodeRow(came[i - before]));
    }
  }
}

function encodeRow({ device, seq, why, bytes }: Quarantined) {
  return sealValue([device, seq, why, bytes]);
}

/** Null when it is damaged. */
function parseRow({ key, value }: Row): Quarantined | null {
  const kept = unsealValue(value)?.value;
  if (!Array.isArray(kept)) return null;
  const [device, seq, why, bytes] = kept as unknown[];
  if (!(device === null || typeof device === "string")) return null;
  if (!(seq === null || typeof seq === "number")) return null;
  if (typeof why !== "string" || !(bytes instanceof Uint8Array)) return null;
  return { at: Number(key[0]), device, seq, why, bytes: new Uint8Array(bytes) };
}
