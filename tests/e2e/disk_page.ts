/** What `disk_test.ts` runs inside a browser: the contract of a disk, and the move of an older version, over its own IndexedDB. */
import { IdbConnection } from "../../sw/idb_connection.ts";
import { IdbDisk } from "../../sw/idb_disk.ts";
import { IdbStore } from "../../sw/idb_store.ts";
import { collected } from "../bits/collected_tests.ts";
import { diskSuite } from "../contracts/disk_suite.ts";
import { assertBrought, version1Rows, writeVersion1 } from "../fixtures/version_1_database.ts";

export interface DiskTrial {
  readonly tests: number;
  /** What failed and why, a line each. */
  readonly failures: readonly string[];
}

/** A real disk is slower than none: fewer random workloads than in memory. */
const RUNS = 20;

diskSuite("IdbDisk", { open: (place) => new IdbDisk(new IdbConnection(place)), runs: RUNS });

Deno.test("IdbStore brings a database of version 1 over without losing anything", async () => {
  const old = await version1Rows();
  await writeVersion1("version-1", old);
  const store = new IdbStore("version-1");
  await assertBrought(store, old);
  store.close();
  await assertBrought(store, old);
  store.close();
});

async function tryDisk(): Promise<DiskTrial> {
  const failures: string[] = [];
  for (const { name, body } of collected) {
    try {
      await body();
    } catch (cause) {
      failures.push(`${name}: ${cause instanceof Error ? cause.stack : String(cause)}`);
    }
  }
  return { tests: collected.length, failures };
}

Object.assign(globalThis, { tryDisk });
