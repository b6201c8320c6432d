import assert from "node:assert/strict";
import { makeThumbnails } from "./thumbnails.ts";

/** A source that hands out numbered URLs and remembers what was revoked. */
function bench(missing: readonly string[] = []) {
  const revoked: string[] = [];
  const fetched: string[] = [];
  let made = 0;
  const source = {
    fetch(hash: string) {
      fetched.push(hash);
      return Promise.resolve(missing.includes(hash) ? null : new Blob([hash]));
    },
    makeUrl: () => `blob:${++made}`,
    revokeUrl: (url: string) => void revoked.push(url),
  };
  return { source, revoked, fetched };
}

Deno.test("take() gives one URL to all who show a picture", async () => {
  const { source, fetched } = bench();
  const thumbnails = makeThumbnails(source);
  assert.equal(await thumbnails.take("a"), "blob:1");
  assert.equal(await thumbnails.take("a"), "blob:1");
  assert.deepEqual(fetched, ["a"]);
});

Deno.test("take() makes one URL when two ask at the same time", async () => {
  const { source } = bench();
  const thumbnails = makeThumbnails(source);
  assert.deepEqual(await Promise.all([thumbnails.take("a"), thumbnails.take("a")]), [
    "blob:1",
    "blob:1",
  ]);
});

Deno.test("take() is null for a picture that has not arrived, and asks again", async () => {
  const { source, fetched } = bench(["a"]);
  const thumbnails = makeThumbnails(source);
  assert.equal(await thumbnails.take("a"), null);
  assert.equal(await thumbnails.take("a"), null);
  assert.equal(fetched.length, 2);
});

Deno.test("letGo() revokes the least recently used beyond what is kept, never one in use", async () => {
  const { source, revoked } = bench();
  const thumbnails = makeThumbnails(source, 1);
  for (const hash of ["a", "b", "c"]) await thumbnails.take(hash);
  thumbnails.letGo("b");
  assert.deepEqual(revoked, []);
  thumbnails.letGo("c");
  assert.deepEqual(revoked, ["blob:2"]);
  thumbnails.letGo("c");
  assert.deepEqual(revoked, ["blob:2"]);
  thumbnails.letGo("a");
  assert.deepEqual(revoked, ["blob:2", "blob:1"]);
});
