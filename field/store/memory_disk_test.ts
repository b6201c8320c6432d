import assert from "node:assert/strict";
import { diskSuite } from "../../tests/contracts/disk_suite.ts";
import { MemoryDisk } from "./memory_disk.ts";

const disks = new Map<string, MemoryDisk>();

/** A place is kept by its name: nothing else outlives a disk without a disk. */
function diskAt(place: string): MemoryDisk {
  const disk = disks.get(place) ?? new MemoryDisk();
  disks.set(place, disk);
  return disk;
}

diskSuite("MemoryDisk", { open: diskAt });

Deno.test("MemoryDisk keeps 20,000 rows that come in any order in order", async () => {
  const disk = new MemoryDisk();
  const count = 20_000;
  const step = 7_919; // a prime: visits every number once
  for (let i = 0; i < count; i++) {
    const key = [(i * step) % count];
    await disk.write({ puts: [{ table: "pages", key, value: new Uint8Array(1) }] });
  }
  const keys = await disk.keys("pages", {});
  assert.ok(keys.every(([number], i) => number === i));
  for (let i = 0; i < count; i += 2) {
    await disk.write({ deletes: [{ table: "pages", key: [(i * step) % count] }] });
  }
  assert.equal(await disk.count("pages", {}), count / 2);
  const odd = (i: number) => (2 * i * step + step) % count;
  for (let i = 0; i < count / 2; i++) assert.ok(await disk.get("pages", [odd(i)]));
});
