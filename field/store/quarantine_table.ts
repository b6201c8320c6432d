import type { Disk, Key, Row } from "./disk.ts";
import { sealValue, unsealValue } from "./sealed_value.ts";
import { FORKED, MOST_QUARANTINED, type Quarantined } from "./store.ts";
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

  /** Adds to a write what came in, and removes the oldest where they are too many: proofs of forks last. */
  async draft(draft: WriteDraft, came: readonly Quarantined[]): Promise<void> {
    if (came.length === 0) return;
    const before = (await this.#disk.keys(TABLE, {})).map((key): Place => ({ key }));
    const last = Math.max(-1, ...before.map(({ key }) => Number(key[1])));
    const fresh = came.map((item, i): Place => ({ key: [item.at, last + 1 + i], item }));
    const all = [...before, ...fresh];
    const out = new Set(await this.#leastWorth(all, all.length - MOST_QUARANTINED));
    for (const place of before) if (out.has(place)) draft.delete(TABLE, place.key);
    for (const [i, place] of fresh.entries()) {
      if (out.has(place)) continue;
      draft.expect(TABLE, place.key, null); // another worker may have counted to the same number
      draft.put(TABLE, place.key, encodeRow(came[i]));
    }
  }

  /** Reads only as far as it must: a row may be as large as an entry. */
  async #leastWorth(places: readonly Place[], many: number): Promise<Place[]> {
    const oldestFirst = places.toSorted(({ key: a }, { key: b }) =>
      Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1])
    );
    const [plain, proofs]: [Place[], Place[]] = [[], []];
    for (const place of oldestFirst) {
      if (plain.length >= many) break;
      (await this.#why(place) === FORKED ? proofs : plain).push(place);
    }
    return [...plain, ...proofs].slice(0, Math.max(0, many));
  }

  async #why({ key, item }: Place): Promise<string | undefined> {
    const value = item ? null : await this.#disk.get(TABLE, key);
    return item?.why ?? (value ? parseRow({ key, value })?.why : undefined);
  }
}

/** Where something is kept, or will be. */
interface Place {
  readonly key: Key;
  readonly item?: Quarantined;
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
