import assert from "node:assert/strict";
import { join } from "node:path";
import { verifySignature } from "../field/keys.ts";
import { TemporaryFolder } from "../tests/temporary_folder.ts";
import { HubError } from "./hub_error.ts";
import { openMemberFolder } from "./member_folder.ts";

const says = (words: RegExp) => (error: unknown) =>
  error instanceof HubError && words.test(error.message);
const UNCONFIRMED = "identity-unconfirmed";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  await using files = await TemporaryFolder.make("member-folder");
  await test(join(files.path, "data", "member"));
}

Deno.test("openMemberFolder() makes a key once, for its owner only, and keeps it", () =>
  withFolder(async (folder) => {
    const first = await openMemberFolder(folder);
    const message = new TextEncoder().encode("hello");
    assert.ok(
      await verifySignature(first.signer.id, await first.signer.sign(message), message),
    );
    await first.store.commit({ settings: { a: 1 } });
    first.close();
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(join(folder, "key.pem"))).mode! & 0o777, 0o600);
      assert.equal((await Deno.stat(folder)).mode! & 0o777, 0o700);
    }
    const again = await openMemberFolder(folder);
    assert.equal(again.signer.id, first.signer.id);
    assert.equal(await again.store.setting("a"), 1);
    assert.equal(await again.store.setting(UNCONFIRMED), undefined);
    again.close();
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert.deepEqual(names.filter((name) => name.endsWith(".tmp")), []);
  }));

Deno.test("openMemberFolder() lets one hub at a time have it", () =>
  withFolder(async (folder) => {
    const first = await openMemberFolder(folder);
    await assert.rejects(openMemberFolder(folder), says(/Another hub runs with .*--data/));
    first.close();
    (await openMemberFolder(folder)).close();
  }));

Deno.test("openMemberFolder() goes on after a start that ended between disk and key", () =>
  withFolder(async (folder) => {
    const first = await openMemberFolder(folder);
    first.close();
    await Deno.remove(join(folder, "key.pem"));
    const again = await openMemberFolder(folder);
    assert.notEqual(again.signer.id, first.signer.id);
    assert.equal(await again.store.setting(UNCONFIRMED), undefined);
    again.close();
  }));

Deno.test("openMemberFolder() tells a key without records, and records without their key", () =>
  withFolder(async (folder) => {
    const first = await openMemberFolder(folder);
    await first.store.commit({ settings: { crew: "ab" } });
    first.close();
    const key = await Deno.readTextFile(join(folder, "key.pem"));

    await Deno.remove(join(folder, "key.pem"));
    await assert.rejects(openMemberFolder(folder), says(/key\.pem is missing.*Put back/));
    await Deno.writeTextFile(join(folder, "key.pem"), key.slice(0, 60));
    await assert.rejects(openMemberFolder(folder), says(/key\.pem is damaged.*Put back/));

    await Deno.writeTextFile(join(folder, "key.pem"), key);
    for (const name of ["records.db", "records.db-wal", "records.db-shm"]) {
      await Deno.remove(join(folder, name)).catch(() => {});
    }
    const without = await openMemberFolder(folder);
    assert.equal(without.signer.id, first.signer.id);
    // its feed may be further than this disk knows: nothing is written before the crew has said
    assert.equal(await without.store.setting(UNCONFIRMED), true);
    without.close();
  }));

Deno.test("openMemberFolder() says when the records are damaged", () =>
  withFolder(async (folder) => {
    (await openMemberFolder(folder)).close();
    await Deno.writeTextFile(join(folder, "records.db"), "no database, ".repeat(1000));
    await assert.rejects(openMemberFolder(folder), says(/records\.db is damaged\. Move it away/));
  }));
