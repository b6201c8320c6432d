/** A disk so simple that it can be seen to be right, and what to try it and a real one with. */
import fc from "fast-check";
import type { Bytes } from "../../field/bytes.ts";
import type { Key, KeyRange, Row, Table, Write } from "../../field/store/disk.ts";

export class DiskModel {
  #rows: (Row & { readonly table: Table })[] = [];

  /** False when it must not happen, since something else is expected. */
  write({ expect = [], clear = [], deletes = [], puts = [] }: Write): boolean {
    const at = (table: Table, key: Key) =>
      this.#rows.find((row) => row.table === table && same(row.key, key));
    const isExpected = expect.every(({ table, key, value }) =>
      `${at(table, key)?.value ?? null}` === `${value}`
    );
    if (!isExpected) return false;
    this.#rows = this.#rows.filter(({ table }) => !clear.includes(table));
    for (const { table, key } of [...deletes, ...puts]) {
      const found = at(table, key);
      this.#rows = this.#rows.filter((row) => row !== found);
    }
    const last = new Map(puts.map((put) => [JSON.stringify([put.table, put.key]), put]));
    this.#rows.push(...last.values());
    return true;
  }

  rows(table: Table, range: KeyRange): Row[] {
    const { prefix = [], from, to, reverse, limit = Infinity, mostBytes = Infinity } = range;
    const inRange = this.#rows
      .filter((row) => row.table === table && same(row.key.slice(0, prefix.length), prefix))
      .filter(({ key }) => (!from || !before(key, from)) && (!to || before(key, to)))
      .sort((a, b) => before(a.key, b.key) ? -1 : 1)
      .map(({ key, value }) => ({ key, value }));
    const rows = (reverse ? inRange.reverse() : inRange).slice(0, limit);
    let bytes = 0;
    const end = rows.findIndex(({ value }, i) => (bytes += value.length) > mostBytes && i > 0);
    return end < 0 ? rows : rows.slice(0, end);
  }
}

const same = (a: Key, b: Key) => JSON.stringify(a) === JSON.stringify(b);

function before(a: Key, b: Key): boolean {
  for (let i = 0; i < b.length; i++) {
    if (i === a.length) return true;
    const [left, right] = [a[i], b[i]];
    if (left === right) continue;
    if (typeof left === typeof right) return left < right;
    return typeof left === "number";
  }
  return false;
}

/** Where bugs live: signs, fractions, NUL, the lengths of an encoded character. */
const PARTS = [0, 1, -1, 0.5, -2.5, 1e300, 5e-324, 2 ** 53, "", "a", "ab", "\u0000", "a\u0000"]
  .concat(["~", "\u007f", "é", "\u407e", "\u407f", "\ue000", "\uffff", "\u{1f43b}"]);

const anyPart: fc.Arbitrary<string | number> = fc.oneof(
  { arbitrary: fc.constantFrom(0, 1, "a", "b"), weight: 3 },
  { arbitrary: fc.constantFrom(...PARTS), weight: 3 },
  {
    arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((part) => part || 0),
    weight: 1,
  },
  { arbitrary: fc.string({ unit: "binary", maxLength: 4 }), weight: 1 },
);
const anyKey: fc.Arbitrary<Key> = fc.array(anyPart, { maxLength: 3 });
const anyTable = fc.constantFrom<Table>("pages", "settings");
const anyBytes: fc.Arbitrary<Bytes> = fc.uint8Array({ maxLength: 6 })
  .map((bytes) => Uint8Array.from(bytes));

const anyAt = fc.record({ table: anyTable, key: anyKey });
const anyPut = fc.record({ table: anyTable, key: anyKey, value: anyBytes });

const anyExpected = fc.record({ table: anyTable, key: anyKey, value: fc.option(anyBytes) });

/** Most of the time none. */
function seldom<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.option(fc.array(one, { maxLength: 2 }), { freq: 1 }).map((few) => few ?? []);
}

export const anyWrite: fc.Arbitrary<Write> = fc.record({
  expect: seldom(anyExpected),
  clear: seldom(anyTable),
  deletes: fc.array(anyAt, { maxLength: 3 }),
  puts: fc.array(anyPut, { maxLength: 12 }),
  strict: fc.boolean(),
}, { requiredKeys: [] });

const anyExtent: fc.Arbitrary<KeyRange> = fc.record({
  prefix: anyKey,
  from: anyKey,
  to: anyKey,
  reverse: fc.boolean(),
  limit: fc.nat(20),
  mostBytes: fc.nat(40),
}, { requiredKeys: [] });

export const anyRange = fc.record({ table: anyTable, range: anyExtent });
