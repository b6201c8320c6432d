/**
 * What every implementation of `field/store/disk.ts` must do. Run it from the test beside each of them; it
 * also runs inside real browsers (`tests/e2e/disk_test.ts`), so it needs nothing that only Deno has.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Bytes } from "../../field/bytes.ts";
import {
  type Disk,
  DiskChanged,
  type Key,
  type KeyRange,
  type Row,
  type Table,
  TABLES,
  type Write,
} from "../../field/store/disk.ts";
import { anyRange, anyWrite, DiskModel } from "./disk_model.ts";

export interface DiskKind {
  /** The disk at this place, with what was written to it before. */
  open(place: string): Disk;
  /** How many random workloads to try. */
  readonly runs?: number;
}

const RUNS = 150;
/** More than any implementation takes in one go. */
const MANY = 400;

let places = 0;

export function diskSuite(name: string, kind: DiskKind): void {
  const test = (what: string, body: (disk: Disk, place: string) => Promise<void>) =>
    Deno.test(`${name} ${what}`, async () => {
      const place = `disk-${places++}`;
      const disk = kind.open(place);
      try {
        await body(disk, place);
      } finally {
        disk.close();
      }
    });

  test("get() gives null, rows() and keys() nothing, count() 0 where nothing was put", async (disk) => {
    for (const table of TABLES) {
      assert.equal(await disk.get(table, ["a", 1]), null);
      assert.deepEqual(await disk.rows(table, {}), []);
      assert.deepEqual(await disk.keys(table, { reverse: true, limit: 3 }), []);
      assert.equal(await disk.count(table, {}), 0);
    }
  });

  test("write() puts, replaces and deletes rows of one table only", async (disk) => {
    await put(disk, "heads", ["a"], [1, 2]);
    await put(disk, "docs", ["a"], [3]);
    await put(disk, "heads", ["a"], [4]);
    assert.deepEqual(await disk.get("heads", ["a"]), Uint8Array.of(4));
    await disk.write({ deletes: [{ table: "heads", key: ["a"] }] });
    await disk.write({ deletes: [{ table: "heads", key: ["never"] }] });
    assert.equal(await disk.get("heads", ["a"]), null);
    assert.deepEqual(await disk.get("docs", ["a"]), Uint8Array.of(3));
  });

  test("write() of nothing is done", async (disk) => {
    await disk.write({});
    await disk.write({ strict: true, puts: [], deletes: [], clear: [], expect: [] });
  });

  test("keys are in order: parts one by one, numbers by value before texts by code units", async (disk) => {
    const puts = ORDERED.map((key, i) => ({ table: "pages", key, value: bytes(i) }) as const);
    await disk.write({ puts: [...puts].reverse() });
    assert.deepEqual(await disk.keys("pages", {}), ORDERED);
    assert.deepEqual(await disk.rows("pages", { reverse: true }), rowsOf(puts).reverse());
    for (const { key, value } of puts) assert.deepEqual(await disk.get("pages", key), value);
    for (let i = 0; i < ORDERED.length; i++) {
      const [from, to] = [ORDERED[i], ORDERED[i + 2]];
      assert.deepEqual(await disk.keys("pages", { from, to }), ORDERED.slice(i, i + 2));
    }
  });

  test("does as the model does, whatever is written and asked", async (disk) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyWrite, { minLength: 1, maxLength: 8 }),
        fc.array(anyRange, { minLength: 1, maxLength: 8 }),
        async (writes, ranges) => {
          await disk.write({ clear: TABLES });
          const model = new DiskModel();
          for (const write of writes) await assertSameWrite(disk, model, write);
          for (const { table, range } of ranges) await assertSameRead(disk, model, table, range);
        },
      ),
      { numRuns: kind.runs ?? RUNS },
    );
  });

  test("rows() stops before mostBytes is passed, at the first row at the earliest", async (disk) => {
    const sizes = Array.from({ length: MANY }, (_, i) => i % 100 === 7 ? 2_000 : i % 13);
    const model = new DiskModel();
    await assertSameWrite(disk, model, {
      puts: sizes.map((size, i) => ({ table: "blobs", key: nestedKey(i), value: bytes(i, size) })),
    });
    for (const mostBytes of [0, 1, 30, 2_500, 40_000, 1e9]) {
      for (const reverse of [false, true]) {
        for (const limit of [undefined, 1, 9, 2_000]) {
          const range = { from: nestedKey(1), reverse, mostBytes, ...limit ? { limit } : {} };
          await assertSameRead(disk, model, "blobs", range);
        }
      }
    }
  });

  test("limits may be larger than any table", async (disk) => {
    await put(disk, "wanted", ["a"], []);
    await put(disk, "wanted", ["b"], []);
    for (const limit of [2, 2 ** 32, Number.MAX_SAFE_INTEGER, Infinity]) {
      for (const reverse of [false, true]) {
        assert.equal((await disk.rows("wanted", { limit, reverse })).length, 2);
        assert.equal((await disk.rows("wanted", { limit, reverse, mostBytes: 9 })).length, 2);
        assert.equal((await disk.keys("wanted", { limit, reverse })).length, 2);
      }
      assert.equal(await disk.count("wanted", { limit }), 2);
    }
  });

  test("write() clears before it deletes before it puts; of two puts of a row the last stays", async (disk) => {
    await put(disk, "edits", ["old"], [1]);
    const key = ["new"];
    const table = "edits";
    await disk.write({
      puts: [{ table, key, value: bytes(2) }, { table, key, value: bytes(3) }],
      deletes: [{ table, key }],
      clear: [table],
    });
    assert.deepEqual(await disk.rows("edits", {}), [{ key: ["new"], value: bytes(3) }]);
  });

  test("write() fails with DiskChanged when a row is not what is expected, and changes nothing", async (disk) => {
    await put(disk, "heads", ["a"], [1]);
    await put(disk, "entries", ["a", 1], [9]);
    const before = await contentsOf(disk);
    const wrong = [
      { table: "heads", key: ["a"], value: null },
      { table: "heads", key: ["a"], value: bytes(2) },
      { table: "heads", key: ["a"], value: new Uint8Array(0) },
      { table: "heads", key: ["b"], value: bytes(1) },
      { table: "docs", key: ["a"], value: bytes(1) },
    ] as const;
    for (const expected of wrong) {
      const writing = disk.write({
        expect: [{ table: "entries", key: ["a", 1], value: bytes(9) }, expected],
        clear: ["entries"],
        deletes: [{ table: "heads", key: ["a"] }],
        puts: [{ table: "heads", key: ["b"], value: bytes(5) }],
      });
      await assert.rejects(writing, DiskChanged);
      assert.deepEqual(await contentsOf(disk), before);
    }
    await disk.write({
      expect: [{ table: "heads", key: ["a"], value: bytes(1) }],
      puts: [{ table: "heads", key: ["a"], value: bytes(2) }],
    });
    assert.deepEqual(await disk.get("heads", ["a"]), bytes(2));
  });

  test("write() that expects something lets one of several at once through", async (disk) => {
    const writings = Array.from({ length: 8 }, (_, i) =>
      disk.write({
        expect: [{ table: "heads", key: ["a"], value: null }],
        puts: [{ table: "heads", key: ["a"], value: bytes(i) }],
      }).then(() => i, (cause) => {
        assert.ok(cause instanceof DiskChanged);
        return null;
      }));
    const through = (await Promise.all(writings)).filter((one) => one !== null);
    assert.equal(through.length, 1);
    assert.deepEqual(await disk.get("heads", ["a"]), bytes(through[0]));
  });

  test("write() refuses a key that no disk could keep, and changes nothing", async (disk) => {
    await put(disk, "heads", ["a"], [1]);
    for (const part of [NaN, Infinity, -Infinity, "\ud800", "a\udc00b"]) {
      const writing = disk.write({
        clear: ["heads"],
        puts: [
          { table: "heads", key: ["b"], value: bytes(1) },
          { table: "heads", key: ["c", part], value: bytes(1) },
        ],
      });
      await assert.rejects(writing, TypeError);
    }
    assert.deepEqual(await disk.keys("heads", {}), [["a"]]);
  });

  test("keeps copies: nobody changes what is stored by changing what was given", async (disk) => {
    const given = Uint8Array.of(7, 7, 1, 2, 3, 7).subarray(2, 5);
    const key = ["a", 1];
    await disk.write({ puts: [{ table: "blobs", key, value: given }] });
    given.fill(0);
    key[0] = "b";
    const read = await disk.get("blobs", ["a", 1]);
    assert.deepEqual(read, Uint8Array.of(1, 2, 3));
    assert.equal(read?.buffer.byteLength, 3); // not the buffer that it was a view of
    read?.fill(0);
    for (const row of await disk.rows("blobs", {})) row.value.fill(0);
    assert.deepEqual(await disk.rows("blobs", {}), [{
      key: ["a", 1],
      value: Uint8Array.of(1, 2, 3),
    }]);
  });

  test(
    "keeps what was written, strictly or not, when it is closed and opened again",
    async (disk, place) => {
      const value = bytes(1, 70_000);
      await disk.write({ strict: true, puts: [{ table: "blobs", key: ["a"], value }] });
      await put(disk, "heads", [-1.5, ""], []);
      const before = await contentsOf(disk);
      disk.close();
      const again = kind.open(place);
      assert.deepEqual(await contentsOf(again), before);
      again.close();
    },
  );

  test("close() is not the end: the next call opens it again", async (disk) => {
    await put(disk, "heads", ["a"], [1]);
    disk.close();
    disk.close();
    assert.deepEqual(await disk.get("heads", ["a"]), bytes(1));
    disk.close();
    await put(disk, "heads", ["b"], [2]);
    assert.equal(await disk.count("heads", {}), 2);
  });

  test(
    "two disks at one place see each other's writes, and expect() holds between them",
    async (disk, place) => {
      const other = kind.open(place);
      try {
        await put(disk, "heads", ["b"], [1]);
        await put(other, "heads", ["c"], [1]);
        for (let turn = 0; turn < 6; turn++) {
          const value = turn === 0 ? null : bytes(turn - 1);
          const [now, then] = turn % 2 ? [disk, other] : [other, disk];
          const step = {
            expect: [{ table: "heads", key: ["a"], value }],
            puts: [{ table: "heads", key: ["a"], value: bytes(turn) }],
          } as const;
          // a read that ends early must not go on to see the past
          assert.equal((await then.rows("heads", { from: ["b"], mostBytes: 0 })).length, 1);
          await now.write(step);
          await assert.rejects(then.write(step), DiskChanged);
          assert.deepEqual(await then.get("heads", ["a"]), bytes(turn));
        }
      } finally {
        other.close();
      }
    },
  );
}

/** In order. */
const ORDERED: readonly Key[] = [
  [],
  [-1e300],
  [-2.5],
  [-2.5, "x"],
  [-1],
  [-5e-324],
  [0],
  [0, 0],
  [0, ""],
  [5e-324],
  [0.5],
  [1],
  [10],
  [1_800_000_000_000],
  [1e300],
  [""],
  ["", -1],
  ["", ""],
  ["\u0000"],
  ["\u0000", 3],
  ["\u0000\u0000"],
  ["\u0001"],
  ["a"],
  ["a", -1],
  ["a", 2],
  ["a", 10],
  ["a", "1"],
  ["a\u0000"],
  ["a\u0000b"],
  ["ab"],
  ["~"],
  ["\u007f"],
  ["\u0080"],
  ["é"],
  ["\u407e"],
  ["\u407f"],
  ["\u{1f43b}"], // by code units: before what follows, though it is the higher character
  ["\ue000"],
  ["\uffff"],
];

/** In order; every second one is that before it and goes on, with what comes first after it. */
function nestedKey(i: number): Key {
  const parent = ["p", i >> 1];
  return i % 2 ? [...parent, -1e300] : parent;
}

function bytes(byte: number, size = 1): Bytes {
  return new Uint8Array(size).fill(byte);
}

function rowsOf(puts: readonly Row[]): Row[] {
  return puts.map(({ key, value }) => ({ key, value }));
}

async function put(disk: Disk, table: Table, key: Key, value: number[]): Promise<void> {
  await disk.write({ puts: [{ table, key, value: Uint8Array.from(value) }] });
}

async function contentsOf(disk: Disk): Promise<[Table, Row[]][]> {
  const all: [Table, Row[]][] = [];
  for (const table of TABLES) all.push([table, await disk.rows(table, {})]);
  return all;
}

async function assertSameWrite(disk: Disk, model: DiskModel, write: Write): Promise<void> {
  const fits = model.write(write);
  if (fits) await disk.write(write);
  else await assert.rejects(disk.write(write), DiskChanged);
}

async function assertSameRead(
  disk: Disk,
  model: DiskModel,
  table: Table,
  range: KeyRange,
): Promise<void> {
  assert.deepEqual(await disk.rows(table, range), model.rows(table, range));
  const { mostBytes: _, ...rest } = range;
  const rows = model.rows(table, rest);
  assert.deepEqual(await disk.keys(table, rest), rows.map(({ key }) => key));
  assert.equal(await disk.count(table, rest), rows.length);
  for (const { key, value } of rows.slice(0, 3)) {
    assert.deepEqual(await disk.get(table, key), value);
  }
}
