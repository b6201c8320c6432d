import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { IdbConnection } from "./idb_connection.ts";
import { resultOf } from "./idb_request.ts";

// what it does in trouble is tried through a disk: `idb_disk_test.ts`
Deno.test("IdbConnection write() undoes what was put when its work throws, and throws that", async () => {
  const connection = new IdbConnection("undone");
  const why = new Error("On second thought");
  const writing = connection.write(["heads"], "relaxed", async (tx) => {
    await resultOf(tx.objectStore("heads").put(Uint8Array.of(1), ["a"]));
    throw why;
  });
  await assert.rejects(writing, (thrown) => thrown === why);
  const count = (tx: IDBTransaction) => resultOf(tx.objectStore("heads").count());
  assert.equal(await connection.read("heads", count), 0);
  connection.close();
});

Deno.test("IdbConnection write() gives what its work gave once that is on disk", async () => {
  const connection = new IdbConnection("done");
  const key = await connection.write(
    ["heads"],
    "strict",
    (tx) => resultOf(tx.objectStore("heads").put(Uint8Array.of(1), ["a"])),
  );
  assert.deepEqual(key, ["a"]);
  connection.close();
});
