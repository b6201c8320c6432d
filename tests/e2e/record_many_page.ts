/** What `record_many.ts` runs inside a browser: the shipping store and feed, without the app around them. */
import { initializeWasm } from "@automerge/automerge/slim";
import { signerOf } from "../../field/keys.ts";
import { Replica } from "../../field/feed/replica.ts";
import { IdbStore } from "../../sw/idb_store.ts";
import { observationAt } from "../fixtures/devices.ts";

const LABELS = ["person", "dog", "cat", "bicycle", "bird"];
/** As the recorder writes them when much comes at once. */
const BATCH = 100;
const EVERY_MS = 1700;

/** Records `count` observations, the last of them at `lastMs`, and resolves when they are on disk. */
async function recordMany(count: number, lastMs: number, automerge: string): Promise<void> {
  const store = new IdbStore();
  const signer = signerOf(await store.keys());
  const replica = await Replica.open({
    store,
    signer,
    nowMs: () => Date.now(),
    automerge: async () => {
      const wasm = await fetch(automerge);
      if (!wasm.ok) throw new Error(`Cannot read ${automerge}: ${wasm.status}`);
      await initializeWasm(new Uint8Array(await wasm.arrayBuffer()));
    },
  });
  const all = Array.from(
    { length: count },
    (_, i) =>
      observationAt(signer.id, lastMs - (count - 1 - i) * EVERY_MS, {
        label: LABELS[i % LABELS.length],
        score: 0.5 + i % 50 / 100,
      }),
  );
  for (let at = 0; at < count; at += BATCH) {
    await replica.record(all.slice(at, at + BATCH), []);
  }
  store.close();
}

Object.assign(globalThis, { recordMany });
