import type { Disk, Key, KeyRange, Row, Table } from "./disk.ts";

const STEP_BYTES = 1 << 18;

/** All rows of a range in order: at most a quarter of a megabyte, and at most `limit`, at a time. */
export async function* eachRow(
  disk: Disk,
  table: Table,
  range: Pick<KeyRange, "prefix" | "from" | "to" | "limit">,
): AsyncGenerator<Row> {
  let rest = range;
  for (;;) {
    const rows = await disk.rows(table, { ...rest, mostBytes: STEP_BYTES });
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    rest = { ...range, from: behind(last.key) };
  }
}

/** The key after `key`: the first of those that go on after it. */
export function behind(key: Key): Key {
  return [...key, -Number.MAX_VALUE];
}

/** The end of the keys whose first part is `text` or less. */
export function behindText(text: string): Key {
  return [`${text}\0`];
}
