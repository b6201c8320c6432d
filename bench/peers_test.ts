import assert from "node:assert/strict";

const FOLDER = new URL("peers/", import.meta.url);

Deno.test("the peers are listed in exact versions, and locked", async () => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("package.json", FOLDER)),
  );
  const lock = await Deno.readTextFile(new URL("deno.lock", FOLDER));
  for (const [name, version] of Object.entries(dependencies)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.ok(lock.includes(`"npm:${name}@${version}"`), `${name} is in the lockfile`);
  }
  assert.doesNotMatch(lock, /https?:/, "no registry's address");
});
