/** Rows that a disk gives back otherwise than they were written. */
import type { Chance } from "./chance.ts";
import type { DiskState } from "./faulty_indexeddb.ts";

/** What can be made anew from the entries; the entries themselves, and pictures, cannot. */
const DERIVED = ["pages", "edits", "snapshots", "heads", "settings"] as const;
/** Of the settings, those that others could tell. */
const CREW_KEY = /^\["?(crew|index-build)"?\]$|^"(crew|index-build)"$/;

/** The same disk with some byte of one row, or of a few, flipped. */
export function damaged(disk: DiskState, chance: Chance): DiskState {
  const tables = new Map([...disk].map(([name, rows]) => [name, new Map(rows)]));
  // whose crew this is stands in the settings and in the snapshot: not both are gone at once
  const spared = chance.pick(["settings", "snapshots"]);
  const derived = DERIVED.filter((name) => name !== spared);
  for (let many = 1 + chance.below(3); many > 0; many--) {
    const name = chance.pick(derived);
    const rows = tables.get(name);
    const keys = [...rows?.keys() ?? []].filter((key) => name !== "settings" || CREW_KEY.test(key));
    if (!rows || keys.length === 0) continue;
    const key = chance.pick(keys);
    const row = rows.get(key);
    if (!row || !(row.value instanceof Uint8Array) || row.value.length === 0) continue;
    const at = chance.below(row.value.length);
    rows.set(key, { ...row, value: row.value.with(at, row.value[at] ^ 1 << chance.below(8)) });
  }
  return tables;
}
