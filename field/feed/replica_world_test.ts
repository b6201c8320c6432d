import assert from "node:assert/strict";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import {
  crewNamed,
  FailingStore,
  Forger,
  meet,
  NOW,
  openDevice,
  type TestDevice,
} from "../../tests/fixtures/replicas.ts";
import { registerAt, stampAt, tracksOnly } from "../../tests/fixtures/worlds.ts";
import { sayConfirmed, sayRemoved, sayTile } from "../world/own_world.ts";
import { encodeAgentWorld } from "../world/world_codec.ts";
import { worldRecords } from "../world/world_records.ts";
import {
  type AgentWorld,
  EMPTY_AGENT,
  markedTiles,
  type WorldState,
} from "../world/world_state.ts";
import { trackId } from "../world/world_track.ts";
import { worldDoc } from "./doc_name.ts";
import { openDocument, putRecords } from "./documents.ts";
import { parseEntry } from "./entry.ts";
import { CHANGES_PER_DOC } from "./own_feed.ts";
import { Replica } from "./replica.ts";

const CELL = "yard";

/** A track in a hall at 2 m, a removal, a confirmation and a tile. */
function worldAt(ms: number, n = 0): AgentWorld {
  const id = trackId("f", n);
  const tracks = tracksOnly([n, registerAt(ms, { position: [2000, ms] })]);
  const said = sayConfirmed(sayRemoved(tracks, id, stampAt(ms)), id, stampAt(ms));
  return sayTile(said, "searched", 7, "added");
}

/** A world as text, to compare values. */
function text(state: WorldState): Record<string, string> {
  return Object.fromEntries(
    [...state].map(([agent, said]) => [agent, encodeAgentWorld(said).join()]),
  );
}

/** The device's disk under a new replica that must not need Automerge. */
async function restarted({ store, signer }: TestDevice): Promise<Replica> {
  const automerge = () => Promise.reject(new Error("A start needs no Automerge"));
  return await Replica.open({ store, signer, nowMs: () => NOW, automerge });
}

/** An entry of a member by hand, with these records in a document. */
async function forged(by: string, doc: (id: string) => string, value: Uint8Array<ArrayBuffer>) {
  const forger = await Forger.named(by);
  const records = [{ key: "tracks", value }];
  const { change } = putRecords(openDocument(forger.id, []), records, NOW);
  return (await forger.entry({ doc: doc(forger.id), change })).bytes;
}

Deno.test("keepWorld() writes what changed, one entry and one commit, and nothing when nothing did", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  const own = worldAt(0);
  await ann.replica.keepWorld(CELL, own);
  const before = store.commits;
  await ann.replica.keepWorld(CELL, own);
  assert.deepEqual([ann.replica.headOf(ann.id)?.seq, store.commits], [1, before]);
  await ann.replica.keepWorld(CELL, { ...own, tracks: worldAt(50).tracks });
  assert.deepEqual([ann.replica.headOf(ann.id)?.seq, store.commits], [2, before + 1]);
  const [, last] = await store.entriesAfter(ann.id, 0, 1e9);
  assert.equal(last.doc, worldDoc(CELL, ann.id, 0));
  assert.ok(last.bytes.length < 600, `${last.bytes.length}: the tracks alone`);
});

Deno.test("world() of all members is what each wrote, after a restart from snapshots alone", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"]);
  await ann.replica.keepWorld(CELL, worldAt(0));
  await bob.replica.keepWorld(CELL, worldAt(10, 1));
  await bob.replica.keepWorld(CELL, worldAt(20, 2));
  await bob.replica.keepWorld("hall", worldAt(30));
  await meet(ann, bob, cal);
  const expected = text(await bob.replica.world(CELL));
  assert.deepEqual(Object.keys(expected), [ann.id, bob.id].sort());
  assert.deepEqual([...(await ann.replica.world(CELL)).get(bob.id)?.tracks.keys() ?? []], [1, 2]);
  for (const device of [ann, bob, cal]) {
    assert.deepEqual(text(await device.replica.world(CELL)), expected);
    assert.deepEqual(text(await (await restarted(device)).world(CELL)), expected);
    assert.deepEqual(text(await device.replica.world("elsewhere")), {});
  }
});

Deno.test("world() from the entries alone is the same: snapshots lost, or all built anew", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  for (let ms = 0; ms < 5; ms++) await bob.replica.keepWorld(CELL, worldAt(ms, ms));
  await meet(ann, bob);
  const expected = text(await ann.replica.world(CELL));
  const name = `world/${CELL}/${bob.id}`;
  for (const snapshots of [{ [name]: null }, { derived: null, [name]: null }]) {
    await ann.store.commit({ snapshots });
    const again = await openDevice("ann", ann.store);
    assert.deepEqual(text(await again.replica.world(CELL)), expected);
    assert.deepEqual(text(await (await restarted(ann)).world(CELL)), expected, "kept again");
  }
  await ann.replica.rebuildIndex();
  assert.equal(await ann.store.snapshot(name), null);
  assert.deepEqual(text(await ann.replica.world(CELL)), expected);
});

Deno.test("a snapshot that does not stand where the feed does is not joined to, nor read", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  await bob.replica.keepWorld(CELL, tracksOnly([0, registerAt(0)]));
  await meet(ann, bob);
  const name = `world/${CELL}/${bob.id}`;
  const old = await ann.store.snapshot(name);
  await bob.replica.keepWorld(CELL, sayTile(EMPTY_AGENT, "cleared", 9, "added"));
  await meet(ann, bob);
  await ann.store.commit({ snapshots: { [name]: old } });
  await bob.replica.keepWorld(CELL, tracksOnly([2, registerAt(2)]));
  await meet(ann, bob);
  assert.deepEqual(markedTiles(await ann.replica.world(CELL), "cleared"), [9]);
  assert.deepEqual(text(await ann.replica.world(CELL)), text(await bob.replica.world(CELL)));
});

Deno.test("a new document begins after 64 changes, also after a restart; all of them count", async () => {
  const ann = await openDevice("ann");
  for (let ms = 0; ms < CHANGES_PER_DOC - 1; ms++) await ann.replica.keepWorld(CELL, worldAt(ms));
  const again = await openDevice("ann", ann.store);
  for (const ms of [100, 101]) {
    await again.replica.keepWorld(CELL, { ...worldAt(ms), tiles: EMPTY_AGENT.tiles });
  }
  const docs = await ann.store.docs("world/");
  assert.deepEqual(docs.sort(), [0, 1].map((n) => worldDoc(CELL, ann.id, n)));
  const said = (await again.replica.world(CELL)).get(ann.id);
  assert.equal(said?.tracks.get(0)?.stamp, stampAt(101));
  assert.deepEqual(markedTiles(await again.replica.world(CELL), "searched"), [7], "not taken back");
});

Deno.test("of a removed device counts what it wrote up to its removal, and all again when it is back", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"]);
  await bob.replica.keepWorld(CELL, worldAt(0, 0));
  await meet(ann, bob, cal);
  await bob.replica.keepWorld(CELL, worldAt(1, 1));
  await meet(bob, cal);
  await ann.replica.remove(bob.id);
  await meet(ann, cal);
  for (const { replica } of [ann, cal]) {
    assert.deepEqual([...(await replica.world(CELL)).get(bob.id)?.tracks.keys() ?? []], [0]);
  }
  await cal.replica.keepWorld(CELL, worldAt(2, 2));
  await meet(ann, cal);
  assert.equal((await ann.replica.world(CELL)).size, 2, "its removal holds up nobody");
  await ann.replica.admit(bob.id, "sensor");
  await meet(ann, bob, cal);
  for (const { replica } of [ann, cal]) {
    assert.deepEqual([...(await replica.world(CELL)).get(bob.id)?.tracks.keys() ?? []], [0, 1]);
  }
});

Deno.test("a viewer's world is refused, as its notes are, and so is one in another device's document", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"], "viewer");
  await bob.replica.keepWorld(CELL, worldAt(0));
  const { refused } = await ann.replica.receive(await bob.replica.entriesAfter(bob.id, 0, 1e9));
  assert.deepEqual(refused, [{ device: bob.id, why: "not-allowed" }]);
  const [cal, dee] = await crewNamed(["cal", "dee"]);
  const value = worldRecords(worldAt(0))[0].value;
  const entry = await forged("dee", () => worldDoc(CELL, cal.id, 0), value);
  const result = await cal.replica.receive([entry]);
  assert.deepEqual(result.refused, [{ device: dee.id, why: "not-allowed" }]);
  assert.equal((await cal.replica.world(CELL)).size, 0);
});

Deno.test("records that are no world, or from far ahead, say nothing, and hold up nothing", async () => {
  const far = encodeAgentWorld(tracksOnly([0, registerAt(6 * 60_000, { added: stampAt(0) })]));
  const good = encodeAgentWorld(tracksOnly([0, registerAt(0)]));
  for (const value of [far, good.slice(1), new Uint8Array(50_001)]) {
    const [ann, bob] = await crewNamed(["ann", "bob"]);
    const { refused, added } = await ann.replica.receive([
      await forged("bob", (id) => worldDoc(CELL, id, 0), value),
    ]);
    assert.deepEqual([refused, added.get(bob.id)], [[], 1]);
    assert.deepEqual((await ann.replica.world(CELL)).get(bob.id)?.tracks.size ?? 0, 0);
  }
});

Deno.test("a device whose clock is a day ahead is passed over until then, by all but itself", async () => {
  let nowMs = NOW;
  const ann = await openDevice("ann", undefined, () => nowMs);
  const bob = await openDevice("bob", undefined, () => nowMs + 86_400_000);
  await ann.replica.found();
  await ann.replica.admit(bob.id, "sensor");
  await bob.replica.follow(ann.id);
  await bob.replica.keepWorld(CELL, tracksOnly([0, registerAt(86_400_000)]));
  await meet(ann, bob);
  const tracksOf = async ({ replica }: TestDevice) =>
    (await replica.world(CELL)).get(bob.id)?.tracks.size ?? 0;
  assert.deepEqual([await tracksOf(ann), await tracksOf(bob)], [0, 1]);
  nowMs += 86_400_000;
  assert.equal(await tracksOf(ann), 1);
});

Deno.test("keepWorld() throws for what is no cell, and for what others would not read", async () => {
  const ann = await openDevice("ann");
  for (const cell of ["", "Yard", "a/b", "-", "a".repeat(33)]) {
    assert.throws(() => ann.replica.keepWorld(cell, EMPTY_AGENT), /not a cell/);
  }
  const far = tracksOnly([0, registerAt(6 * 60_000)]);
  await assert.rejects(ann.replica.keepWorld(CELL, far), /tracks of yard/);
  assert.equal(ann.replica.headOf(ann.id), undefined);
});

Deno.test("a version that knows no worlds can read an entry's document: its name is a text", async () => {
  const ann = await openDevice("ann");
  await ann.replica.keepWorld(CELL, worldAt(0));
  const [stored] = await ann.store.entriesAfter(ann.id, 0, 1);
  const entry = await parseEntry(stored.bytes);
  assert.equal(entry?.doc, worldDoc(CELL, ann.id, 0));
  const bytes = new TextDecoder("latin1").decode(stored.bytes);
  assert.ok(bytes.includes(worldDoc(CELL, ann.id, 0)));
  await readyAutomerge();
});
