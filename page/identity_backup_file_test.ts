import assert from "node:assert/strict";
import { readIdentityBackup } from "./identity_backup_file.ts";

Deno.test("readIdentityBackup() gives a small file's bytes", async () => {
  const bytes = await readIdentityBackup(new Blob(["backup"]));
  assert.equal(new TextDecoder().decode(bytes), "backup");
});

Deno.test("readIdentityBackup() refuses an empty or large file, and says when it cannot be read", async () => {
  for (const size of [0, (1 << 16) + 1]) {
    const file = new Blob([new Uint8Array(size)]);
    await assert.rejects(readIdentityBackup(file), { code: "backup-refused" });
  }
  const gone = new Blob(["x"]);
  gone.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
  await assert.rejects(readIdentityBackup(gone), { code: "file-unreadable" });
});
