/** The stock `peerjs` client, in real pages, through the hub's own signalling. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { build, stop } from "esbuild";
import type { Peer } from "peerjs";
import { Relay } from "../../hub/relay.ts";
import { SignallingSockets } from "../../hub/signalling_sockets.ts";
import { createApp } from "../../routes/app.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { openPage, type WatchedPage } from "./watched_page.ts";

declare global {
  /** As a script tag with the stock client would leave it. */
  var newPeer: (id?: string) => Peer;
  var peer: Peer;
}

const PAGE =
  `<!doctype html><title>peer</title><link rel="icon" href="data:,"><script src="/peer.js"></script>`;
/** `iceServers: []`: on one network no STUN server is needed, and none must be asked. */
const SCRIPT = `
  import { Peer } from "peerjs";
  const options = {
    host: location.hostname,
    port: Number(location.port),
    path: "/signal",
    config: { iceServers: [] },
  };
  globalThis.newPeer = (id) => id ? new Peer(id, options) : new Peer(options);
`;

/** The hub's routes, with a page of the stock client among the static files. */
async function serveClient() {
  const folder = await TemporaryFolder.make("signalling");
  const bundle = await build({
    stdin: { contents: SCRIPT, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
  });
  await stop();
  await Deno.writeTextFile(join(folder.path, "peer.html"), PAGE);
  await Deno.writeTextFile(join(folder.path, "peer.js"), bundle.outputFiles[0].text);
  const signalling = new SignallingSockets();
  const relay = new Relay();
  const app = createApp({
    dist: join(folder.path, "dist"),
    statics: folder.path,
    signalling,
    relay,
    memberStatus: () => Promise.resolve(null),
    authority: null,
    httpsPort: null,
    dev: false,
    startedAt: performance.now(),
    stopping: new AbortController().signal,
  });
  const server = Deno.serve({ hostname: "localhost", port: 0, onListen: () => {} }, app);
  return {
    signalling,
    url: `http://localhost:${server.addr.port}/peer.html`,
    async [Symbol.asyncDispose]() {
      signalling.close();
      relay.close();
      await server.shutdown();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Announces the page's peer and gives the id that it has got. */
function announce({ page }: WatchedPage, id?: string): Promise<string> {
  return page.evaluate((wanted) =>
    new Promise<string>((resolve, reject) => {
      const peer = globalThis.newPeer(wanted);
      globalThis.peer = peer;
      peer.on("open", resolve);
      peer.on("error", reject);
    }), id);
}

/** Sends back whatever comes over a data channel. */
function echo({ page }: WatchedPage): Promise<void> {
  return page.evaluate(() => {
    globalThis.peer.on("connection", (link) => {
      link.on("data", (data) => void link.send(data));
    });
  });
}

/** Calls a peer, says something and gives what comes back. */
function call({ page }: WatchedPage, to: string, text: string): Promise<unknown> {
  return page.evaluate(
    (to, text) =>
      new Promise((resolve, reject) => {
        const link = globalThis.peer.connect(to, { serialization: "raw", reliable: true });
        globalThis.peer.on("error", reject);
        link.on("error", reject);
        link.on("open", () => void link.send(text));
        link.on("data", resolve);
      }),
    to,
    text,
  );
}

/** Waits for the client's own name of what went wrong. */
function failure({ page }: WatchedPage, action: "call-nobody" | "take-bob"): Promise<string> {
  return page.evaluate((action) =>
    new Promise<string>((resolve) => {
      const peer = action === "call-nobody" ? globalThis.peer : globalThis.newPeer("bob");
      peer.on("error", ({ type }) => resolve(type));
      if (action === "call-nobody") peer.connect("nobody");
    }), action);
}

/** Leaves signalling, as when the network is gone for a moment, and comes back under its id. */
function comeBack({ page }: WatchedPage): Promise<string> {
  return page.evaluate(() =>
    new Promise<string>((resolve, reject) => {
      const { peer } = globalThis;
      peer.on("open", resolve);
      peer.on("error", reject);
      peer.disconnect();
      peer.reconnect();
    })
  );
}

endToEnd("the stock peerjs client connects two pages through /signal alone", async () => {
  await using site = await serveClient();
  await using browser = await openChromium();
  await using alice = await openPage(await browser.newContext(), site.url);
  await using bob = await openPage(await browser.newContext(), site.url);

  assert.match(await announce(alice), /^[0-9a-f-]{36}$/);
  assert.equal(await announce(bob, "bob"), "bob");
  assert.equal(site.signalling.clients, 2);
  await echo(bob);
  assert.equal(await call(alice, "bob", "over the air"), "over the air");

  assert.equal(await comeBack(bob), "bob");
  assert.equal(await call(alice, "bob", "after a pause"), "after a pause");
});

endToEnd("the stock peerjs client understands ID-TAKEN and EXPIRE", async () => {
  await using site = await serveClient();
  await using browser = await openChromium();
  const expect = [/ERROR PeerJS|ID "bob" is taken|Could not connect to peer nobody/];
  await using page = await openPage(browser.puppeteer, site.url, { expect });
  await announce(page, "bob");
  assert.equal(await failure(page, "take-bob"), "unavailable-id");
  assert.equal(await failure(page, "call-nobody"), "peer-unavailable");
});
