import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { Authority } from "../hub/authority.ts";
import { Relay } from "../hub/relay.ts";
import { SignallingSockets } from "../hub/signalling_sockets.ts";
import type { Handler, HubState } from "../hub/state.ts";
import { createApp, createTrustApp, PAGE_PATHS, renderPage } from "./app.ts";

const BUILD = {
  version: "test-1",
  assets: {
    "client.js": "/assets/client-A2B3C4D5.js",
    "theme.js": "/assets/theme-A2B3C4D5.js",
    "style.css": "/assets/style-A2B3C4D5.css",
  },
};
const FILES = {
  "dist/build.json": JSON.stringify(BUILD),
  "dist/sw.js": "// worker\n".repeat(200),
  "dist/assets/client-A2B3C4D5.js": "client",
  "dist/assets/ort-A2B3C4D5.wasm": "wasm",
  "dist/models/net.onnx": "onnx",
  "static/manifest.webmanifest": "{}",
  "static/icons.ts": "source",
};
const AUTHORITY: Authority = {
  certificate: new Uint8Array([0x30, 0x03, 1, 2, 3]),
  fingerprint: "AA:BB:CC",
  notAfter: new Date("2028-11-20T00:00:00Z"),
  isNew: false,
  addresses: ["192.168.1.20"],
  server: { cert: "", key: "" },
};

interface Stage {
  readonly root: string;
  readonly hub: HubState;
  readonly app: Handler;
}

async function withApp(
  test: (stage: Stage) => Promise<void>,
  changes: Partial<HubState> = {},
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "fieldmesh-app-" });
  const stopping = new AbortController();
  const hub: HubState = {
    dist: join(root, "dist"),
    statics: join(root, "static"),
    signalling: new SignallingSockets(),
    relay: new Relay(),
    memberStatus: () => Promise.resolve(null),
    authority: null,
    httpsPort: null,
    dev: false,
    startedAt: performance.now(),
    stopping: stopping.signal,
    ...changes,
  };
  try {
    for (const [name, content] of Object.entries(FILES)) {
      await Deno.mkdir(join(root, dirname(name)), { recursive: true });
      await Deno.writeTextFile(join(root, name), content);
    }
    await test({ root, hub, app: createApp(hub) });
  } finally {
    stopping.abort();
    hub.signalling.close();
    hub.relay.close();
    await Deno.remove(root, { recursive: true });
  }
}

function get(path: string, headers?: HeadersInit): Request {
  return new Request(new URL(path, "http://localhost:8000"), { headers });
}

async function textOf(handler: Handler, path: string): Promise<string> {
  return await (await handler(get(path))).text();
}

Deno.test("createApp() serves every page as a document with the build's assets", () =>
  withApp(async ({ app }) => {
    for (const path of PAGE_PATHS) {
      const response = await app(get(path));
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get("Content-Type"), "text/html; charset=UTF-8");
      assert.equal(response.headers.get("Cache-Control"), "no-cache");
      const html = await response.text();
      assert.equal(html, renderPage(path, BUILD.assets));
      assert.match(html, /^<!doctype html>\n<html/i);
      assert.ok(html.includes(BUILD.assets["style.css"]));
    }
  }));

Deno.test("createApp() serves pages that its own policy lets work: nothing inline", () =>
  withApp(async ({ app }) => {
    for (const path of [...PAGE_PATHS, "/trust"]) {
      const html = await textOf(app, path);
      assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=/i, path);
      for (const [tag] of html.matchAll(/<script[^>]*>/g)) assert.match(tag, / src="\//, path);
    }
  }));

Deno.test("createApp() answers 304 for a page that has not changed", () =>
  withApp(async ({ app }) => {
    const first = await app(get("/"));
    await first.body?.cancel();
    const again = await app(get("/", { "If-None-Match": first.headers.get("ETag") ?? "" }));
    assert.equal(again.status, 304);
  }));

Deno.test("createApp() says what to do when the app is not built or its description damaged", () =>
  withApp(async ({ app, root }) => {
    for (const damaged of ["{", "[]", '{"version":1,"assets":{}}', '{"version":"1"}']) {
      await Deno.writeTextFile(join(root, "dist/build.json"), damaged);
      assert.equal((await app(get("/"))).status, 503);
      assert.match(await textOf(app, "/log"), /deno task build/);
    }
    await Deno.remove(join(root, "dist"), { recursive: true });
    assert.match(await textOf(app, "/"), /deno task build/);
    assert.equal(JSON.parse(await textOf(app, "/healthz")).version, "unbuilt");
  }));

Deno.test("createApp() serves the worker for the whole origin, never from a cache unasked", () =>
  withApp(async ({ app }) => {
    const response = await app(get("/sw.js"));
    await response.body?.cancel();
    assert.equal(response.headers.get("Service-Worker-Allowed"), "/");
    assert.equal(response.headers.get("Cache-Control"), "no-cache");
    assert.equal(response.headers.get("Content-Type"), "text/javascript; charset=utf-8");
  }));

Deno.test("createApp() serves assets, models and static files, and nothing else of its folders", () =>
  withApp(async ({ app }) => {
    assert.equal(await textOf(app, "/assets/client-A2B3C4D5.js"), "client");
    assert.equal(await textOf(app, "/models/net.onnx"), "onnx");
    assert.equal(await textOf(app, "/manifest.webmanifest"), "{}");
    const wasm = await app(get("/assets/ort-A2B3C4D5.wasm"));
    assert.equal(wasm.headers.get("Content-Type"), "application/wasm");
    assert.match(wasm.headers.get("Cache-Control") ?? "", /immutable/);
    await wasm.body?.cancel();
    const hidden = ["/build.json", "/icons.ts", "/main.ts", "/assets/..%2fbuild.json", "/assets/"];
    for (const path of hidden) {
      const response = await app(get(path));
      assert.equal(response.status, 404, path);
      await response.body?.cancel();
    }
  }));

Deno.test("createApp() shows people a page where there is none, and tells programs", () =>
  withApp(async ({ app }) => {
    const page = await app(get("/none", { Accept: "text/html,*/*" }));
    assert.equal(page.status, 404);
    assert.match(await page.text(), /^<!doctype html>/);
    assert.equal(await textOf(app, "/none"), "There is nothing here\n");
  }));

Deno.test("createApp() answers HEAD without a body", () =>
  withApp(async ({ app }) => {
    for (const path of ["/", "/sw.js", "/healthz"]) {
      const response = await app(new Request(`http://localhost:8000${path}`, { method: "HEAD" }));
      assert.equal(response.status, 200);
      assert.equal(await response.text(), "");
    }
  }));

const HEADERS: Readonly<Record<string, string | RegExp>> = {
  "Content-Security-Policy":
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
    "img-src 'self' blob: data:; media-src 'self' blob:; " +
    "connect-src 'self' ws://localhost:8000; worker-src 'self'; manifest-src 'self'; " +
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy":
    /^camera=\(self\), microphone=\(self\), geolocation=\(self\), accelerometer=\(self\), gyroscope=\(self\), magnetometer=\(self\), screen-wake-lock=\(self\), .*payment=\(\).*usb=\(\)/,
};

Deno.test("createApp() puts the security headers on every response, failures too", () =>
  withApp(async ({ app }) => {
    const paths = ["/", "/trust", "/healthz", "/sw.js", "/manifest.webmanifest", "/none"];
    for (const path of [...paths, "/signal/peerjs/id", "/signal/peerjs", "/trust/ca.crt"]) {
      const response = await app(get(path));
      await response.body?.cancel();
      for (const [name, value] of Object.entries(HEADERS)) {
        const header = response.headers.get(name) ?? "";
        if (typeof value === "string") assert.equal(header, value, path);
        else assert.match(header, value, path);
      }
    }
  }));

Deno.test("createApp() lets no Host header write into the policy", () =>
  withApp(async ({ app }) => {
    const response = await app(new Request("http://a;script-src*/healthz"));
    await response.body?.cancel();
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    assert.match(policy, /connect-src 'self' 'self';/);
  }));

Deno.test("createApp() reports its health", () =>
  withApp(async ({ app }) => {
    const response = await app(get("/healthz"));
    assert.equal(response.headers.get("Cache-Control"), "no-store");
    const { uptimeSeconds, ...health } = await response.json();
    assert.deepEqual(health, { status: "ok", version: "test-1", signallingClients: 0 });
    assert.ok(Number.isInteger(uptimeSeconds) && uptimeSeconds >= 0);
  }));

Deno.test("createApp() gives ids that differ, for its key only", () =>
  withApp(async ({ app }) => {
    const [one, two] = [
      await textOf(app, "/signal/peerjs/id?ts=1"),
      await textOf(app, "/signal/peerjs/id?ts=2"),
    ];
    assert.match(one, /^[0-9a-f-]{36}$/);
    assert.notEqual(one, two);
    assert.equal((await app(get("/signal/other/id"))).status, 401);
  }));

Deno.test("createApp() refuses sockets from other origins, and requests that are none", () =>
  withApp(async ({ app }) => {
    const path = "/signal/peerjs?key=peerjs&id=a&token=t";
    const upgrade = { "Upgrade": "websocket", "Connection": "Upgrade" };
    assert.equal((await app(get(path))).status, 426);
    for (const origin of ["https://example.org", "http://localhost:8001", "null", "junk"]) {
      const response = await app(get(path, { ...upgrade, "Origin": origin }));
      assert.equal(response.status, 403, origin);
    }
  }));

/** A socket that says where it is from, as a browser's does by itself. */
function connectFrom(origin: string | null, url: string): WebSocket {
  // The browsers' types are in force here, and they do not know Deno's `headers`.
  const options: object = { headers: origin === null ? {} : { Origin: origin } };
  return Reflect.construct(WebSocket, [url, options]);
}

Deno.test("createApp() lets sockets of its own pages and of programs in, through a real server", () =>
  withApp(async ({ app, hub }) => {
    const server = Deno.serve({ hostname: "localhost", port: 0, onListen: () => {} }, app);
    const origin = `localhost:${server.addr.port}`;
    for (const from of [null, `http://${origin}`, `https://${origin}`]) {
      const url = `ws://${origin}/signal/peerjs?key=peerjs&id=a&token=t&version=1.5.5`;
      const socket = connectFrom(from, url);
      const greeting = await new Promise((resolve, reject) => {
        socket.onmessage = ({ data }) => resolve(data);
        socket.onerror = () => reject(new Error("refused"));
      });
      assert.equal(greeting, '{"type":"OPEN"}');
      assert.equal(hub.signalling.clients, 1);
      const closed = new Promise((resolve) => socket.onclose = resolve);
      socket.close();
      await closed;
    }
    await server.shutdown();
  }));

Deno.test("createApp() has no development events without --dev", () =>
  withApp(async ({ app }) => {
    const response = await app(get("/dev/events"));
    assert.equal(response.status, 404);
    await response.body?.cancel();
  }));

Deno.test("createApp() says reload when the build changes, with --dev", () =>
  withApp(async ({ app, root }) => {
    const response = await app(get("/dev/events"));
    assert.match(response.headers.get("Content-Type") ?? "", /^text\/event-stream/);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, ": connected\n\n");
    // The build's own order: away with the old, then anew.
    await Deno.remove(join(root, "dist/build.json"));
    const rebuilt = JSON.stringify({ ...BUILD, version: "test-2" });
    await Deno.writeTextFile(join(root, "dist/build.json"), rebuilt);
    assert.equal((await reader.read()).value, "event: reload\ndata: test-2\n\n");
    await reader.cancel();
  }, { dev: true }));

Deno.test("createApp() tells that there is nothing to trust without an authority", () =>
  withApp(async ({ app }) => {
    assert.match(await textOf(app, "/trust"), /nothing to install here/);
    const response = await app(get("/trust/ca.crt"));
    assert.equal(response.status, 404);
  }));

Deno.test("createApp() gives the authority's certificate and its fingerprint", () =>
  withApp(async ({ app }) => {
    const response = await app(get("/trust/ca.crt"));
    assert.equal(response.headers.get("Content-Type"), "application/x-x509-ca-cert");
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), AUTHORITY.certificate);
    const html = await textOf(app, "/trust");
    for (
      const text of [AUTHORITY.fingerprint, "2028-11-20", "/trust/ca.crt", "Android", "iPhone"]
    ) {
      assert.ok(html.includes(text), text);
    }
  }, { authority: AUTHORITY }));

Deno.test("createTrustApp() serves only what trust needs, and sends the rest to HTTPS", () =>
  withApp(async ({ hub }) => {
    const app = createTrustApp({ ...hub, httpsPort: 8443 });
    const html = await textOf(app, "/trust");
    assert.ok(html.includes("https://localhost:8443/"));
    assert.ok(html.includes(BUILD.assets["style.css"]));
    assert.ok(!html.includes(BUILD.assets["client.js"]));
    assert.equal((await app(get("/trust/ca.crt"))).status, 200);
    assert.equal(await textOf(app, "/assets/client-A2B3C4D5.js"), "client");
    assert.equal(await textOf(app, "/manifest.webmanifest"), "{}");
    for (const path of ["/", "/crew?a=1", "/sw.js", "/healthz", "/signal/peerjs/id"]) {
      const response = await app(get(path));
      assert.equal(response.status, 307, path);
      assert.equal(response.headers.get("Location"), `https://localhost:8443${path}`);
    }
  }, { authority: AUTHORITY }));
