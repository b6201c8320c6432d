import assert from "node:assert/strict";
import { blobOf, partsOf } from "../../tests/fixtures/blob_sides.ts";
import { BlobFetch } from "./blob_fetch.ts";
import { CHUNK_BYTES as CHUNK } from "./outbox.ts";

Deno.test("isOverdue() gives each link a longer turn than the one before", async () => {
  const { hash } = await blobOf(10);
  const fetch = new BlobFetch(hash);
  assert.ok(!fetch.isOverdue(1e9), "nobody is asked");
  for (const ms of [30_000, 60_000, 120_000]) {
    fetch.begin("a", 500);
    assert.ok(!fetch.isOverdue(500 + ms));
    assert.ok(fetch.isOverdue(501 + ms));
    fetch.letGo();
  }
});

Deno.test("letGo() keeps what came for the next link, but not once it was spoilt", async () => {
  const blob = await blobOf(2 * CHUNK);
  const [first, last] = partsOf(blob);
  const fetch = new BlobFetch(blob.hash);
  fetch.begin("a", 0);
  assert.equal(fetch.add("a", first, 0), "part");
  fetch.letGo();
  assert.equal(fetch.received, CHUNK);
  fetch.spoil();
  fetch.begin("b", 0);
  fetch.letGo();
  assert.equal(fetch.received, 0);
  assert.ok(fetch.isWorthKeeping, "it is known to be spoilt");
  fetch.begin("c", 0);
  assert.deepEqual([first, last].map((part) => fetch.add("c", part, 0)), ["part", "last"]);
  assert.deepEqual(await fetch.whole(blob.type), blob);
});

Deno.test("whole() keeps no type under which a page would take a medium for a document", async () => {
  const blob = await blobOf(10);
  for (const said of ["text/html", "image/svg+xml"]) {
    const fetch = new BlobFetch(blob.hash);
    fetch.begin("a", 0);
    for (const part of partsOf(blob)) fetch.add("a", part, 0);
    const whole = await fetch.whole(said);
    assert.equal(typeof whole === "object" && whole.type, "application/octet-stream");
  }
});
