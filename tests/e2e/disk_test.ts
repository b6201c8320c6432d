import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { openChromium, openFirefox, type RunningBrowser } from "./browser.ts";
import type { DiskTrial } from "./disk_page.ts";
import { endToEnd } from "./end_to_end.ts";

declare global {
  var tryDisk: () => Promise<DiskTrial>;
}

const BROWSERS: Readonly<Record<string, () => Promise<RunningBrowser>>> = {
  Chromium: openChromium,
  Firefox: openFirefox,
};

for (const [name, open] of Object.entries(BROWSERS)) {
  endToEnd(
    `in ${name} IdbDisk keeps the contract of a disk, and an older version's records`,
    async () => {
      await using server = serve(await bundle());
      await using browser = await open();
      const page = await browser.puppeteer.newPage();
      await page.goto(`http://127.0.0.1:${server.addr.port}/`);
      await page.waitForFunction(() => globalThis.tryDisk !== undefined);
      const { tests, failures } = await page.evaluate(() => globalThis.tryDisk());
      assert.deepEqual(failures, []);
      assert.ok(tests > 10);
    },
  );
}

/** The suite as one script, with what only Deno has replaced. */
async function bundle(): Promise<string> {
  const result = await esbuild.build({
    entryPoints: [fileURLToPath(new URL("./disk_page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: ["chrome109", "firefox128"],
    absWorkingDir: fileURLToPath(new URL("../../", import.meta.url)),
    define: { "Deno.test": "globalThis.collectTest" },
    alias: {
      "node:assert/strict": fileURLToPath(new URL("../bits/browser_assert.ts", import.meta.url)),
    },
    logLevel: "warning",
  });
  await esbuild.stop(); // its process would outlive a test
  return result.outputFiles[0].text;
}

function serve(script: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const isScript = new URL(request.url).pathname === "/suite.js";
    const body = isScript
      ? script
      : "<!doctype html><title>disk</title><script src=/suite.js></script>";
    const type = isScript ? "text/javascript" : "text/html";
    return new Response(body, { headers: { "content-type": `${type}; charset=utf-8` } });
  });
}
