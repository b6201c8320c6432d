/** Gives a device many records of its own at once: a day in the field, in a second. */
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { ROOT } from "../source_files.ts";
import { stopAllWorkers, type WatchedPage } from "./watched_page.ts";

declare global {
  var recordMany: (count: number, lastMs: number, automerge: string) => Promise<void>;
}

/** A page of the hub that is not the app: no worker wakes up behind it. */
const QUIET = "icons/icon-192.png";

/**
 * Writes `count` observations to the device's feed while the app is closed on it, then leaves the page at
 * a place without the app. Open the app again afterwards.
 */
export async function recordMany(watched: WatchedPage, hub: string, count: number): Promise<void> {
  const { page } = watched;
  // the browser's own view of a picture, which is no page of ours
  watched.expectErrors(/Applying inline style/, /favicon\.ico/);
  await watched.goto(`${hub}${QUIET}`);
  await stopAllWorkers(watched);
  script ??= bundle();
  await page.evaluate(await script);
  await page.evaluate(
    (count, lastMs, automerge) => globalThis.recordMany(count, lastMs, automerge),
    count,
    Date.now(),
    `/assets/${await automergeFile()}`,
  );
}

let script: Promise<string> | undefined;

async function bundle(): Promise<string> {
  const result = await esbuild.build({
    entryPoints: [fileURLToPath(new URL("./record_many_page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: ["chrome109", "firefox128"],
    absWorkingDir: fileURLToPath(ROOT),
    logLevel: "warning",
  });
  await esbuild.stop(); // its process would outlive a test
  return result.outputFiles[0].text;
}

async function automergeFile(): Promise<string> {
  for await (const { name } of Deno.readDir(new URL("dist/assets/", ROOT))) {
    if (/^automerge-.*\.wasm$/.test(name)) return name;
  }
  throw new Error("dist/assets has no automerge-*.wasm: build the app first");
}
