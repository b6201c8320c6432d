import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { MemoryStore } from "../store/memory_store.ts";
import type { StoredBlob } from "../store/store.ts";
import { MOST_BLOB_NAMES } from "./frames.ts";
import { MediaCopies } from "./media_copies.ts";

const [SMALL, SELF, LARGE] = [idOf(0x11), idOf(0x55), idOf(0xee)];

function blobOf(n: number): StoredBlob {
  const hash = n.toString(16).padStart(64, "0");
  return { hash, type: "image/jpeg", bytes: Uint8Array.of(n & 255) };
}

async function withBlobs(count: number) {
  const store = new MemoryStore();
  const blobs = Array.from({ length: count }, (_, n) => blobOf(n));
  if (count > 0) await store.commit({ blobs, at: 1 });
  return { store, blobs, copies: new MediaCopies(store, SELF) };
}

async function holders(store: MemoryStore, { hash }: StoredBlob) {
  return (await store.media(hash))?.copies ?? [];
}

Deno.test("heard() is on disk after save(), for media that are known here", async () => {
  const { store, blobs: [one], copies } = await withBlobs(1);
  const [wanted, unheardOf] = [idOf(0x77), idOf(0x88)];
  await store.commit({ wanted: [wanted] });
  copies.heard(LARGE, [one.hash, wanted, unheardOf], "all");
  assert.deepEqual(await holders(store, one), []);
  await copies.save();
  assert.deepEqual(await holders(store, one), [LARGE]);
  assert.deepEqual((await store.media(wanted))?.copies, [LARGE]);
  assert.equal(await store.media(unheardOf), null, "a peer cannot fill the disk with names");
});

Deno.test("a copy that may be removed by the same rule as ours is relied on by one side only", async () => {
  const rely = async (peer: string, keeping: "all" | "shared" | "none") => {
    const { store, blobs: [one], copies } = await withBlobs(1);
    copies.heard(peer, [one.hash], keeping);
    await copies.save();
    return (await holders(store, one)).length === 1;
  };
  assert.ok(await rely(SMALL, "all"));
  assert.ok(await rely(LARGE, "all"));
  assert.ok(await rely(LARGE, "shared"));
  assert.ok(!await rely(SMALL, "shared"), "it relies on us");
  assert.ok(!await rely(LARGE, "none"));
});

Deno.test("here() tells of what is on disk only", async () => {
  const { store, blobs: [one, two], copies } = await withBlobs(2);
  const wanted = idOf(0x77);
  await store.commit({ wanted: [wanted], thin: [two.hash], at: 2 });
  assert.deepEqual(await copies.here([two.hash, one.hash, wanted, idOf(0x99)]), [one.hash]);
});

Deno.test("toAsk() names each medium that only we have once, some at a time, and comes to an end", async () => {
  const { store, blobs, copies } = await withBlobs(3 * MOST_BLOB_NAMES + 5);
  const others = blobs.filter((_, n) => n % 3 === 0);
  await store.commit({ copies: others.map(({ hash }) => ({ hash, device: LARGE })) });
  await store.commit({ thin: [blobs[1].hash], wanted: [idOf(0x77)], at: 2 });
  const asked: string[] = [];
  for (let after: string | null = null; after !== "done";) {
    const step = await copies.toAsk(after);
    assert.ok(step.hashes.length <= MOST_BLOB_NAMES);
    asked.push(...step.hashes);
    after = step.after;
  }
  assert.deepEqual(asked, blobs.filter((_, n) => n % 3 !== 0 && n !== 1).map(({ hash }) => hash));
});

Deno.test("toAsk() of media that others have looks at a bounded number at a time", async () => {
  const { store, blobs, copies } = await withBlobs(6 * MOST_BLOB_NAMES);
  await store.commit({ copies: blobs.map(({ hash }) => ({ hash, device: LARGE })) });
  const first = await copies.toAsk(null);
  assert.deepEqual(first, { hashes: [], after: blobs[4 * MOST_BLOB_NAMES - 1].hash });
  const second = await copies.toAsk(first.after);
  assert.deepEqual(second, { hashes: [], after: "done" });
});
