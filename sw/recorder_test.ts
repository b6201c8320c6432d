import assert from "node:assert/strict";
import fc from "fast-check";
import { type Failure, FieldError } from "../field/errors.ts";
import type { Observation } from "../field/observation.ts";
import { MOST_IN_BATCH, MOST_IN_RECORD } from "../field/batch/observation_batch.ts";
import type { Replica } from "../field/feed/replica.ts";
import type { StoredBlob } from "../field/store/store.ts";
import { idOf, observationAt } from "../tests/fixtures/devices.ts";
import { FailingStore, openDevice } from "../tests/fixtures/replicas.ts";
import { Recorder } from "./recorder.ts";

const DEVICE = idOf(0xd1);
const NOW = 1_800_000_000_000;
const BATCH_MS = 400;

function seen(n: number, other: Partial<Observation> = {}): Observation {
  return observationAt(DEVICE, NOW + n, other);
}

function thumb(byte: number): StoredBlob {
  return { hash: idOf(byte), type: "image/jpeg", bytes: Uint8Array.of(byte) };
}

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await Promise.resolve();
}

interface Batch {
  readonly observations: readonly Observation[];
  readonly blobs: readonly StoredBlob[];
}

/** A recorder over a replica that writes when, and as, the test says; and whose waits the test ends. */
class Desk {
  readonly batches: Batch[] = [];
  readonly failures: Failure[] = [];
  readonly waits: { readonly ms: number; readonly end: () => void }[] = [];
  saved = 0;
  full = 0;
  /** What happens to the batches to come; nothing is left to say: they are written. */
  readonly outcomes: (Error | "hang")[] = [];
  readonly hanging: PromiseWithResolvers<void>[] = [];
  onSaved: () => void = () => {};
  readonly recorder: Recorder;

  constructor() {
    const replica = {
      record: (observations: readonly Observation[], blobs: readonly StoredBlob[]) => {
        assert.ok(observations.length >= 1 && observations.length <= MOST_IN_RECORD);
        return this.#write({ observations, blobs });
      },
    };
    this.recorder = new Recorder({
      replica: replica as unknown as Replica,
      wait: (ms) => new Promise((end) => this.waits.push({ ms, end })),
      onSaved: () => {
        this.saved++;
        this.onSaved();
      },
      onFailure: (failure) => this.failures.push(failure),
      onFull: () => this.full++,
    });
  }

  /** All waits end, or those of one length. Returns how long they were. */
  async pass(only?: number): Promise<number[]> {
    await settle();
    const ended = this.waits.filter(({ ms }) => only === undefined || ms === only);
    for (const wait of ended) this.waits.splice(this.waits.indexOf(wait), 1);
    for (const { end } of ended) end();
    await settle();
    return ended.map(({ ms }) => ms);
  }

  get written(): string[][] {
    return this.batches.map(({ observations }) => observations.map(({ id }) => id));
  }

  async #write(batch: Batch): Promise<void> {
    const outcome = this.outcomes.shift();
    if (outcome === "hang") {
      const gate = Promise.withResolvers<void>();
      this.hanging.push(gate);
      await gate.promise;
    } else if (outcome) throw outcome;
    this.batches.push(batch);
  }
}

const ids = (observations: readonly Observation[]) => observations.map(({ id }) => id);
const FULL = new FieldError("storage-full", "The storage is full.");
const FAILED = new FieldError("storage-failed", "The disk does not answer.");

Deno.test("add() waits for others to share the transaction; saved is told once it is written", async () => {
  const desk = new Desk();
  desk.recorder.add(seen(1));
  await settle();
  desk.recorder.add(seen(2), [thumb(2)]);
  desk.recorder.add(seen(3));
  assert.deepEqual(desk.written, []);
  assert.equal(desk.recorder.pending, 3);
  desk.outcomes.push("hang");
  assert.deepEqual(await desk.pass(), [BATCH_MS]);
  assert.equal(desk.recorder.pending, 3, "not saved while the disk has not answered");
  assert.equal(desk.saved, 0);
  desk.hanging[0].resolve();
  await settle();
  assert.deepEqual(desk.written, [ids([seen(1), seen(2), seen(3)])]);
  assert.deepEqual(desk.batches[0].blobs, [thumb(2)]);
  assert.equal(desk.recorder.pending, 0);
  assert.equal(desk.saved, 1);
});

Deno.test("add() of a full batch is written at once, with what came with it", async () => {
  const desk = new Desk();
  const all = Array.from({ length: MOST_IN_BATCH + 6 }, (_, n) => seen(n));
  for (const one of all.slice(0, MOST_IN_BATCH - 1)) desk.recorder.add(one);
  await settle();
  assert.deepEqual(desk.written, []);
  for (const one of all.slice(MOST_IN_BATCH - 1)) desk.recorder.add(one);
  await settle();
  assert.deepEqual(desk.written, [ids(all)]);
  assert.equal(desk.recorder.pending, 0);
});

Deno.test("add() of many is written in as few records as they fit", async () => {
  const desk = new Desk();
  const all = Array.from({ length: MOST_IN_RECORD + 6 }, (_, n) => seen(n));
  for (const one of all) desk.recorder.add(one);
  await settle();
  assert.deepEqual(desk.written, [
    ids(all.slice(0, MOST_IN_RECORD)),
    ids(all.slice(MOST_IN_RECORD)),
  ]);
});

Deno.test("add() begins anew after everything has been written", async () => {
  const desk = new Desk();
  for (let n = 0; n < 3; n++) {
    desk.recorder.add(seen(n));
    assert.deepEqual(await desk.pass(), [BATCH_MS]);
  }
  assert.deepEqual(desk.written, [0, 1, 2].map((n) => ids([seen(n)])));
  assert.equal(desk.saved, 3);
});

Deno.test("add() of a newer record takes the place of a pending one", async () => {
  const desk = new Desk();
  desk.recorder.add(seen(1, { open: true, frames: 3 }));
  desk.recorder.add(seen(2));
  desk.recorder.add(seen(1, { open: false, frames: 90 }));
  assert.equal(desk.recorder.pending, 2);
  await desk.pass();
  assert.deepEqual(desk.batches[0].observations, [seen(1, { frames: 90 }), seen(2)]);
});

Deno.test("add() of a newer record keeps the pending thumbnail while it speaks of the same one", async () => {
  const desk = new Desk();
  desk.recorder.add(seen(1, { thumb: idOf(7) }), [thumb(7)]);
  desk.recorder.add(seen(1, { thumb: idOf(7), frames: 9 }));
  desk.recorder.add(seen(2, { thumb: idOf(8) }), [thumb(8)]);
  desk.recorder.add(seen(2, { thumb: idOf(9) }), [thumb(9)]);
  desk.recorder.add(seen(3, { thumb: idOf(10) }), [thumb(10)]);
  desk.recorder.add(seen(3, { thumb: idOf(11) }));
  await desk.pass();
  assert.deepEqual(desk.batches[0].blobs, [thumb(7), thumb(9)]);
});

Deno.test("add() of a newer record while the older one is being written is written afterwards", async () => {
  const desk = new Desk();
  desk.outcomes.push("hang");
  desk.recorder.add(seen(1, { open: true, thumb: idOf(7) }), [thumb(7)]);
  await desk.pass();
  desk.recorder.add(seen(1, { thumb: idOf(7), frames: 90 }));
  desk.hanging[0].resolve();
  await settle();
  assert.deepEqual(desk.batches.map(({ observations }) => observations[0].frames), [7, 90]);
  assert.equal(desk.recorder.pending, 0);
});

Deno.test("a commit that fails loses nothing: it is tried again, later each time, newest records in the first order", async () => {
  const desk = new Desk();
  desk.outcomes.push(...Array.from({ length: 7 }, () => FAILED));
  desk.recorder.add(seen(1, { open: true, thumb: idOf(7) }), [thumb(7)]);
  desk.recorder.add(seen(2));
  await desk.pass();
  assert.equal(desk.recorder.failure?.code, "storage-failed");
  const waits: number[] = [];
  for (let retry = 0; retry < 7; retry++) {
    assert.equal(desk.recorder.pending, 2);
    if (retry === 3) desk.recorder.add(seen(1, { open: false, thumb: idOf(7) }));
    waits.push(...await desk.pass());
  }
  assert.deepEqual(waits, [1000, 2000, 5000, 15_000, 30_000, 30_000, 30_000]);
  assert.deepEqual(desk.batches, [{
    observations: [seen(1, { thumb: idOf(7) }), seen(2)],
    blobs: [thumb(7)],
  }]);
  assert.equal(desk.recorder.failure, undefined);
  assert.equal(desk.recorder.pending, 0);
  assert.equal(desk.saved, 1);
});

Deno.test("a full batch does not hurry a disk that has just refused", async () => {
  const desk = new Desk();
  desk.outcomes.push(FULL, FULL);
  for (let n = 0; n < MOST_IN_BATCH; n++) desk.recorder.add(seen(n));
  await settle();
  assert.equal(desk.outcomes.length, 1);
  for (let n = MOST_IN_BATCH; n < MOST_IN_BATCH + 6; n++) desk.recorder.add(seen(n));
  await settle();
  assert.equal(desk.outcomes.length, 1, "tried again before its time");
  for (let turn = 0; turn < 3; turn++) await desk.pass();
  assert.equal(desk.recorder.pending, 0);
});

Deno.test("a failure is told once, and again when it is another one or came back", async () => {
  const desk = new Desk();
  const failed = new FieldError("storage-failed", "The disk does not answer.");
  desk.outcomes.push(FULL, FULL, failed, failed);
  desk.recorder.add(seen(1));
  for (let turn = 0; turn < 6; turn++) await desk.pass();
  assert.deepEqual(desk.failures.map(({ code }) => code), ["storage-full", "storage-failed"]);
  assert.equal(desk.recorder.pending, 0);
  desk.outcomes.push(FULL);
  desk.recorder.add(seen(2));
  await desk.pass();
  assert.equal(desk.failures.length, 3);
  await desk.pass();
});

Deno.test("the wait after a failure begins short again once something was saved", async () => {
  const desk = new Desk();
  desk.outcomes.push(FULL, FULL);
  desk.recorder.add(seen(1));
  for (let turn = 0; turn < 3; turn++) await desk.pass();
  desk.outcomes.push(FULL);
  desk.recorder.add(seen(2));
  await desk.pass();
  assert.deepEqual(await desk.pass(), [1000]);
});

Deno.test("when there is no room for pictures, the records are saved without, and do not name them", async () => {
  const desk = new Desk();
  desk.outcomes.push(FULL);
  const named = seen(1, { thumb: idOf(7), frame: idOf(8) });
  desk.recorder.add(named, [thumb(7), thumb(8)]);
  desk.recorder.add(seen(2, { thumb: idOf(9) })); // its picture is on disk since long
  await desk.pass();
  const { thumb: _, frame: __, ...without } = named;
  assert.deepEqual(desk.batches, [{
    observations: [without, seen(2, { thumb: idOf(9) })],
    blobs: [],
  }]);
  assert.equal(desk.recorder.pending, 0);
  assert.equal(desk.saved, 1);
  assert.equal(desk.full, 1);
  assert.deepEqual(desk.failures.map(({ code }) => code), ["storage-full"]);
  assert.match(desk.failures[0].message, /without their pictures/);
});

Deno.test("that pictures found no room stays said until one is saved, or room was made", async () => {
  const desk = new Desk();
  const fill = async (n: number) => {
    desk.outcomes.push(FULL);
    desk.recorder.add(seen(n, { thumb: idOf(n) }), [thumb(n)]);
    await desk.pass();
    assert.match(desk.recorder.failure?.message ?? "", /without their pictures/);
  };
  await fill(1);
  desk.recorder.add(seen(2));
  await desk.pass();
  assert.equal(desk.recorder.failure?.code, "storage-full", "a record alone does not show room");
  await fill(3);
  assert.equal(desk.failures.length, 1, "told once");
  desk.recorder.add(seen(3, { thumb: idOf(3) }), [thumb(3)]);
  await desk.pass();
  assert.equal(desk.recorder.failure, undefined);
  assert.deepEqual(desk.batches.at(-1)?.blobs, [thumb(3)], "the picture is tried again");
  await fill(4);
  desk.recorder.roomMade();
  assert.equal(desk.recorder.failure, undefined);
});

Deno.test("when there is no room for records either, they are held and tried again, pictures and all", async () => {
  const desk = new Desk();
  desk.outcomes.push(FULL, FULL);
  desk.recorder.add(seen(1, { thumb: idOf(7) }), [thumb(7)]);
  await desk.pass();
  assert.deepEqual(desk.batches, []);
  assert.equal(desk.recorder.pending, 1);
  assert.equal(desk.recorder.failure?.message, FULL.message);
  desk.recorder.roomMade();
  await settle();
  assert.deepEqual(desk.batches, [{
    observations: [seen(1, { thumb: idOf(7) })],
    blobs: [thumb(7)],
  }]);
  assert.equal(desk.recorder.failure, undefined);
});

Deno.test("a picture that is on disk is not written again while its object stays in view", async () => {
  const desk = new Desk();
  for (const frames of [3, 9, 20]) {
    desk.recorder.add(seen(1, { thumb: idOf(7), frames }), [thumb(7)]);
    await desk.pass();
  }
  assert.deepEqual(desk.batches.map(({ blobs }) => blobs), [[thumb(7)], [], []]);
  assert.ok(desk.batches.every(({ observations }) => observations[0].thumb === idOf(7)));
});

Deno.test("a picture that two observations share is written once", async () => {
  const desk = new Desk();
  for (const n of [1, 2]) desk.recorder.add(seen(n, { frame: idOf(7) }), [thumb(7)]);
  await desk.pass();
  assert.deepEqual(desk.batches[0].blobs, [thumb(7)]);
});

Deno.test("one transaction holds 8 MB of pictures at most; what waits in memory, 32 MB", async () => {
  const desk = new Desk();
  const large = (n: number): StoredBlob => ({
    hash: idOf(n),
    type: "image/jpeg",
    bytes: new Uint8Array(3 << 20),
  });
  desk.outcomes.push("hang");
  for (let n = 1; n <= 12; n++) desk.recorder.add(seen(n, { frame: idOf(n) }), [large(n)]);
  assert.equal(desk.failures.length, 1);
  assert.match(desk.failures[0].message, /without their pictures/);
  await desk.pass();
  desk.hanging[0].resolve();
  for (let turn = 0; turn < 10; turn++) await settle();
  assert.equal(desk.recorder.pending, 0);
  assert.deepEqual(desk.batches.map(({ blobs }) => blobs.length), [2, 2, 2, 2, 2]);
  const written = desk.batches.flatMap(({ observations }) => observations);
  assert.deepEqual(written.map(({ frame }) => frame !== undefined), [
    ...Array.from({ length: 10 }, () => true),
    false,
    false,
  ]);
});

Deno.test("flush() writes at once, and resolves when all is on disk", async () => {
  const desk = new Desk();
  desk.recorder.add(seen(1));
  desk.recorder.add(seen(2));
  await desk.recorder.flush();
  assert.deepEqual(desk.written, [ids([seen(1), seen(2)])]);
  assert.equal(desk.recorder.pending, 0);
});

Deno.test("flush() with nothing pending resolves at once", async () => {
  const desk = new Desk();
  await desk.recorder.flush();
  desk.recorder.add(seen(1));
  await desk.pass();
  await desk.recorder.flush();
  assert.equal(desk.batches.length, 1);
});

Deno.test("flush() waits for what is being written, and for what came meanwhile", async () => {
  const desk = new Desk();
  desk.outcomes.push("hang");
  desk.recorder.add(seen(1));
  await desk.pass();
  let flushed = false;
  const flushing = desk.recorder.flush().then(() => flushed = true);
  desk.recorder.add(seen(2));
  await desk.pass();
  assert.equal(flushed, false);
  desk.hanging[0].resolve();
  await flushing;
  assert.equal(desk.recorder.pending, 0);
});

Deno.test("flush() resolves when the disk refuses, and what is pending is tried again", async () => {
  const desk = new Desk();
  desk.outcomes.push(FULL);
  desk.recorder.add(seen(1));
  const flushing = desk.recorder.flush();
  await desk.pass(BATCH_MS);
  await flushing;
  assert.equal(desk.recorder.pending, 1);
  await desk.pass();
  assert.equal(desk.recorder.pending, 0);
});

Deno.test("flush() after a failure tries again at once, and waits for the answer", async () => {
  const desk = new Desk();
  desk.outcomes.push(FULL);
  desk.recorder.add(seen(1));
  await desk.pass();
  assert.equal(desk.recorder.pending, 1);
  await desk.recorder.flush(); // there is room again
  assert.equal(desk.recorder.pending, 0);
});

Deno.test("an observation that comes in the moment the last one was saved is written too", async () => {
  for (let ticks = 0; ticks < 8; ticks++) {
    const desk = new Desk();
    let added = false;
    desk.onSaved = () => {
      if (added) return;
      added = true;
      let later = Promise.resolve();
      for (let tick = 0; tick < ticks; tick++) later = later.then(() => {});
      later.then(() => desk.recorder.add(seen(2)));
    };
    desk.recorder.add(seen(1));
    await desk.pass();
    await desk.pass();
    assert.deepEqual(desk.written, [ids([seen(1)]), ids([seen(2)])], `${ticks} ticks later`);
  }
});

Deno.test("add() is bounded while the disk refuses: it tells, and keeps what it has", async () => {
  const desk = new Desk();
  desk.outcomes.push("hang");
  for (let n = 0; n < 5000; n++) desk.recorder.add(seen(n));
  await settle();
  assert.equal(desk.recorder.pending, 5000);
  assert.deepEqual(desk.failures, []);
  desk.recorder.add(seen(5000));
  desk.recorder.add(seen(1, { frames: 99 }));
  assert.equal(desk.recorder.pending, 5000);
  assert.deepEqual(desk.failures.map(({ code }) => code), ["storage-failed"]);
  desk.hanging[0].resolve();
  for (let batch = 0; batch < 100; batch++) await settle();
  assert.equal(desk.recorder.pending, 0);
  const last = desk.batches.flatMap(({ observations }) => observations)
    .findLast(({ id }) => id === seen(1).id);
  assert.equal(last?.frames, 99);
});

Deno.test("whatever fails and whenever: each observation's last record is written last, and all are", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("add" as const), n: fc.nat(5) }),
    fc.record({ do: fc.constantFrom("pass" as const, "flush" as const, "settle" as const) }),
    fc.record({ do: fc.constant("fail" as const) }),
  );
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const desk = new Desk();
    const latest = new Map<string, number>();
    let frames = 0;
    for (const one of steps) {
      if (one.do === "add") {
        const observation = seen(one.n, { frames: ++frames });
        latest.set(observation.id, frames);
        desk.recorder.add(observation);
      } else if (one.do === "pass") await desk.pass();
      else if (one.do === "settle") await settle();
      else if (one.do === "fail") desk.outcomes.push(FULL);
      else desk.recorder.flush();
    }
    for (let turn = 0; turn < 60; turn++) await desk.pass();
    assert.equal(desk.recorder.pending, 0);
    const written = new Map<string, number>();
    for (const { id, frames } of desk.batches.flatMap(({ observations }) => observations)) {
      assert.ok(frames > (written.get(id) ?? 0), "an older record after a newer one");
      written.set(id, frames);
    }
    assert.deepEqual(written, latest);
  }));
});

Deno.test("a recorder over a real replica loses nothing when commits fail, also after they have written", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  const waits: (() => void)[] = [];
  const recorder = new Recorder({
    replica: ann.replica,
    wait: () => new Promise((end) => waits.push(end)),
    onSaved: () => {},
    onFailure: () => {},
    onFull: () => {},
  });
  for (let n = 0; n < 30; n++) {
    recorder.add(observationAt(ann.id, NOW + n));
    if (n % 3 === 0) store.failNext = new Error("full");
    if (n % 5 === 0) store.failNextAfterwards = new Error("no answer");
    for (const end of waits.splice(0)) end();
    await new Promise((resolve) => setTimeout(resolve));
  }
  while (recorder.pending > 0) {
    for (const end of waits.splice(0)) end();
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.equal(await store.countObservations(), 30);
  assert.deepEqual((await ann.replica.verify()).faults, []);
});
