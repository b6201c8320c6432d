import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { diskSuite } from "../tests/contracts/disk_suite.ts";
import { storeSuite } from "../tests/contracts/store_suite.ts";
import { TemporaryFolder } from "../tests/temporary_folder.ts";
import { DiskStore } from "../field/store/disk_store.ts";
import { type ErrorCode, FieldError } from "../field/errors.ts";
import { SqliteDisk } from "./sqlite_disk.ts";
import { sqliteFailure } from "./sqlite_file.ts";

const folder = Deno.makeTempDirSync({ prefix: "fieldmesh-sqlite-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

let stores = 0;
diskSuite("SqliteDisk", { open: (place) => new SqliteDisk(`${folder}/${place}.db`) });
storeSuite(
  "DiskStore on SqliteDisk",
  () => new DiskStore(new SqliteDisk(`${folder}/store-${stores++}.db`)),
);

const failsWith = (code: ErrorCode, words: RegExp) => (error: unknown) =>
  error instanceof FieldError && error.code === code && words.test(error.message);

const put = (key: string, size = 1) => ({
  puts: [{ table: "blobs", key: [key], value: new Uint8Array(size) }],
} as const);

Deno.test("SqliteDisk says what to do when the folder is not there, and works once it is", async () => {
  await using own = await TemporaryFolder.make("sqlite");
  const disk = new SqliteDisk(`${own.path}/later/records.db`);
  await assert.rejects(disk.count("blobs", {}), failsWith("storage-failed", /folder/));
  await Deno.mkdir(`${own.path}/later`);
  await disk.write(put("a"));
  assert.equal(await disk.count("blobs", {}), 1);
  disk.close();
});

Deno.test("SqliteDisk says that a file is damaged when it is, on opening it", async () => {
  await using own = await TemporaryFolder.make("sqlite");
  const path = `${own.path}/records.db`;
  const disk = new SqliteDisk(path);
  for (let i = 0; i < 200; i++) await disk.write(put(`${i}`, 500));
  disk.close();
  const whole = await Deno.readFile(path);
  await Deno.writeFile(path, whole.slice().fill(0xaa, 8_192, 16_384));
  await assert.rejects(disk.count("blobs", {}), failsWith("storage-failed", /damaged/));
  await Deno.writeFile(path, whole);
  assert.equal(await disk.count("blobs", {}), 200);
  disk.close();
  await Deno.writeTextFile(path, "not a database at all, but a text of some length".repeat(100));
  await assert.rejects(disk.count("blobs", {}), failsWith("storage-failed", /damaged/));
});

Deno.test("SqliteDisk leaves another program's database alone, and a newer version's", async () => {
  await using own = await TemporaryFolder.make("sqlite");
  for (
    const [sql, words] of [
      ["CREATE TABLE theirs (a)", /another program/],
      ["PRAGMA application_id = 7", /another program/],
      ["PRAGMA application_id = 1179468849; PRAGMA user_version = 2", /newer version/],
    ] as const
  ) {
    const path = `${own.path}/${words.source.slice(0, 3)}${sql.length}.db`;
    using other = new DatabaseSync(path);
    other.exec(sql);
    const disk = new SqliteDisk(path);
    await assert.rejects(disk.write(put("a")), failsWith("storage-failed", words));
    const tables = other.prepare("SELECT name FROM sqlite_master").all();
    assert.ok(tables.every(({ name }) => name === "theirs"));
  }
});

Deno.test("SqliteDisk says storage-blocked when another process does not end its transaction", async () => {
  await using own = await TemporaryFolder.make("sqlite");
  const path = `${own.path}/records.db`;
  const disk = new SqliteDisk(path, { busyMs: 20 });
  await disk.write(put("a"));
  using other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(disk.write(put("b")), failsWith("storage-blocked", /Another process/));
  assert.deepEqual(await disk.keys("blobs", {}), [["a"]]); // reading goes on meanwhile
  other.exec("ROLLBACK");
  await disk.write(put("b"));
  assert.equal(await disk.count("blobs", {}), 2);
  disk.close();
});

Deno.test("SqliteDisk writes nothing of a write when the disk is full, and works when it is not", async () => {
  await using own = await TemporaryFolder.make("sqlite");
  const disk = new SqliteDisk(`${own.path}/records.db`, { mostBytes: 400_000 });
  await disk.write(put("a", 10_000));
  const large = { clear: ["blobs"], puts: [...put("b", 10_000).puts, ...put("c", 900_000).puts] };
  await assert.rejects(
    disk.write({ ...large, clear: ["blobs"] }),
    failsWith("storage-full", /Free space/),
  );
  assert.deepEqual(await disk.keys("blobs", {}), [["a"]]);
  await disk.write(put("b", 10_000));
  assert.deepEqual(await disk.keys("blobs", {}), [["a"], ["b"]]);
  disk.close();
});

Deno.test("SqliteDisk lets two processes count up in one file, and no step is lost", async () => {
  await using own = await TemporaryFolder.make("sqlite");
  const path = `${own.path}/records.db`;
  const script = new URL("../tests/fixtures/count_up.ts", import.meta.url);
  const steps = 100;
  const processes = [1, 2].map(() =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-RWE", script.href, path, String(steps)],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn()
  );
  for (const { stdout } of processes) await stdout.getReader().read(); // both are ready
  for (const { stdin } of processes) await stdin.close();
  for (const process of processes) assert.ok((await process.status).success);
  const disk = new SqliteDisk(path);
  assert.deepEqual(await disk.get("settings", ["count"]), Uint8Array.of(2 * steps));
  disk.close();
});

Deno.test("sqliteFailure() leaves alone what is no trouble of the file", () => {
  const mistake = new TypeError("NaN cannot be part of a key");
  assert.equal(sqliteFailure("a.db", mistake), mistake);
});
