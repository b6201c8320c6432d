/** The house's own tools, on a site just large enough to show that they do what they say. */
import assert from "node:assert/strict";
import { encode } from "fast-png";
import { TemporaryFolder } from "../temporary_folder.ts";
import { openChromium, openFirefox, type RunningBrowser } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import {
  installabilityErrors,
  openPage,
  stopAllWorkers,
  type WatchedPage,
} from "./watched_page.ts";

const BROWSERS: Readonly<Record<string, () => Promise<RunningBrowser>>> = {
  Chromium: () => openChromium(),
  Firefox: () => openFirefox(),
};

for (const [name, open] of Object.entries(BROWSERS)) {
  endToEnd(`openPage() in ${name} opens a site whose service worker answers`, async () => {
    await using site = serveSite();
    await using browser = await open();
    await using page = await openPage(browser.puppeteer, site.url);
    assert.match(await bootOf(page), /^[0-9a-f-]{36}$/);
  });

  endToEnd(`newContext() in ${name} is a device of its own`, async () => {
    await using site = serveSite();
    await using browser = await open();
    await using one = await openPage(await browser.newContext(), site.url);
    await using other = await openPage(await browser.newContext(), site.url);
    await keep(one, "of the first");
    assert.deepEqual(await kept(one), ["of the first"]);
    assert.deepEqual(await kept(other), []);
    assert.notEqual(await bootOf(one), await bootOf(other));
  });

  endToEnd(`a WatchedPage in ${name} fails its test for an error nobody expected`, async () => {
    await using site = serveSite();
    await using browser = await open();
    const page = await openPage(browser.puppeteer, site.url, { expect: [/foreseen/] });
    await page.page.evaluate(() => {
      console.error("foreseen trouble");
      console.error("trouble");
      setTimeout(() => {
        throw new Error("uncaught");
      });
    });
    await page.waitFor("the timer", () => true, () => page.errors.length === 2);
    await assert.rejects(page[Symbol.asyncDispose](), /errors:\n {2}trouble [^]*uncaught/);
  });
}

endToEnd("kill() of Chromium leaves a profile that opens again with its records", async () => {
  await using site = serveSite();
  await using profile = await TemporaryFolder.make("profile");
  for (const round of [1, 2]) {
    await using browser = await openChromium({ profile: profile.path });
    const { page } = await openPage(browser.puppeteer, site.url);
    await page.evaluate((text) => globalThis.site.keep(text), `round ${round}`);
    await browser.kill();
  }
  await using browser = await openChromium({ profile: profile.path });
  await using page = await openPage(browser.puppeteer, site.url);
  assert.deepEqual(await kept(page), ["round 1", "round 2"]);
});

endToEnd("stopAllWorkers() ends the worker, and the next call boots another", async () => {
  await using site = serveSite();
  await using browser = await openChromium();
  await using page = await openPage(browser.puppeteer, site.url);
  const before = await bootOf(page);
  assert.equal(await bootOf(page), before);
  await stopAllWorkers(page);
  assert.notEqual(await bootOf(page), before);
});

endToEnd(
  "installabilityErrors() tells what is missing, and nothing for a full manifest",
  async () => {
    await using site = serveSite();
    await using browser = await openChromium();
    await using installable = await openPage(await browser.newContext(), site.url);
    await using bare = await openPage(browser.puppeteer, `${site.url}bare`);
    assert.deepEqual(await installabilityErrors(installable), []);
    assert.deepEqual(await installabilityErrors(bare), ["no-manifest"]);
  },
);

interface TinySite {
  /** Which start of the worker answers. */
  boot(): Promise<string>;
  keep(text: string): Promise<void>;
  kept(): Promise<string[]>;
}

declare global {
  var site: TinySite;
}

const WORKER = `
  const boot = crypto.randomUUID();
  addEventListener("install", () => skipWaiting());
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  addEventListener("message", (event) => event.ports[0].postMessage(boot));
`;

const SCRIPT = `
  const settled = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const opening = indexedDB.open("tiny", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("texts", { autoIncrement: true });
  const database = settled(opening);
  navigator.serviceWorker.register("/sw.js");
  globalThis.site = {
    async boot() {
      const { active } = await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise((resolve) => port1.onmessage = ({ data }) => resolve(data));
      active.postMessage(null, [port2]);
      return await answer;
    },
    async keep(text) {
      const transaction = (await database).transaction("texts", "readwrite");
      transaction.objectStore("texts").add(text);
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
    },
    async kept() {
      return await settled((await database).transaction("texts").objectStore("texts").getAll());
    },
  };
`;

const MANIFEST = JSON.stringify({
  name: "Tiny site",
  start_url: "/",
  display: "standalone",
  icons: [{ src: "/icon.png", sizes: "192x192", type: "image/png" }],
});

const BARE = `<!doctype html><title>Tiny</title><link rel="icon" href="/icon.png">`;
const PAGE =
  `${BARE}<link rel="manifest" href="/site.webmanifest"><script src="/page.js"></script>`;

/** A site with a manifest, a service worker and a database, on a free port. */
function serveSite(): AsyncDisposable & { readonly url: string } {
  const icon = encode({ width: 192, height: 192, channels: 1, data: new Uint8Array(192 * 192) });
  const files: Record<string, [type: string, body: string | Uint8Array<ArrayBuffer>]> = {
    "/": ["text/html", PAGE],
    "/bare": ["text/html", BARE],
    "/page.js": ["text/javascript", SCRIPT],
    "/sw.js": ["text/javascript", WORKER],
    "/site.webmanifest": ["application/manifest+json", MANIFEST],
    "/icon.png": ["image/png", new Uint8Array(icon)],
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const file = files[new URL(request.url).pathname];
    if (!file) return new Response("not here", { status: 404 });
    return new Response(file[1], { headers: { "content-type": file[0] } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function bootOf({ page }: WatchedPage): Promise<string> {
  return page.evaluate(() => globalThis.site.boot());
}

function keep({ page }: WatchedPage, text: string): Promise<void> {
  return page.evaluate((text) => globalThis.site.keep(text), text);
}

function kept({ page }: WatchedPage): Promise<string[]> {
  return page.evaluate(() => globalThis.site.kept());
}
