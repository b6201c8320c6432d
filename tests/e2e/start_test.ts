import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { LeashedProcess } from "../leashed_process.ts";
import { isOurs, ROOT } from "../source_files.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import { endToEnd } from "./end_to_end.ts";

/** Of the project's goals, for a fresh checkout and a second start; the package cache is warm. */
const FIRST_WITHIN_MS = 20_000;
const SECOND_WITHIN_MS = 3_000;
/** So that a slow start tells its time instead of being cut off. */
const PATIENCE_MS = 120_000;

endToEnd("`deno task start` serves the app from a fresh checkout, and quickly again", async () => {
  // a name as people give them: paths and URLs differ in it
  await using checkout = await TemporaryFolder.make("my check out");
  copyTree(fileURLToPath(ROOT), checkout.path);
  const first = await startAndStop(checkout.path);
  const second = await startAndStop(checkout.path);
  console.log(`first start ${first} ms, second start ${second} ms`);
  assert.ok(first < FIRST_WITHIN_MS, `the first start took ${first} ms`);
  assert.ok(second < SECOND_WITHIN_MS, `the second start took ${second} ms`);
});

/** From the command to a served page, in whole ms. */
async function startAndStop(checkout: string): Promise<number> {
  const began = performance.now();
  const args = ["task", "start", "--port", "0", "--data", `${checkout}/data`];
  await using start = new LeashedProcess("deno task start", Deno.execPath(), args, {
    cwd: checkout,
  });
  const [, url] = await start.line(/ready: (\S+)/, { withinMs: PATIENCE_MS });
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /Fieldmesh/);
  return Math.round(performance.now() - began);
}

/** What a clone would hold: no installed, built or recorded files. */
function copyTree(from: string, to: string, folder = ""): void {
  for (const { name, isDirectory } of Deno.readDirSync(`${from}/${folder}`)) {
    const path = `${folder}${name}`;
    if (!isOurs(path)) continue;
    if (!isDirectory) {
      Deno.copyFileSync(`${from}/${path}`, `${to}/${path}`);
      continue;
    }
    Deno.mkdirSync(`${to}/${path}`);
    copyTree(from, to, `${path}/`);
  }
}
