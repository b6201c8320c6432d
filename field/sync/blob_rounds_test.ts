import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { toHex } from "../bytes.ts";
import { MemoryStore } from "../store/memory_store.ts";
import { BlobExchange } from "./blob_exchange.ts";
import { MOST_BLOB_NAMES } from "./frames.ts";

Deno.test("ask() ends when what was wanted behind the place where it left off is here", async () => {
  let wanted = Array.from({ length: MOST_BLOB_NAMES + 1 }, (_, i) => nameOf(i));
  let looks = 0;
  const store = new MemoryStore();
  store.wanted = (limit, after) => {
    if (++looks > 100) throw new Error("It looks on for ever");
    return Promise.resolve(wanted.filter((hash) => !after || hash > after).slice(0, limit));
  };
  const asked: string[] = [];
  const blobs = new BlobExchange(store, {
    want: (_, parts) => void asked.push(...parts.map(({ hash }) => hash)),
    ask: () => {},
  });
  await blobs.ask([{ link: "a", peer: idOf(1) }]);
  blobs.forget("a");
  wanted = [];
  await blobs.ask([{ link: "b", peer: idOf(2) }]);
  wanted = [nameOf(0)];
  asked.length = 0;
  await blobs.ask([{ link: "b", peer: idOf(2) }]);
  assert.deepEqual(asked, wanted);
});

function nameOf(i: number): string {
  return toHex(
    Uint8Array.from({ length: 32 }, (_, at) => at === 0 ? i >> 8 : at === 1 ? i & 255 : 0),
  );
}
