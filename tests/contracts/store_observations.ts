/** What a store must do with observations and what is said of them. Part of the contract in `store_suite.ts`. */
import assert from "node:assert/strict";
import type { NotedObservation, Observation } from "../../field/observation.ts";
import type { Bounds, ObservationQuery } from "../../field/store/query.ts";
import { newestFirst, type Store } from "../../field/store/store.ts";
import { editOf, idOf, indexed, observationAt, TEST_MODEL } from "../fixtures/devices.ts";
import type { StoreTest } from "./store_suite.ts";

const [ANN, BOB, CAL] = [idOf(0xa1), idOf(0xb2), idOf(0xc3)];
const NOW = 1_800_000_000_000;
/** Several pages of a device. */
const MANY = 700;

type Conditions = Omit<ObservationQuery, "limit" | "before">;

const idsOf = (observations: readonly Observation[]) => observations.map(({ id }) => id);

/** Pages through everything, `limit` at a time. */
async function paged(
  store: Store,
  limit: number,
  conditions: Conditions = {},
): Promise<NotedObservation[]> {
  const all: NotedObservation[] = [];
  for (let page = 0; page < 2000; page++) {
    const before = all.at(-1)?.id;
    const found = await store.observations({
      limit,
      ...conditions,
      ...(before === undefined ? {} : { before }),
    });
    if (found.length === 0) return all;
    all.push(...found);
  }
  throw new Error("Paging does not come to an end");
}

/** What a query finds, as the numbers that the observations were made from. */
async function numbersOf(store: Store, query: Conditions): Promise<number[]> {
  return (await store.observations({ limit: 500, ...query })).map(({ first }) => first - NOW);
}

export function observationTests(test: StoreTest): void {
  test("observations() gives the newest first, and ties by id", async (store) => {
    const tied = [3, 1, 2].map((n) => observationAt(BOB, NOW + n, { first: NOW }));
    const others = [observationAt(ANN, NOW - 5), observationAt(ANN, NOW + 9)];
    await store.commit({ observations: indexed(1, ...tied, ...others) });
    const found = await store.observations({ limit: 500 });
    assert.deepEqual(idsOf(found), idsOf([...tied, ...others].sort(newestFirst)));
    assert.deepEqual(found[0], others[1]);
    assert.deepEqual(found.at(-1), others[0]);
    assert.deepEqual(idsOf(await store.observations({ limit: 2 })), idsOf(found).slice(0, 2));
  });

  test("observations() gives only what began after `since`", async (store) => {
    const all = [0, 1, 2, 3].map((n) => observationAt(ANN, NOW + n));
    await store.commit({ observations: indexed(1, ...all) });
    const after = async (since: number) =>
      (await store.observations({ limit: 9, since })).map(({ first }) => first - NOW);
    assert.deepEqual(await after(NOW - 1), [3, 2, 1, 0]);
    assert.deepEqual(await after(NOW), [3, 2, 1]);
    assert.deepEqual(await after(NOW + 2.5), [3]);
    assert.deepEqual(await after(NOW + 3), []);
  });

  test("observations() pages to the end without a gap or a double", async (store) => {
    const all = Array.from(
      { length: 23 },
      (_, n) => observationAt(n % 2 ? ANN : BOB, NOW + n, { first: NOW + (n % 5) }),
    );
    await store.commit({ observations: indexed(1, ...all) });
    const expected = idsOf(all.sort(newestFirst));
    for (const limit of [1, 2, 7, 22, 23, 24]) {
      assert.deepEqual(idsOf(await paged(store, limit)), expected, `${limit} a page`);
    }
    const since = NOW + 1;
    const recent = idsOf(all.filter(({ first }) => first > since));
    assert.deepEqual(idsOf(await paged(store, 4, { since })), recent);
  });

  test("observations() goes on behind the last page when newer ones have come", async (store) => {
    const all = [0, 1, 2, 3].map((n) => observationAt(ANN, NOW + n));
    await store.commit({ observations: indexed(1, ...all) });
    const [first, second] = await store.observations({ limit: 2 });
    assert.deepEqual(idsOf([first, second]), idsOf([all[3], all[2]]));
    await store.commit({ observations: indexed(2, observationAt(BOB, NOW + 50)) });
    const rest = await store.observations({ limit: 9, before: second.id });
    assert.deepEqual(idsOf(rest), idsOf([all[1], all[0]]));
  });

  test("observations() gives nothing behind one that it does not know", async (store) => {
    await store.commit({ observations: indexed(1, observationAt(ANN, NOW)) });
    assert.deepEqual(await store.observations({ limit: 9, before: "nobody-knows" }), []);
  });

  test("commit() of an observation again replaces it, and it stays in its place", async (store) => {
    const all = [0, 1, 2].map((n) => observationAt(ANN, NOW + n, { open: true }));
    await store.commit({ observations: indexed(1, ...all) });
    const ended = { ...all[1], open: false, last: NOW + 9999, frames: 99 };
    await store.commit({ observations: indexed(2, ended) });
    const found = await store.observations({ limit: 9 });
    assert.deepEqual(found, [all[2], ended, all[0]]);
    assert.equal(await store.countObservations(), 3);
    assert.deepEqual(idsOf(await paged(store, 1)), idsOf([all[2], ended, all[0]]));
  });

  test("countObservations() counts by device, up to the entry that last spoke of each", async (store) => {
    const own = [0, 1, 2].map((n) => observationAt(ANN, NOW + n));
    await store.commit({ observations: indexed(1, own[0], own[1]) });
    await store.commit({ observations: indexed(3, own[2], observationAt(BOB, NOW)) });
    const counts = () => Promise.all([0, 1, 2, 3].map((seq) => store.countObservations(ANN, seq)));
    assert.deepEqual(await counts(), [0, 2, 2, 3]);
    assert.equal(await store.countObservations(ANN), 3);
    assert.equal(await store.countObservations(BOB), 1);
    assert.equal(await store.countObservations(CAL), 0);
    assert.equal(await store.countObservations(), 4);
    await store.commit({ observations: indexed(2, own[0]) });
    assert.deepEqual(await counts(), [0, 1, 2, 3]);
  });

  test("openObservations() gives a device's that are still in view", async (store) => {
    const open = [0, 1].map((n) => observationAt(ANN, NOW + n, { open: true }));
    const others = [observationAt(ANN, NOW + 2), observationAt(BOB, NOW, { open: true })];
    await store.commit({ observations: indexed(1, ...open, ...others) });
    assert.deepEqual(idsOf(await store.openObservations(ANN)).sort(), idsOf(open).sort());
    await store.commit({ observations: indexed(2, { ...open[0], open: false }) });
    assert.deepEqual(await store.openObservations(ANN), [open[1]]);
    assert.deepEqual(await store.openObservations(CAL), []);
  });

  test("observation() gives one by its id, with all that it was put with", async (store) => {
    const full: Observation = observationAt(ANN, NOW, {
      id: `${ANN.slice(0, 12)}-${(NOW * 1024 + 7).toString(36)}`,
      label: "Füchsin \u{1F98A}",
      score: 0.1 + 0.2,
      box: { x: 0, y: 1 / 3, width: 0.999, height: 1 },
      last: NOW - 3,
      frames: 0,
      source: "",
      model: { ...TEST_MODEL, id: "with a space" },
      place: { latitude: -46.9480123, longitude: 7.4474321, accuracyM: 12 },
      thumb: idOf(0x07),
      frame: idOf(0xfe),
      size: { width: 1920, height: 1080 },
      clockAheadMs: -1234.5,
    });
    const plain = observationAt(BOB, NOW, { place: { latitude: 0, longitude: 180, accuracyM: 0 } });
    await store.commit({ observations: indexed(1, full, plain) });
    assert.deepEqual(await store.observation(full.id), full);
    assert.deepEqual(await store.observation(plain.id), plain);
    for (const id of [observationAt(ANN, NOW + 1).id, observationAt(CAL, NOW).id, "", "nobody"]) {
      assert.equal(await store.observation(id), null, id);
    }
  });

  test("commit() refuses an observation whose id is not of its device", async (store) => {
    const wrong = { ...observationAt(ANN, NOW), id: observationAt(BOB, NOW).id };
    await assert.rejects(store.commit({ observations: indexed(1, wrong) }), /id/);
    await assert.rejects(store.commit({ observations: indexed(1, { ...wrong, id: "x" }) }), /id/);
    assert.equal(await store.countObservations(), 0);
  });

  test("observations() are the same whatever the order in which they came", async (store) => {
    // forward, then the gaps from the end to the beginning, then all that is older, in one go
    const all = Array.from({ length: MANY }, (_, n) => observationAt(ANN, NOW + n));
    const late = all.slice(200).filter((_, n) => n % 3 === 0).reverse();
    const early = all.slice(0, 200);
    const inOrder = all.filter((one) => !late.includes(one) && !early.includes(one));
    for (let i = 0; i < inOrder.length; i += 40) {
      await store.commit({ observations: indexed(1, ...inOrder.slice(i, i + 40)) });
    }
    for (let i = 0; i < late.length; i += 16) {
      await store.commit({ observations: indexed(2, ...late.slice(i, i + 16)) });
    }
    await store.commit({ observations: indexed(3, ...early.toReversed()) });
    const newest = all.toReversed();
    assert.deepEqual(await paged(store, 97), newest);
    assert.deepEqual(await store.observations({ limit: 500 }), newest.slice(0, 500));
    assert.equal(await store.countObservations(ANN), MANY);
    assert.equal(await store.countObservations(ANN, 2), MANY - early.length);
    assert.equal(await store.countObservations(ANN, 1), inOrder.length);
    for (const n of [0, 1, 127, 128, 199, 200, 201, MANY - 1]) {
      assert.deepEqual(await store.observation(all[n].id), all[n], `${n}`);
    }
    const changed = { ...all[350], label: "cat", open: true };
    await store.commit({ observations: indexed(4, changed) });
    assert.deepEqual(await store.observations({ limit: 9, classes: ["cat"] }), [changed]);
    assert.deepEqual(await store.openObservations(ANN), [changed]);
    assert.equal(await store.countObservations(), MANY);
  });

  test("observations() are ordered by first sight over several devices and wrong clocks", async (store) => {
    // first sights go back and forth against the begin stamps, and tie between devices
    const all = [ANN, BOB, CAL].flatMap((device, i) =>
      Array.from(
        { length: MANY / 2 },
        (_, n) =>
          observationAt(device, NOW + n, { first: NOW + (n * 61) % 97 - i * (n % 2) * 1e9 }),
      )
    );
    await store.commit({ observations: indexed(1, ...all) });
    const expected = idsOf(all.toSorted(newestFirst));
    assert.deepEqual(idsOf(await paged(store, 100)), expected);
    assert.deepEqual(idsOf(await paged(store, 41)), expected);
  });

  test("observations() pages exactly while others are put and changed", async (store) => {
    const all = Array.from({ length: MANY }, (_, n) => observationAt(n % 2 ? ANN : BOB, NOW + n));
    await store.commit({ observations: indexed(1, ...all) });
    const seen: Observation[] = [];
    for (let n = 0;; n++) {
      const before = seen.at(-1)?.id;
      const page = await store.observations({ limit: 64, ...(before ? { before } : {}) });
      if (page.length === 0) break;
      seen.push(...page);
      // the last of the page no longer matches anything, new ones come above, old ones are told again
      await store.commit({
        observations: [...indexed(2, observationAt(CAL, NOW + 5000 + n)), ...indexed(3, all[n])],
        edits: [editOf(page[page.length - 1], "wrong", true)],
      });
    }
    assert.deepEqual(idsOf(seen), idsOf(all.toReversed()));
  });

  test("observations() and counts are of one moment while commits go on", async (store) => {
    // each commit makes one more observation, of class "last", and takes that class from the one before
    const at = (n: number, label: string) => observationAt(ANN, NOW + n, { label });
    const writes: Promise<void>[] = [];
    for (let n = 0; n < 150; n++) {
      const before = n > 0 ? indexed(n + 1, at(n - 1, "cat")) : [];
      writes.push(store.commit({ observations: [...before, ...indexed(n + 1, at(n, "last"))] }));
    }
    const done = Promise.all(writes).then(() => true);
    for (let isDone = false; !isDone;) {
      const all = await store.observations({ limit: 500 });
      const last = all.filter(({ label }) => label === "last");
      assert.deepEqual(last, all.slice(0, 1));
      assert.deepEqual(all.map(({ first }) => first - NOW), all.map((_, i) => all.length - 1 - i));
      assert.ok(await store.countObservations() >= all.length);
      const later = new Promise<false>((resolve) => setTimeout(() => resolve(false), 0));
      isDone = await Promise.race([done, later]);
    }
    assert.equal(await store.countObservations(), 150);
  });

  test("observations() finds by time, class, device and bounds, all together", async (store) => {
    const place = (n: number) => ({ latitude: n % 10, longitude: n % 7, accuracyM: 3 });
    const all = Array.from({ length: MANY }, (_, n) =>
      observationAt(n % 3 ? ANN : BOB, NOW + n, {
        label: n === 123 || n === 600 ? "lynx" : n % 2 ? "cat" : "dog",
        ...(n % 5 ? { place: place(n) } : {}),
      }));
    await store.commit({ observations: indexed(1, ...all) });
    const which = (test: (n: number) => boolean) =>
      all.map((_, n) => n).filter(test).reverse().slice(0, 500);
    assert.deepEqual(await numbersOf(store, { classes: ["lynx"] }), [600, 123]);
    assert.deepEqual(
      await numbersOf(store, { classes: ["lynx", "cat"] }),
      which((n) => n === 600 || n % 2 === 1),
    );
    assert.deepEqual(await numbersOf(store, { classes: [] }), []);
    assert.deepEqual(await numbersOf(store, { classes: ["Lynx"] }), []);
    assert.deepEqual(await numbersOf(store, { devices: [BOB, CAL] }), which((n) => n % 3 === 0));
    assert.deepEqual(await numbersOf(store, { devices: [] }), []);
    assert.deepEqual(await numbersOf(store, { since: NOW + 122, until: NOW + 124 }), [123]);
    assert.deepEqual(await numbersOf(store, { since: NOW + 123, until: NOW + 124 }), []);
    const within = { west: 2, south: 3, east: 4, north: 3.5 };
    const isWithin = (n: number) => n % 5 > 0 && n % 7 >= 2 && n % 7 <= 4 && n % 10 === 3;
    assert.deepEqual(await numbersOf(store, { within }), which(isWithin));
    assert.deepEqual(
      await numbersOf(store, {
        within,
        since: NOW + 99,
        until: NOW + 400,
        devices: [ANN],
        classes: ["cat"],
      }),
      which((n) => isWithin(n) && n > 99 && n < 400 && n % 3 > 0 && n % 2 > 0),
    );
    assert.deepEqual(
      idsOf(await paged(store, 3, { classes: ["lynx"] })),
      idsOf([all[600], all[123]]),
    );
  });

  test("observations() within bounds knows the edges, and bounds over the 180th meridian", async (store) => {
    const longitudes = [-180, -179, -1, 0, 1, 179, 180];
    const all = longitudes.map((longitude, n) =>
      observationAt(ANN, NOW + n, { place: { latitude: n, longitude, accuracyM: 1 } })
    );
    await store.commit({ observations: indexed(1, ...all, observationAt(ANN, NOW + 99)) });
    const found = async (west: number, east: number, other: Partial<Bounds> = {}) =>
      (await numbersOf(store, { within: { west, east, south: -90, north: 90, ...other } }))
        .reverse();
    assert.deepEqual(await found(-1, 1), [2, 3, 4]);
    assert.deepEqual(await found(179, -179), [0, 1, 5, 6]);
    assert.deepEqual(await found(-180, 180), [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(await found(2, 178), []);
    assert.deepEqual(await found(-180, 180, { south: 2, north: 4 }), [2, 3, 4]);
  });

  test("observations() finds words by their beginnings, in all that is said", async (store) => {
    const all = [
      observationAt(ANN, NOW, { label: "Red Fox", source: "Kamera Süd" }),
      observationAt(ANN, NOW + 1, { label: "dog", source: "Garten-Kamera 2" }),
      observationAt(BOB, NOW + 2, { label: "Straße", source: "ΟΔΟΣ" }),
    ];
    await store.commit({
      observations: indexed(1, ...all),
      edits: [
        editOf(all[1], "class", "wolf"),
        editOf(all[1], "comment", "Crossed the Éclair\u0065\u0301 river, twice"),
        editOf(all[1], "label/Juvénile", true),
        editOf(all[0], "label/adult", false),
      ],
    });
    const found = async (text: string) => (await numbersOf(store, { text })).reverse();
    assert.deepEqual(await found("fox"), [0]);
    assert.deepEqual(await found("FO re"), [0]);
    assert.deepEqual(await found("ox"), []);
    assert.deepEqual(await found("sud"), [0]);
    assert.deepEqual(await found("kamera"), [0, 1]);
    assert.deepEqual(await found("kamera fox"), [0]);
    assert.deepEqual(await found("wolf"), [1]);
    assert.deepEqual(await found("dog"), [1]);
    assert.deepEqual(await found("eclaire RIV"), [1]);
    assert.deepEqual(await found("river,"), [1]);
    assert.deepEqual(await found("juven"), [1]);
    assert.deepEqual(await found("adult"), []);
    assert.deepEqual(await found("2"), [1]);
    assert.deepEqual(await found("STRASSE"), [2]);
    assert.deepEqual(await found("strasse οδοσ"), [2]);
    assert.deepEqual(await found(""), [0, 1, 2]);
    assert.deepEqual(await found(" ,. "), [0, 1, 2]);
  });

  test("observations() finds a word among long comments", async (store) => {
    const all = Array.from({ length: MANY }, (_, n) => observationAt(ANN, NOW + n));
    await store.commit({ observations: indexed(1, ...all) });
    const long = (n: number) => Array.from({ length: 150 }, (_, i) => `w${n}x${i}`).join(" ");
    await store.commit({ edits: [5, 6, 7, 300].map((n) => editOf(all[n], "comment", long(n))) });
    assert.deepEqual(await numbersOf(store, { text: "w6x149" }), [6]);
    assert.deepEqual(await numbersOf(store, { text: "w300" }), [300]);
    assert.deepEqual(await numbersOf(store, { text: "w8" }), []);
  });

  test("edits are in the observations: what holds of each field", async (store) => {
    const [seen, other] = [observationAt(ANN, NOW), observationAt(ANN, NOW + 1)];
    await store.commit({ observations: indexed(1, seen, other) });
    await store.commit({
      edits: [
        editOf(seen, "class", "fox"),
        editOf(seen, "class", "wolf", { counter: 2 }),
        editOf(seen, "label/young", true),
        editOf(seen, "label/alone", true, { by: idOf(1) }),
        editOf(other, "star", true),
      ],
    });
    const labels = ["alone", "young"];
    const noted = { ...seen, notes: { class: "wolf", star: false, wrong: false, labels } };
    const starred = { ...other, notes: { star: true, wrong: false, labels: [] } };
    assert.deepEqual(await store.observations({ limit: 9 }), [starred, noted]);
    assert.deepEqual(await store.observation(seen.id), noted);
    // an older word, and the same words again, change nothing; a later one does
    await store.commit({ edits: [editOf(seen, "class", "cat"), editOf(other, "star", true)] });
    assert.deepEqual(await store.observation(seen.id), noted);
    await store.commit({ edits: [editOf(other, "star", false, { counter: 2 })] });
    assert.deepEqual(await store.observation(other.id), other);
    assert.equal(await store.countObservations(ANN, 1), 2);
  });

  test("an observation that is told again keeps what was said of it", async (store) => {
    const seen = observationAt(ANN, NOW, { open: true });
    await store.commit({
      observations: indexed(1, seen),
      edits: [editOf(seen, "comment", "here")],
    });
    await store.commit({ observations: indexed(2, { ...seen, open: false, frames: 99 }) });
    const notes = { comment: "here", star: false, wrong: false, labels: [] };
    assert.deepEqual(await store.observation(seen.id), { ...seen, open: false, frames: 99, notes });
    assert.deepEqual(await store.openObservations(ANN), []);
  });

  test("openObservations() gives them without what is said of them", async (store) => {
    const seen = observationAt(ANN, NOW, { open: true });
    await store.commit({ observations: indexed(1, seen), edits: [editOf(seen, "star", true)] });
    assert.deepEqual(await store.openObservations(ANN), [seen]);
  });

  test("an edit may come before its observation", async (store) => {
    const all = Array.from({ length: 300 }, (_, n) => observationAt(n % 2 ? ANN : BOB, NOW + n));
    const early = [3, 4, 150, 299];
    await store.commit({ edits: early.map((n) => editOf(all[n], "comment", `early ${n}`)) });
    assert.deepEqual(await store.observations({ limit: 9 }), []);
    assert.equal((await store.edits(all[3].id)).length, 1);
    await store.commit({ observations: indexed(1, ...all) });
    await store.commit({ edits: [editOf(all[4], "class", "fox")] });
    assert.deepEqual(await numbersOf(store, { text: "early" }), early.toReversed());
    assert.equal((await store.observation(all[299].id))?.notes?.comment, "early 299");
    assert.equal((await store.observation(all[4].id))?.notes?.comment, "early 4");
    assert.equal((await store.observation(all[5].id))?.notes, undefined);
  });

  test("edits() gives all of an observation, by counter, then by device, each once", async (store) => {
    const [seen, other] = [observationAt(ANN, NOW), observationAt(ANN, NOW * 1024)];
    const edits = [
      editOf(seen, "class", null, { counter: 10, at: NOW * 1024 }),
      editOf(seen, "star", true, { counter: 2, by: idOf(2) }),
      editOf(seen, "class", "fox", { counter: 2, by: idOf(1) }),
      editOf(seen, "label/a b", false, { counter: 3 }),
    ];
    await store.commit({ edits: [...edits, ...edits, editOf(other, "star", true)] });
    await store.commit({ edits: edits.map((edit) => ({ ...edit, value: true })) });
    assert.deepEqual(await store.edits(seen.id), [edits[2], edits[1], edits[3], edits[0]]);
    assert.deepEqual(await store.edits(observationAt(BOB, NOW).id), []);
  });

  test("observations() knows stars, what is wrong, and classes as people see them", async (store) => {
    const all = Array.from(
      { length: 400 },
      (_, n) => observationAt(ANN, NOW + n, { label: "cat" }),
    );
    await store.commit({ observations: indexed(1, ...all) });
    await store.commit({
      edits: [
        editOf(all[10], "star", true),
        editOf(all[11], "wrong", true),
        editOf(all[12], "class", "fox"),
        editOf(all[13], "class", "fox"),
        editOf(all[13], "class", null, { counter: 2 }),
        editOf(all[399], "star", true),
        editOf(all[399], "star", false, { counter: 2 }),
      ],
    });
    assert.deepEqual(await numbersOf(store, { starred: true }), [10]);
    assert.deepEqual(await numbersOf(store, { classes: ["fox"] }), [12]);
    const cats = await numbersOf(store, { classes: ["cat"], withoutWrong: true });
    assert.deepEqual(cats, all.map((_, n) => n).filter((n) => n !== 12 && n !== 11).reverse());
    assert.deepEqual(
      await numbersOf(store, { starred: false, withoutWrong: false, until: NOW + 2 }),
      [1, 0],
    );
    assert.deepEqual((await store.facets()).classes, [{ name: "cat", count: 399 }, {
      name: "fox",
      count: 1,
    }]);
  });

  test("facets() counts classes and devices, and knows the first and the last", async (store) => {
    const own = Array.from(
      { length: 300 },
      (_, n) => observationAt(ANN, NOW + n, { label: n % 3 ? "cat" : "dog" }),
    );
    const others = [
      observationAt(BOB, NOW - 7, { label: "lynx" }),
      observationAt(BOB, NOW + 7, { label: "ape" }),
    ];
    await store.commit({ observations: indexed(1, ...own, ...others) });
    assert.deepEqual(await store.facets(), {
      classes: [
        { name: "cat", count: 200 },
        { name: "dog", count: 100 },
        { name: "ape", count: 1 },
        { name: "lynx", count: 1 },
      ],
      devices: [{ device: ANN, count: 300 }, { device: BOB, count: 2 }],
      from: NOW - 7,
      to: NOW + 299,
    });
  });

  test("commit() with `clearIndex` empties the index and nothing else", async (store) => {
    const seen = observationAt(ANN, NOW);
    const hash = new Uint8Array(32);
    await store.commit({
      entries: [{ device: ANN, seq: 1, doc: "notes", bytes: Uint8Array.of(1) }],
      heads: [{ head: { device: ANN, seq: 1, hash }, after: 0 }],
      observations: indexed(1, seen, observationAt(BOB, NOW)),
      edits: [editOf(seen, "star", true)],
      settings: { kept: 1 },
    });
    const again = observationAt(ANN, NOW + 1);
    await store.commit({ clearIndex: true, observations: indexed(1, again) });
    assert.deepEqual(await store.observations({ limit: 9 }), [again]);
    assert.deepEqual(await store.edits(seen.id), []);
    assert.equal(await store.countObservations(), 1);
    await store.commit({ observations: indexed(1, seen) });
    assert.deepEqual(await store.observation(seen.id), seen);
    assert.equal((await store.heads()).length, 1);
    assert.equal((await store.entriesOf("notes")).length, 1);
    assert.equal(await store.setting("kept"), 1);
    await store.commit({ clearIndex: true });
    assert.equal(await store.countObservations(), 0);
    assert.equal((await store.facets()).from, null);
  });

  test("indexIsWhole() is what was last said, and true from the first feed on", async (store) => {
    const feed = (seq: number) => ({
      heads: [{ head: { device: ANN, seq, hash: new Uint8Array(32) }, after: seq - 1 }],
      entries: [{ device: ANN, seq, doc: "notes", bytes: Uint8Array.of(seq) }],
    });
    await store.commit(feed(1));
    assert.equal(await store.indexIsWhole(), true);
    await store.commit({ clearIndex: true, indexIsWhole: false });
    await store.commit({ ...feed(2), observations: indexed(1, observationAt(ANN, NOW)) });
    assert.equal(await store.indexIsWhole(), false);
    await store.commit({ clearIndex: true });
    assert.equal(await store.indexIsWhole(), false);
    await store.commit({ indexIsWhole: true });
    await store.commit(feed(3));
    assert.equal(await store.indexIsWhole(), true);
  });

  test("indexIsWhole() is false where a feed came without its entries", async (store) => {
    const head = { device: ANN, seq: 2, hash: new Uint8Array(32) };
    const entry = { device: ANN, seq: 1, doc: "notes", bytes: Uint8Array.of(1) };
    await store.commit({ heads: [{ head, after: 0 }], entries: [entry] });
    assert.equal(await store.indexIsWhole(), false);
  });
}
