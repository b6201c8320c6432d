/** What a store must do with blobs and what is known of them. Part of the contract in `store_suite.ts`. */
import assert from "node:assert/strict";
import type { Media } from "../../field/media.ts";
import { blobOf, idOf } from "../fixtures/devices.ts";
import type { StoreTest } from "./store_suite.ts";

const [BOB, CAL] = [idOf(0xb2), idOf(0xc3)];
const NOW = 1_800_000_000_000;

function here(byte: number, other: Partial<Media> = {}): Media {
  const known = { hash: idOf(byte), type: "image/jpeg", size: 3, at: NOW };
  return { ...known, state: "here", copies: [], ...other };
}

function wanted(byte: number): Media {
  return { hash: idOf(byte), type: "", size: 0, at: 0, state: "wanted", copies: [] };
}

export function mediaTests(test: StoreTest): void {
  test("blob() gives a blob by its hash, as it was put", async (store) => {
    await store.commit({ blobs: [blobOf(7), blobOf(8)] });
    assert.deepEqual(await store.blob(idOf(7)), blobOf(7));
    assert.deepEqual(await store.blob(idOf(8)), blobOf(8));
    assert.equal(await store.blob(idOf(9)), null);
  });

  test("wanted() has what records speak of, once, until its blob arrives", async (store) => {
    await store.commit({ wanted: [idOf(1), idOf(2), idOf(1)] });
    await store.commit({ wanted: [idOf(2)] });
    assert.deepEqual((await store.wanted(10)).sort(), [idOf(1), idOf(2)]);
    assert.equal(await store.countWanted(), 2);
    assert.equal((await store.wanted(1)).length, 1);
    await store.commit({ blobs: [blobOf(1)] });
    await store.commit({ blobs: [blobOf(1)] });
    assert.deepEqual(await store.wanted(10), [idOf(2)]);
    assert.equal(await store.countWanted(), 1);
  });

  test("wanted() does not have a blob that is here, also when both come together", async (store) => {
    await store.commit({ blobs: [blobOf(1)] });
    await store.commit({ wanted: [idOf(1)] });
    await store.commit({ blobs: [blobOf(2)], wanted: [idOf(2), idOf(3)] });
    assert.deepEqual(await store.wanted(10), [idOf(3)]);
  });

  test("media() knows what is here, since when, what is on its way, and who else has it", async (store) => {
    await store.commit({ wanted: [idOf(1), idOf(2)], copies: [{ hash: idOf(1), device: CAL }] });
    assert.deepEqual(await store.media(idOf(1)), { ...wanted(1), copies: [CAL] });
    await store.commit({ blobs: [blobOf(1)], at: NOW });
    await store.commit({
      blobs: [blobOf(1)],
      at: NOW + 5,
      copies: [{ hash: idOf(1), device: BOB }],
    });
    assert.deepEqual(await store.media(idOf(1)), here(1, { copies: [BOB, CAL] }));
    assert.deepEqual(await store.media(idOf(2)), wanted(2));
    assert.equal(await store.media(idOf(3)), null);
    await store.commit({ copies: [{ hash: idOf(3), device: BOB }] });
    assert.equal(await store.media(idOf(3)), null);
    assert.equal((await store.mediaTotals()).wanted, 1);
  });

  test("commit() with `thin` removes the bytes, and it stays known that they were here", async (store) => {
    await store.commit({ blobs: [blobOf(1), blobOf(2)], wanted: [idOf(3)], at: NOW });
    await store.commit({ thin: [idOf(1), idOf(3), idOf(4)], at: NOW + 9 });
    const thinned = here(1, { state: "thinned", thinnedAt: NOW + 9 });
    assert.equal(await store.blob(idOf(1)), null);
    assert.deepEqual(await store.mediaAfter(null, 9), [thinned, here(2), wanted(3)]);
    // nobody fetches it again because a record speaks of it, but it may come back
    await store.commit({ wanted: [idOf(1)], thin: [idOf(1)], at: NOW + 10 });
    assert.deepEqual(await store.wanted(9), [idOf(3)]);
    assert.deepEqual(await store.media(idOf(1)), thinned);
    await store.commit({ blobs: [blobOf(1)], at: NOW + 11 });
    assert.deepEqual(await store.media(idOf(1)), here(1, { at: NOW + 11 }));
    assert.deepEqual(await store.blob(idOf(1)), blobOf(1));
    await store.commit({ blobs: [blobOf(5)], thin: [idOf(5)], at: NOW });
    assert.equal(await store.blob(idOf(5)), null);
    assert.equal((await store.media(idOf(5)))?.state, "thinned");
  });

  test("mediaAfter() goes through all in the order of their hashes", async (store) => {
    const bytes = [0x00, 0x10, 0x7f, 0x80, 0xff];
    await store.commit({ blobs: bytes.toReversed().map(blobOf), at: NOW });
    await store.commit({ copies: bytes.map((byte) => ({ hash: idOf(byte), device: BOB })) });
    const all = bytes.map((byte) => here(byte, { copies: [BOB] }));
    assert.deepEqual(await store.mediaAfter(null, 9), all);
    assert.deepEqual(await store.mediaAfter(null, 2), all.slice(0, 2));
    assert.deepEqual(await store.mediaAfter(idOf(0x10), 2), all.slice(2, 4));
    assert.deepEqual(await store.mediaAfter(idOf(0xff), 2), []);
  });

  test("mediaTotals() follows everything that happens to blobs", async (store) => {
    const totals = async () => Object.values(await store.mediaTotals());
    await store.commit({ blobs: [blobOf(1), blobOf(2), blobOf(3)], wanted: [idOf(3), idOf(4)] });
    assert.deepEqual(await totals(), [3, 9, 3, 9, 1, 0]);
    await store.commit({
      copies: [{ hash: idOf(1), device: BOB }, { hash: idOf(4), device: BOB }],
    });
    await store.commit({
      copies: [{ hash: idOf(1), device: BOB }, { hash: idOf(1), device: CAL }],
    });
    assert.deepEqual(await totals(), [3, 9, 2, 6, 1, 0]);
    await store.commit({ blobs: [{ ...blobOf(4), bytes: new Uint8Array(100) }, blobOf(1)] });
    assert.deepEqual(await totals(), [4, 109, 2, 6, 0, 0]);
    await store.commit({ thin: [idOf(4), idOf(2), idOf(2)] });
    assert.deepEqual(await totals(), [2, 6, 1, 3, 0, 2]);
    await store.commit({ blobs: [blobOf(2)] });
    assert.deepEqual(await totals(), [3, 9, 2, 6, 0, 1]);
  });
}
