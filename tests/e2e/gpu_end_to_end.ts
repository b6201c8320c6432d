/** End-to-end tests that need WebGPU in Chromium's workers. */
import { findBrowser } from "../browsers.ts";
import { COUNT_VARIABLE } from "../test_run.ts";
import { openChromium, type RunningBrowser, SOFTWARE_GPU } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";

const HAS_ADAPTER = await hasAdapter();

/** Registers a test; where Chromium has no adapter, as one that is skipped and says why. */
export function gpuEndToEnd(
  name: string,
  body: (browser: RunningBrowser) => Promise<void>,
): void {
  if (!HAS_ADAPTER) return Deno.test.ignore(`skipped: no adapter: ${name}`, () => {});
  endToEnd(name, async () => {
    await using browser = await openChromium({ args: SOFTWARE_GPU });
    await body(browser);
  });
}

/** True as well where there is nobody to ask: then the test tells what is missing. */
async function hasAdapter(): Promise<boolean> {
  if (Deno.env.has(COUNT_VARIABLE) || !findBrowser("chromium")) return true;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("", { headers: { "content-type": "text/html" } }),
  );
  await using browser = await openChromium({ args: SOFTWARE_GPU });
  const page = await browser.puppeteer.newPage();
  await page.goto(`http://127.0.0.1:${server.addr.port}`); // a secure context, as WebGPU wants one
  return await page.evaluate(async () => await navigator.gpu?.requestAdapter() != null);
}
