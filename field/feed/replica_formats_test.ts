import assert from "node:assert/strict";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import { idOf, signerNamed } from "../../tests/fixtures/devices.ts";
import { batchOfFormat1, entryOfFormat1 } from "../../tests/fixtures/format_1.ts";
import { indexOf, NOW, openDevice, recordEach, seenBy } from "../../tests/fixtures/replicas.ts";
import type { Bytes } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import { crewDocs, deviceDoc, observationsDoc } from "./doc_name.ts";
import { type Document, openDocument, putRecords } from "./documents.ts";
import { NO_ENTRY, type SignedEntry } from "./entry.ts";
import { MemoryStore } from "../store/memory_store.ts";

/** A feed as it was written before format 2: a founder that admits a member, names itself and records. */
async function feedOfFormat1(observations: number): Promise<SignedEntry[]> {
  await readyAutomerge();
  const signer = await signerNamed("ann");
  const documents = new Map<string, Document>();
  const feed: SignedEntry[] = [];
  const append = async (doc: string, key: string, value: Bytes) => {
    const put = putRecords(
      documents.get(doc) ?? openDocument(signer.id, []),
      [{ key, value }],
      NOW,
    );
    documents.set(doc, put.document);
    const prev = feed.at(-1)?.hash ?? NO_ENTRY;
    const [seq, at] = [feed.length + 1, NOW * 1024 + feed.length];
    const entry = { device: signer.id, seq, prev, at, doc, change: put.change };
    feed.push(await entryOfFormat1(entry, signer));
  };
  await append(crewDocs(signer.id), idOf(1), encodeCbor(["sensor", NOW * 1024]));
  await append(deviceDoc(signer.id), "name", encodeCbor("Ann"));
  for (let n = 0; n < observations; n++) {
    await append(observationsDoc(signer.id, 0), String(n), batchOfFormat1([seenBy(signer, n)]));
  }
  return feed;
}

Deno.test("a disk of format 1 opens, is indexed, and goes on in format 2", async () => {
  const feed = await feedOfFormat1(70);
  const last = feed[feed.length - 1];
  const store = new MemoryStore();
  await store.commit({
    entries: feed,
    heads: [{ head: { device: last.device, seq: last.seq, hash: last.hash }, after: 0 }],
    settings: { crew: last.device },
    indexIsWhole: false,
  });
  const ann = await openDevice("ann", store);
  assert.equal(ann.replica.nameOf(ann.id), "Ann");
  assert.equal(ann.replica.crew?.members.get(idOf(1))?.role, "sensor");
  await ann.replica.rebuildIndex();
  const { observations } = await indexOf(store);
  assert.deepEqual(observations, Array.from({ length: 70 }, (_, n) => seenBy(ann, 69 - n)));
  await recordEach(ann, 70, 73);
  await ann.replica.rename("Anna");
  await ann.replica.remove(idOf(1));
  assert.deepEqual(await store.docs("obs/"), [0, 1].map((n) => observationsDoc(ann.id, n)));
  assert.deepEqual((await ann.replica.verify()).faults, []);
  const again = await openDevice("ann", store);
  assert.equal(again.replica.nameOf(ann.id), "Anna");
  assert.ok(again.replica.crew?.removed.has(idOf(1)));
  const peer = await openDevice("bob");
  await peer.replica.follow(ann.id);
  const wire = await ann.replica.entriesAfter(ann.id, 0, 1e9);
  assert.deepEqual((await peer.replica.receive(wire)).refused, []);
  assert.deepEqual(await indexOf(peer.store), await indexOf(store));
});
