/** A connection whose packets stop getting through finds a new path, and the same data channel goes on. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { build, stop } from "esbuild";
import { SignallingSockets } from "../../hub/signalling_sockets.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import type { RadioPage } from "./ice_restart_page.ts";
import { UdpDetour } from "./udp_detour.ts";
import { openPage, type WatchedPage } from "./watched_page.ts";

declare global {
  var radioPage: RadioPage;
}

const PAGE = `<!doctype html><title>radio</title><link rel="icon" href="data:,">` +
  `<script src="/page.js"></script>`;
/** Chromium notices after 5 s; the radio gives a silent link 15 s. */
const BACK_WITHIN_MS = 30_000;

/** The hub's signalling, and a page that speaks by the radio's own channels. */
async function serve() {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname ?? "", "ice_restart_page.ts")],
    bundle: true,
    write: false,
  });
  await stop();
  const script = bundle.outputFiles[0].text;
  const signalling = new SignallingSockets();
  const server = Deno.serve({ hostname: "localhost", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/signal/peerjs") return signalling.accept(request);
    const isScript = pathname === "/page.js";
    const headers = { "Content-Type": isScript ? "text/javascript" : "text/html" };
    return new Response(isScript ? script : PAGE, { headers });
  });
  return {
    url: `http://localhost:${server.addr.port}/`,
    async [Symbol.asyncDispose]() {
      signalling.close();
      await server.shutdown();
    },
  };
}

function look(): Pick<RadioPage, "heard" | "states" | "isClosed" | "ufrag" | "peerConnections"> {
  const { heard, states, isClosed, ufrag, peerConnections } = globalThis.radioPage;
  return { heard: [...heard], states: [...states], isClosed, ufrag, peerConnections };
}

function leadThrough({ page }: WatchedPage, detour: { host: string; port: number } | null) {
  return page.evaluate((detour) => void (globalThis.radioPage.detour = detour), detour);
}

endToEnd(
  "a data channel goes on by another path when its own is cut: nothing lost, nothing twice",
  async () => {
    await using site = await serve();
    await using detour = await UdpDetour.open();
    await using browser = await openChromium();
    await using one = await openPage(await browser.newContext(), site.url);
    await using two = await openPage(await browser.newContext(), site.url);
    const pages = [one, two];
    for (const [end, page] of pages.entries()) {
      await page.page.evaluate((id) => globalThis.radioPage.announce(id), `page${end}`);
      await leadThrough(page, { host: detour.host, port: detour.portFor(end === 0 ? 0 : 1) });
    }
    const bindings = await Promise.all([
      two.page.evaluate(() => globalThis.radioPage.link(null)),
      one.page.evaluate(() => globalThis.radioPage.link("page1")),
    ]);
    assert.equal(bindings[0], bindings[1]);
    for (const { page } of pages) await page.evaluate(() => globalThis.radioPage.count());
    for (const page of pages) {
      await page.waitFor("ten numbers", look, ({ heard }) => heard.length > 9);
    }
    assert.ok(detour.carried > 20, "the path did not lead through the detour");

    const before = await Promise.all(pages.map(({ page }) => page.evaluate(look)));
    for (const page of pages) await leadThrough(page, null);
    detour.cut();
    for (const [end, page] of pages.entries()) {
      const more = before[end].heard.length + 50;
      const seen = await page.waitFor("fifty more", look, ({ heard }) => heard.length > more, {
        withinMs: BACK_WITHIN_MS,
      });
      assert.deepEqual(seen.heard, Array.from(seen.heard, (_, at) => at));
      assert.equal(seen.peerConnections, 1, "it was another connection");
      assert.equal(seen.isClosed, false);
      assert.notEqual(seen.ufrag, before[end].ufrag, "it came back without a restart");
      assert.ok(seen.states.slice(before[end].states.length).includes("disconnected"));
    }
  },
);

/**
 * From now on this page's answers are followed by an offer with another certificate, as a dishonest hub could
 * forge it: once the ends have shown each other their own. Before, it would only keep them apart.
 */
function forgeOffers(): void {
  const { send } = WebSocket.prototype;
  const connected = Promise.withResolvers<void>();
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState === "connected") connected.resolve();
      });
    }
  };
  WebSocket.prototype.send = function (data) {
    send.call(this, data);
    const message = JSON.parse(String(data));
    if (message.type !== "ANSWER" || message.payload.restart !== undefined) return;
    const { sdp } = message.payload.sdp;
    const foreign = sdp.replace(
      /^a=fingerprint:(\S+) .*$/m,
      `a=fingerprint:$1 ${"AB:".repeat(31)}AB`,
    )
      .replace(/^a=setup:.*$/m, "a=setup:actpass");
    message.payload.sdp = { type: "offer", sdp: foreign };
    connected.promise.then(() => send.call(this, JSON.stringify(message)));
  };
}

endToEnd(
  "a certificate that signalling brings beside the one in use is not taken for it",
  async () => {
    await using site = await serve();
    await using browser = await openChromium();
    await using one = await openPage(await browser.newContext(), site.url);
    await using two = await openPage(await browser.newContext(), site.url, { before: forgeOffers });
    await one.page.evaluate(() => globalThis.radioPage.announce("page0"));
    await two.page.evaluate(() => globalThis.radioPage.announce("page1"));
    const bindings = await Promise.all([
      two.page.evaluate(() => globalThis.radioPage.link(null)),
      one.page.evaluate(() => globalThis.radioPage.link("page1")),
    ]);
    assert.equal(bindings[0], bindings[1]);
    assert.notEqual(bindings[0], "");
  },
);
