import assert from "node:assert/strict";
import { idOf, seededRandom } from "../../tests/fixtures/devices.ts";
import type { Bytes } from "../bytes.ts";
import type { DeviceId, Hex } from "../observation.ts";
import { MemoryStore } from "../store/memory_store.ts";
import type { StoredBlob } from "../store/store.ts";
import { MOST_BLOB_NAMES, MOST_PROOFS } from "./frames.ts";
import { MediaCopies } from "./media_copies.ts";
import { proveBlob } from "./possession.ts";

const [SMALL, SELF, LARGE] = [idOf(0x11), idOf(0x55), idOf(0xee)];

function blobOf(n: number): StoredBlob {
  const hash = n.toString(16).padStart(64, "0");
  return { hash, type: "image/jpeg", bytes: Uint8Array.of(n & 255) };
}

async function withBlobs(count: number) {
  const store = new MemoryStore();
  const blobs = Array.from({ length: count }, (_, n) => blobOf(n));
  if (count > 0) await store.commit({ blobs, at: 1 });
  return { store, blobs, copies: copiesOf(store, SELF) };
}

function copiesOf(store: MemoryStore, self: DeviceId, clock = { now: 1 }): MediaCopies {
  return new MediaCopies({ store, self, nowMs: () => clock.now, random: seededRandom(1) });
}

/** What a peer says to prove that it has these bytes, asked with this nonce. */
async function haveOf(peer: DeviceId, blobs: readonly StoredBlob[], nonce: Bytes) {
  const proofs = await Promise.all(blobs.map(({ bytes }) => proveBlob(peer, nonce, bytes)));
  return {
    kind: "blob-have",
    keeping: "all",
    hashes: blobs.map(({ hash }) => hash),
    proofs,
  } as const;
}

/** Asks a peer that says it has these. */
async function askAbout(copies: MediaCopies, peer: DeviceId, hashes: readonly Hex[]) {
  await copies.heard(peer, { kind: "blob-have", keeping: "all", hashes });
  const { ask } = await copies.toAsk(peer, "done");
  return ask;
}

async function holders(store: MemoryStore, { hash }: StoredBlob) {
  return (await store.media(hash))?.copies ?? [];
}

Deno.test("heard() of what is here too is asked about, and on disk after save() once it is proved", async () => {
  const { store, blobs: [one, two], copies } = await withBlobs(2);
  const [wanted, unheardOf] = [idOf(0x77), idOf(0x88)];
  await store.commit({ wanted: [wanted] });
  const ask = await askAbout(copies, LARGE, [one.hash, two.hash, wanted, unheardOf]);
  assert.deepEqual(ask?.hashes, [one.hash, two.hash]);
  await copies.save();
  assert.deepEqual(await holders(store, one), [], "a word is no proof");
  assert.ok(ask?.nonce);
  await copies.heard(LARGE, await haveOf(LARGE, [one], ask.nonce));
  assert.deepEqual(await holders(store, one), []);
  await copies.save();
  assert.deepEqual(await holders(store, one), [LARGE]);
  assert.deepEqual(await holders(store, two), []);
  assert.equal(await store.media(unheardOf), null, "a peer cannot fill the disk with names");
  assert.deepEqual((await copies.toAsk(LARGE, "done")).ask, null);
  assert.equal(await askAbout(copies, LARGE, [one.hash]), null, "it is known");
});

Deno.test("heard() believes no proof of other bytes, by another device, for another nonce, or that nobody asked for", async () => {
  const { store, blobs: [one, two], copies } = await withBlobs(2);
  const nobodys = new Uint8Array(16);
  await copies.heard(LARGE, await haveOf(LARGE, [one], nobodys));
  const nonce = (await askAbout(copies, LARGE, [one.hash]))?.nonce;
  const others = (await askAbout(copies, SMALL, [one.hash]))?.nonce;
  assert.ok(nonce && others);
  assert.notDeepEqual(nonce, others);
  await copies.heard(LARGE, await haveOf(LARGE, [{ ...one, bytes: two.bytes }], nonce));
  await copies.heard(LARGE, await haveOf(SMALL, [one], nonce));
  await copies.heard(LARGE, await haveOf(LARGE, [one], others));
  await copies.heard(LARGE, await haveOf(LARGE, [one], nobodys));
  await copies.save();
  assert.deepEqual(await holders(store, one), []);
});

Deno.test("a copy that may be removed by the same rule as ours is relied on by one side only", async () => {
  const rely = async (peer: string, keeping: "all" | "shared" | "none") => {
    const { store, blobs: [one], copies } = await withBlobs(1);
    const { ask } = await copies.toAsk(peer, null);
    assert.ok(ask?.nonce);
    await copies.heard(peer, { ...await haveOf(peer, [one], ask.nonce), keeping });
    await copies.save();
    return (await holders(store, one)).length === 1;
  };
  assert.ok(await rely(SMALL, "all"));
  assert.ok(await rely(LARGE, "all"));
  assert.ok(await rely(LARGE, "shared"));
  assert.ok(!await rely(SMALL, "shared"), "it relies on us");
  assert.ok(!await rely(LARGE, "none"));
});

Deno.test("prove() shows what another copy believes, so many in a second", async () => {
  const { store, blobs } = await withBlobs(100);
  const clock = { now: 1 };
  const [theirs, ours] = [copiesOf(store, LARGE, clock), copiesOf(store, SELF)];
  const { ask } = await ours.toAsk(LARGE, null);
  assert.ok(ask?.nonce);
  const proved = await theirs.prove(SELF, ask.nonce, ask.hashes);
  assert.ok(proved);
  await ours.heard(LARGE, { kind: "blob-have", keeping: "all", ...proved });
  await ours.save();
  for (const hash of ask.hashes) assert.deepEqual((await store.media(hash))?.copies, [LARGE]);
  const all = blobs.map(({ hash }) => hash);
  const answered = [];
  for (let n = 0; n < 5; n++) answered.push(await theirs.prove(SELF, ask.nonce, all));
  assert.deepEqual(answered.map((one) => one?.hashes.length), [
    MOST_PROOFS,
    ...Array(4).fill(undefined),
  ]);
  clock.now += 1000;
  assert.ok(await theirs.prove(SELF, ask.nonce, all));
  assert.equal(await theirs.prove(SMALL, ask.nonce, [idOf(0x77)]), null, "nothing of it is here");
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
    const step = await copies.toAsk(LARGE, after);
    assert.ok((step.ask?.hashes.length ?? 0) <= MOST_PROOFS);
    asked.push(...step.ask?.hashes ?? []);
    after = step.after;
  }
  assert.deepEqual(asked, blobs.filter((_, n) => n % 3 !== 0 && n !== 1).map(({ hash }) => hash));
});

Deno.test("toAsk() of media that others have looks at a bounded number at a time", async () => {
  const { store, blobs, copies } = await withBlobs(6 * MOST_BLOB_NAMES);
  await store.commit({ copies: blobs.map(({ hash }) => ({ hash, device: LARGE })) });
  const first = await copies.toAsk(LARGE, null);
  assert.deepEqual(first, { ask: null, after: blobs[4 * MOST_BLOB_NAMES - 1].hash });
  const second = await copies.toAsk(LARGE, first.after);
  assert.deepEqual(second, { ask: null, after: "done" });
});
