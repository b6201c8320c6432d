import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { openChromium, openFirefox, type RunningBrowser } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import type { IdentityTrial } from "./identity_page.ts";

declare global {
  var tryIdentity: () => Promise<IdentityTrial>;
}

const BROWSERS: Readonly<Record<string, () => Promise<RunningBrowser>>> = {
  Chromium: openChromium,
  Firefox: openFirefox,
};

for (const [name, open] of Object.entries(BROWSERS)) {
  endToEnd(`in ${name} an identity goes through IndexedDB and its backup, and signs`, async () => {
    await using server = serve(await bundle());
    await using browser = await open();
    const page = await browser.puppeteer.newPage();
    await page.goto(`http://127.0.0.1:${server.addr.port}/`);
    await page.waitForFunction(() => globalThis.tryIdentity !== undefined);
    const { old, ...trial } = await page.evaluate(() => globalThis.tryIdentity());
    assert.deepEqual(trial, {
      ...{ kind: "webcrypto", isExtractable: false, isSame: true, signs: true },
    });
    assert.equal(old.hasSecret, false);
    assert.match(old.refusal, /made before backups were possible/);
  });
}

async function bundle(): Promise<string> {
  const result = await esbuild.build({
    entryPoints: [fileURLToPath(new URL("./identity_page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: ["chrome109", "firefox128"],
    absWorkingDir: fileURLToPath(new URL("../../", import.meta.url)),
    logLevel: "warning",
  });
  await esbuild.stop(); // its process would outlive a test
  return result.outputFiles[0].text;
}

function serve(script: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const isScript = new URL(request.url).pathname === "/trial.js";
    const body = isScript
      ? script
      : "<!doctype html><title>identity</title><script src=/trial.js></script>";
    const type = isScript ? "text/javascript" : "text/html";
    return new Response(body, { headers: { "content-type": `${type}; charset=utf-8` } });
  });
}
