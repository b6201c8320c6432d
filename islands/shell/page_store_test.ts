import assert from "node:assert/strict";
import { makePageStore } from "./page_store.ts";

const never = new AbortController().signal;
const at = (path: string) => new URL(path, "https://hub.local");

/** A store over a hub that can be switched off, and what was asked of it. */
function bench() {
  const asked: string[] = [];
  const hub = { up: true };
  const store = makePageStore((url) => {
    asked.push(url.pathname);
    return Promise.resolve(hub.up ? `<p>${url.pathname}</p>` : null);
  }, (url) => url.pathname !== "/trust");
  return { store, asked, hub };
}

Deno.test("get() fetches a page once and needs nobody afterwards", async () => {
  const { store, asked, hub } = bench();
  assert.equal(await store.get(at("/log"), never), "<p>/log</p>");
  hub.up = false;
  assert.equal(await store.get(at("/log?x=1"), never), "<p>/log</p>");
  assert.deepEqual(asked, ["/log"]);
});

Deno.test("get() does not keep a page that may differ, nor that there was none", async () => {
  const { store, asked, hub } = bench();
  await store.get(at("/trust"), never);
  hub.up = false;
  assert.equal(await store.get(at("/trust"), never), null);
  assert.equal(await store.get(at("/crew"), never), null);
  hub.up = true;
  assert.equal(await store.get(at("/crew"), never), "<p>/crew</p>");
  assert.equal(asked.length, 4);
});

Deno.test("warm() fetches what is not at hand", async () => {
  const { store, asked } = bench();
  await store.get(at("/log"), never);
  await store.warm([at("/log"), at("/crew")]);
  assert.deepEqual(asked, ["/log", "/crew"]);
});
