import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../../tests/fixtures/devices.ts";
import {
  crewNamed,
  crewOfTwo,
  entriesOf,
  FailingStore,
  feedOf,
  Forger,
  indexOf,
  NOW,
  openDevice,
  receiveAll,
  seenBy,
  type TestDevice,
} from "../../tests/fixtures/replicas.ts";
import { openDocument, putRecords } from "./documents.ts";
import { MemoryStore } from "../store/memory_store.ts";
import { MOST_COUNTER, noteRecord } from "./note_record.ts";
import { type Edit, holdingEdits, type NoteField, notesOf } from "../notes.ts";
import { notesDoc } from "./doc_name.ts";

const OBSERVATION = seenBy({ id: idOf(1) }, 0).id;

function edit(field: NoteField, value: Edit["value"], observation = OBSERVATION): Edit {
  return { observation, field, value };
}

Deno.test("note() saves all edits of one call with one entry and one commit", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  await ann.replica.record([seenBy(ann, 0), seenBy(ann, 1)], []);
  const before = store.commits;
  const [one, two] = [seenBy(ann, 0).id, seenBy(ann, 1).id];
  await ann.replica.note([
    edit("class", "fox", one),
    edit("label/juvenile", true, one),
    edit("star", true, two),
  ]);
  assert.equal(store.commits, before + 1);
  assert.equal(ann.replica.headOf(ann.id)?.seq, 2);
  assert.deepEqual((await store.observation(one))?.notes, {
    ...{ class: "fox", star: false, wrong: false, labels: ["juvenile"] },
  });
  assert.equal((await store.observation(two))?.notes?.star, true);
  const [first] = await store.edits(two);
  assert.deepEqual({ ...first, at: 0 }, {
    ...edit("star", true, two),
    counter: 1,
    by: ann.id,
    at: 0,
  });
});

Deno.test("note() counts one above what is there, whoever said it and however wrong his clock", async () => {
  const { ann, bob } = await crewOfTwo();
  await bob.replica.note([edit("comment", "a fox")]);
  await bob.replica.note([edit("comment", "a red fox")]);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  const late = await openDevice("ann", ann.store, () => NOW - 9e9);
  await late.replica.note([edit("comment", null)]);
  const edits = await ann.store.edits(OBSERVATION);
  assert.deepEqual(edits.map(({ counter, by }) => [counter, by]), [
    ...[[1, bob.id], [2, bob.id], [3, ann.id]],
  ]);
  assert.equal(notesOf(edits), null);
});

Deno.test("note() of one field twice keeps the later edit", async () => {
  const ann = await openDevice("ann");
  await ann.replica.note([edit("class", "fox"), edit("class", "dog")]);
  const edits = await ann.store.edits(OBSERVATION);
  assert.deepEqual(edits.map(({ value }) => value), ["dog"]);
});

Deno.test("note() of what is no edit throws, and writes nothing; of nothing it writes nothing", async () => {
  const ann = await openDevice("ann");
  await ann.replica.note([]);
  for (const bad of [edit("star", "yes"), edit("class", " "), edit("star", true, "no id")]) {
    await assert.rejects(ann.replica.note([edit("star", true), bad]), /not an edit/);
  }
  assert.equal(ann.replica.headOf(ann.id), undefined);
});

Deno.test("note() whose commit fails says nothing, and the same edits can be made again", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  store.failNext = new Error("disk full");
  await assert.rejects(ann.replica.note([edit("star", true)]), /disk full/);
  assert.deepEqual(await store.edits(OBSERVATION), []);
  await ann.replica.note([edit("star", true)]);
  assert.equal((await store.edits(OBSERVATION)).length, 1);
  assert.deepEqual((await ann.replica.verify()).faults, []);
});

Deno.test("note() begins a new document every 64 changes, also over reopening", async () => {
  const store = new MemoryStore();
  let ann = await openDevice("ann", store);
  for (let n = 0; n < 130; n++) {
    if (n === 63 || n === 100) ann = await openDevice("ann", store);
    await ann.replica.note([edit("comment", `comment ${n}`)]);
  }
  const docs = await store.docs(`notes/${ann.id}/`);
  const sizes = await Promise.all(docs.map(async (doc) => (await store.entriesOf(doc)).length));
  assert.deepEqual(docs, [0, 1, 2].map((n) => notesDoc(ann.id, n)));
  assert.deepEqual(sizes, [64, 64, 2]);
  assert.equal((await store.edits(OBSERVATION)).length, 130);
});

Deno.test("edits that arrive before their observation hold once it is there", async () => {
  const { ann, bob } = await crewOfTwo();
  const { id } = seenBy(bob, 5);
  await ann.replica.note([edit("class", "badger", id)]);
  const cal = await openDevice("cal");
  await cal.replica.follow(ann.id);
  await receiveAll(cal.replica, await entriesOf(ann.store));
  assert.equal(await cal.store.observation(id), null);
  await bob.replica.record([seenBy(bob, 5)], []);
  await receiveAll(cal.replica, await feedOf(bob.store, bob.id));
  assert.equal((await cal.store.observation(id))?.notes?.class, "badger");
});

Deno.test("receive() passes over notes that are no edits, or count beyond all measure", async () => {
  const { ann } = await crewOfTwo();
  const bob = await Forger.named("bob");
  const good = noteRecord({ ...edit("star", true), counter: 7 });
  const records = [
    good,
    { ...good, key: `${OBSERVATION} wings` },
    { ...good, key: "star" },
    { ...good, key: `${OBSERVATION}star` },
    noteRecord({ ...edit("comment", "x"), counter: MOST_COUNTER + 1 }),
    noteRecord({ ...edit("class", "x"), counter: 0 }),
  ];
  const { change } = putRecords(openDocument(bob.id, []), records, NOW);
  const entry = await bob.entry({ doc: notesDoc(bob.id, 0), change });
  const { added, refused } = await ann.replica.receive([entry.bytes]);
  assert.deepEqual([[...added], refused], [[[bob.id, 1]], []]);
  const edits = await ann.store.edits(OBSERVATION);
  assert.deepEqual(edits.map(({ field, counter, by }) => [field, counter, by]), [[
    "star",
    7,
    bob.id,
  ]]);
});

const FIELDS: readonly NoteField[] = ["class", "comment", "star", "wrong", "label/a", "label/b"];

/** What somebody does next: says something, or hears what others have. */
const anyStep = fc.record({
  by: fc.nat(2),
  field: fc.constantFrom(...FIELDS),
  on: fc.boolean(),
  text: fc.constantFrom("fox", "dog"),
  hears: fc.option(fc.nat(2), { nil: null }),
});

Deno.test("notes of three devices are the same on all in the end, in whatever order they were heard", async () => {
  const ids = [0, 1].map((n) => seenBy({ id: idOf(1) }, n).id);
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { minLength: 1, maxLength: 14 }),
      fc.infiniteStream(fc.nat()),
      async (steps, chance) => {
        const crew = await crewNamed(["ann", "bob", "cal"]);
        for (const { by, field, on, text, hears } of steps) {
          const value = field === "class" || field === "comment" ? (on ? text : null) : on;
          if (hears === null) {
            const observation = ids[chance.next().value % 2];
            await crew[by].replica.note([{ observation, field, value }]);
          } else await receiveAll(crew[by].replica, await entriesOf(crew[hears].store));
        }
        const wires = await Promise.all(crew.map(({ store }) => entriesOf(store)));
        for (const { replica } of crew) {
          const wire = wires.flat().map((bytes) => ({ bytes, rank: chance.next().value }))
            .sort((a, b) => a.rank - b.rank).map(({ bytes }) => bytes);
          await receiveAll(replica, wire);
        }
        const said = await Promise.all(crew.map((device) => editsOf(device, ids)));
        assert.deepEqual(said[1], said[0]);
        assert.deepEqual(said[2], said[0]);
      },
    ),
    { numRuns: 25 },
  );
});

async function editsOf({ store }: TestDevice, ids: readonly string[]) {
  const all = await Promise.all(ids.map((id) => store.edits(id)));
  return all.map((edits) => ({ edits, holding: [...holdingEdits(edits)].sort() }));
}

Deno.test("a device's own edits win over those it has seen, on every device", async () => {
  const { ann, bob } = await crewOfTwo();
  await bob.replica.record([seenBy(bob, 0)], []);
  const { id } = seenBy(bob, 0);
  for (let round = 0; round < 4; round++) {
    const [by, other] = round % 2 === 0 ? [ann, bob] : [bob, ann];
    await by.replica.note([edit("class", `word ${round}`, id)]);
    await receiveAll(other.replica, await entriesOf(by.store));
    assert.equal((await other.store.observation(id))?.notes?.class, `word ${round}`);
  }
  assert.deepEqual(await indexOf(ann.store), await indexOf(bob.store));
});
