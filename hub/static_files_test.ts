import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { filePath, serveFile } from "./static_files.ts";

/** A folder `root` with some files, and a secret beside it. */
async function withRoot(test: (root: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fieldmesh-static-" });
  const root = join(folder, "root");
  try {
    await Deno.mkdir(join(root, "sub.d"), { recursive: true });
    const names = ["app-A2B3C4D5.js", "m.onnx", "app.webmanifest", "i.svg", "x.wasm", "icons.ts"];
    for (const name of names) await Deno.writeTextFile(join(root, name), name);
    await Deno.writeTextFile(join(root, "sub.d", "with space.png"), "p");
    await Deno.writeTextFile(join(root, ".hidden"), "h");
    await Deno.writeTextFile(join(folder, "secret"), "s");
    await test(root);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function get(path: string, init?: RequestInit): Request {
  return new Request(`http://hub${path}`, init);
}

Deno.test("serveFile() serves a file with its type and bytes", () =>
  withRoot(async (root) => {
    const types = {
      "/app-A2B3C4D5.js": "text/javascript; charset=utf-8",
      "/app.webmanifest": "application/manifest+json; charset=utf-8",
      "/i.svg": "image/svg+xml",
      "/m.onnx": "application/octet-stream",
      "/x.wasm": "application/wasm",
    };
    for (const [path, type] of Object.entries(types)) {
      const response = await serveFile(root, get(path));
      assert.equal(response?.headers.get("Content-Type"), type);
      assert.equal(await response?.text(), path.slice(1));
    }
    const spaced = await serveFile(root, get("/sub.d/with%20space.png"));
    assert.equal(await spaced?.text(), "p");
  }));

Deno.test("serveFile() lets browsers keep what has a hash in its name, and ask again for the rest", () =>
  withRoot(async (root) => {
    const cacheOf = async (path: string) => {
      const response = await serveFile(root, get(path, { method: "HEAD" }));
      return response?.headers.get("Cache-Control");
    };
    assert.equal(await cacheOf("/app-A2B3C4D5.js"), "public, max-age=31536000, immutable");
    assert.equal(await cacheOf("/m.onnx"), "no-cache");
  }));

Deno.test("serveFile() answers 304 until the file changes", () =>
  withRoot(async (root) => {
    const first = await serveFile(root, get("/m.onnx"));
    await first?.body?.cancel();
    const headers = { "If-None-Match": first?.headers.get("ETag") ?? "" };
    assert.equal((await serveFile(root, get("/m.onnx", { headers })))?.status, 304);
    await Deno.writeTextFile(join(root, "m.onnx"), "longer than before");
    const changed = await serveFile(root, get("/m.onnx", { headers }));
    assert.equal(changed?.status, 200);
    assert.equal(await changed?.text(), "longer than before");
  }));

Deno.test("serveFile() is null for folders, hidden files, sources and what is not there", () =>
  withRoot(async (root) => {
    const paths = [
      "/",
      "/sub.d",
      "/sub.d/",
      "/.hidden",
      "/icons.ts",
      "/none",
      "/m.onnx/x",
      "//m.onnx",
    ];
    for (const path of paths) assert.equal(await serveFile(root, get(path)), null, path);
  }));

Deno.test("serveFile() never leaves its folder, however the way out is written", () =>
  withRoot(async (root) => {
    const ways = [
      "/../secret",
      "/sub.d/../../secret",
      "/%2e%2e/secret",
      "/..%2fsecret",
      "/%2e%2e%2fsecret",
      "/sub.d/..%2f..%2fsecret",
      "/..%5csecret",
      "/%252e%252e/secret",
      "/%c0%ae%c0%ae/secret",
      "/m.onnx%00",
      "/%2fetc/passwd",
      "/C:%5cwindows",
      "/%",
    ];
    for (const way of ways) assert.equal(await serveFile(root, get(way)), null, way);
  }));

Deno.test("filePath() gives nothing outside its folder, for any path", () => {
  const piece = fc.constantFrom(
    "..",
    ".",
    "/",
    "%2e",
    "%2f",
    "%5c",
    "\\",
    "a",
    "%00",
    "%",
    "C:",
    "",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const path = filePath("/root/dist", `/${pieces.join("")}`);
      assert.ok(
        path === null || /^\/root\/dist(\/[^./\\:\0][^/\\:\0]*)+$/.test(path),
        String(path),
      );
    }),
    { numRuns: 2000 },
  );
});
