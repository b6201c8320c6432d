import assert from "node:assert/strict";
import fc from "fast-check";
import type { Detection, Observation } from "../field/observation.ts";
import type { StoredBlob } from "../field/store/store.ts";
import type { Frame } from "../models/model.ts";
import { idOf, observationAt, TEST_MODEL } from "../tests/fixtures/devices.ts";
import { Watch } from "./watch.ts";

const DEVICE = idOf(0xd1);
const START = 1_800_000_000_000;
const FRAME: Frame = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
const SOURCE = { id: "cam", name: "Rear camera", kind: "camera", since: START } as const;

function cup(score = 0.7, x = 0.4): Detection {
  return { label: "cup", score, box: { x, y: 0.3, width: 0.1, height: 0.2 } };
}

/** A watch of one source, and what it has recorded. */
class Stage {
  readonly records: Observation[] = [];
  readonly pictures: (readonly StoredBlob[])[] = [];
  thumbnails = 0;
  keepsFrames = false;
  wholeFrames = 0;
  clockAheadMs: number | null = null;
  now = START;
  stamps = 0;
  makeThumbnail: () => Promise<void> = () => Promise.resolve();
  readonly watch: Watch;

  constructor(resumed: readonly Observation[] = []) {
    this.watch = new Watch(
      {
        device: DEVICE,
        beginStamp: (first) => first * 1024 + this.stamps++,
        model: TEST_MODEL,
        thumbnail: async () => {
          const hash = idOf(++this.thumbnails);
          await this.makeThumbnail();
          return { hash, type: "image/jpeg", bytes: Uint8Array.of(this.thumbnails) };
        },
        wholeFrame: () => {
          if (!this.keepsFrames) return null;
          const byte = 0x80 + ++this.wholeFrames;
          const bytes = Uint8Array.of(byte);
          return Promise.resolve({ hash: idOf(byte), type: "image/jpeg", bytes });
        },
        clockAheadMs: () => this.clockAheadMs,
        record: (observation, pictures) => {
          this.records.push(observation);
          this.pictures.push(pictures);
        },
      },
      SOURCE,
      resumed,
    );
  }

  /** Shows the same detections in frames of 200 ms, for `ms`. */
  async show(detections: readonly Detection[], ms: number, place?: Observation["place"]) {
    let last;
    for (let gone = 0; gone < ms; gone += 200) {
      this.now += 200;
      last = await this.watch.see(FRAME, detections, this.now, place);
    }
    return last ?? [];
  }

  get thumbs(): (string | undefined)[] {
    return this.pictures.map(([thumb]) => thumb?.hash);
  }

  get ids(): Set<string> {
    return new Set(this.records.map(({ id }) => id));
  }
}

Deno.test("see() records an object when it begins, with the thumbnail of that moment", async () => {
  const stage = new Stage();
  await stage.show([cup()], 400);
  assert.equal(stage.records.length, 0);
  await stage.show([cup()], 200);
  const [began, ...others] = stage.records;
  assert.deepEqual(others, []);
  assert.deepEqual(began, {
    id: began.id,
    device: DEVICE,
    label: "cup",
    score: 0.7,
    box: cup().box,
    first: START + 200,
    last: START + 600,
    open: true,
    frames: 3,
    source: "Rear camera",
    model: TEST_MODEL,
    thumb: idOf(1),
    size: { width: 1, height: 1 },
  });
  assert.equal(stage.thumbs[0], idOf(1));
  assert.match(began.id, /^d1d1d1d1d1d1-[0-9a-z]+$/);
});

Deno.test("see() has a thumbnail for an object that was seen best before it was sure", async () => {
  const stage = new Stage();
  for (const score of [0.9, 0.8, 0.7, 0.7, 0.7]) await stage.show([cup(score)], 200);
  stage.watch.finish();
  for (const record of stage.records) assert.notEqual(record.thumb, undefined);
});

Deno.test("see() records an object again every 30 s while it stays, under the same id", async () => {
  const stage = new Stage();
  await stage.show([cup()], 100_000);
  assert.equal(stage.ids.size, 1);
  const times = stage.records.map(({ last }) => last - START);
  assert.deepEqual(times, [600, 30_600, 60_600, 90_600]);
  assert.ok(stage.records.every(({ open }) => open));
  assert.equal(stage.records.at(-1)?.frames, 453);
});

Deno.test("see() records that an object has left, once, with all that was seen of it", async () => {
  const stage = new Stage();
  await stage.show([cup(0.5)], 1000);
  await stage.show([cup(0.8, 0.41)], 200);
  await stage.show([cup(0.6)], 800);
  await stage.show([], 10_000);
  const last = stage.records.at(-1);
  assert.deepEqual(stage.records.map(({ open }) => open), [true, false]);
  assert.equal(stage.ids.size, 1);
  assert.equal(last?.last, START + 2000);
  assert.equal(last?.frames, 10);
  assert.equal(last?.score, 0.8);
  assert.deepEqual(last?.box, cup(0.8, 0.41).box);
  stage.watch.finish();
  assert.equal(stage.records.length, 2);
});

Deno.test("see() carries the newest thumbnail's hash, and its bytes, into the later records", async () => {
  const stage = new Stage();
  await stage.show([cup(0.5)], 1000);
  await stage.show([cup(0.8)], 1000);
  stage.watch.finish();
  assert.deepEqual(stage.records.map(({ thumb }) => thumb), [idOf(1), idOf(2)]);
  assert.deepEqual(stage.thumbs, [idOf(1), idOf(2)]);
});

Deno.test("see() takes the place at which an object began", async () => {
  const stage = new Stage();
  const [here, there] = [47, 48].map((latitude) => ({ latitude, longitude: 8, accuracyM: 5 }));
  await stage.show([cup()], 600, here);
  await stage.show([cup()], 1000, there);
  stage.watch.finish();
  assert.deepEqual(stage.records.map(({ place }) => place), [here, here]);
});

Deno.test("see() tells of each detection what it belongs to: nothing at first, then unsure, then an observation", async () => {
  const stage = new Stage();
  assert.deepEqual(await stage.show([cup()], 200), []);
  const [second] = await stage.show([cup()], 200);
  assert.deepEqual(second, { ...cup(), unsure: true });
  const [third] = await stage.show([cup()], 200);
  assert.deepEqual(third, { ...cup(), unsure: false, track: stage.records[0].id });
  assert.ok(stage.watch.follows(stage.records[0].id));
});

Deno.test("an observation is numbered by when its object was first seen", async () => {
  const stage = new Stage();
  await stage.show([cup(), cup(0.7, 0.1)], 600);
  const stamps = stage.records.map(({ id }) => parseInt(id.slice(id.indexOf("-") + 1), 36));
  assert.deepEqual(stamps, [0, 1].map((n) => (START + 200) * 1024 + n));
});

Deno.test("whole frames are kept when their user wants them: that of the best view, one for all in it", async () => {
  const stage = new Stage();
  stage.keepsFrames = true;
  await stage.show([cup(0.5), cup(0.5, 0.1)], 600);
  assert.equal(stage.wholeFrames, 1);
  assert.deepEqual(stage.records.map(({ frame }) => frame), [idOf(0x81), idOf(0x81)]);
  await stage.show([cup(0.8)], 200);
  stage.watch.finish();
  assert.deepEqual(stage.records.slice(2).map(({ frame }) => frame).sort(), [
    idOf(0x81),
    idOf(0x82),
  ]);
  for (const [i, { thumb, frame }] of stage.records.entries()) {
    assert.deepEqual(stage.pictures[i].map(({ hash }) => hash), [thumb, frame]);
  }
});

Deno.test("whole frames are not kept, and records do not name any, while nobody wants them", async () => {
  const stage = new Stage();
  await stage.show([cup()], 1000);
  stage.watch.finish();
  assert.equal(stage.wholeFrames, 0);
  assert.ok(stage.records.every((record) => !("frame" in record)));
});

Deno.test("records say by how much the clock was ahead when they were written, once that is known", async () => {
  const stage = new Stage();
  await stage.show([cup()], 1000);
  stage.clockAheadMs = -86_400_000;
  stage.watch.finish();
  assert.deepEqual(stage.records.map(({ clockAheadMs }) => clockAheadMs), [undefined, -86_400_000]);
  assert.ok(!("clockAheadMs" in stage.records[0]));
});

Deno.test("finish() completes what is in view", async () => {
  const stage = new Stage();
  await stage.show([cup(), cup(0.7, 0.1), cup(0.3, 0.8)], 1000);
  stage.watch.finish();
  assert.equal(stage.ids.size, 2);
  const ends = stage.records.filter(({ open }) => !open);
  assert.equal(new Set(ends.map(({ id }) => id)).size, 2);
  assert.equal(ends.length, 2);
  assert.ok(!stage.watch.follows(ends[0].id));
});

Deno.test("finish() while a thumbnail is being made: the object is completed, and stays so", async () => {
  const stage = new Stage();
  const gate = Promise.withResolvers<void>();
  await stage.show([cup()], 400);
  stage.makeThumbnail = () => gate.promise;
  const seeing = stage.show([cup()], 200);
  stage.watch.finish();
  gate.resolve();
  await seeing;
  assert.equal(stage.ids.size, 1);
  assert.equal(stage.records.at(-1)?.open, false);
});

Deno.test("see() records an object also when its thumbnail cannot be made", async () => {
  const stage = new Stage();
  stage.makeThumbnail = () => Promise.reject(new Error("no canvas"));
  for (let frame = 0; frame < 5; frame++) await stage.show([cup()], 200).catch(() => {});
  assert.equal(stage.records.length, 1, "it has begun, and nothing was recorded");
  assert.equal(stage.records[0].thumb, undefined);
});

Deno.test("see() completes an object also when another one's thumbnail cannot be made", async () => {
  const stage = new Stage();
  await stage.show([cup()], 1000);
  stage.makeThumbnail = () => Promise.reject(new Error("no canvas"));
  for (let frame = 0; frame < 60; frame++) {
    await stage.show([cup(0.4 + frame / 100, 0.8)], 200).catch(() => {});
  }
  const [first] = stage.ids;
  assert.equal(stage.records.findLast(({ id }) => id === first)?.open, false);
});

Deno.test("a resumed object keeps its id, beginning, thumbnail and place, and adds its frames up", async () => {
  const place = { latitude: 47, longitude: 8, accuracyM: 5 };
  const before = observationAt(DEVICE, START - 60_000, {
    ...cup(0.6),
    open: true,
    last: START - 1000,
    frames: 200,
    thumb: idOf(0x77),
    frame: idOf(0x78),
    size: { width: 640, height: 360 },
    clockAheadMs: 1200,
    place,
  });
  const stage = new Stage([before]);
  assert.ok(stage.watch.follows(before.id));
  await stage.show([cup(0.5)], 2000);
  stage.watch.finish();
  assert.deepEqual([...stage.ids], [before.id]);
  const last = stage.records.at(-1);
  assert.deepEqual(last, {
    ...before,
    last: START + 2000,
    open: false,
    frames: 210,
  });
});

Deno.test("a resumed object that is seen better takes the better score, box and thumbnail", async () => {
  const before = observationAt(DEVICE, START - 60_000, {
    ...cup(0.6),
    open: true,
    last: START - 1000,
    thumb: idOf(0x77),
  });
  const stage = new Stage([before]);
  await stage.show([cup(0.9, 0.41)], 1000);
  stage.watch.finish();
  const last = stage.records.at(-1);
  assert.equal(last?.score, 0.9);
  assert.deepEqual(last?.box, cup(0.9, 0.41).box);
  assert.equal(last?.thumb, idOf(1));
});

Deno.test("a resumed object that has gone is completed with the last time that it was seen", async () => {
  const before = observationAt(DEVICE, START - 3000, { ...cup(), open: true, last: START - 1000 });
  const stage = new Stage([before]);
  await stage.show([], 40_000);
  assert.deepEqual(stage.records, [{ ...before, open: false }]);
});

Deno.test("every observation that was recorded open is closed in the end, and never opened again", async () => {
  const detections = fc.array(
    fc.record({
      score: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
      x: fc.constantFrom(0, 0.2, 0.4, 0.6),
    }).map(({ score, x }) => cup(score, x)),
    { maxLength: 3 },
  );
  const scene = fc.record({ detections, ms: fc.integer({ min: 200, max: 12_000 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(scene, { maxLength: 8 }), async (scenes) => {
      const stage = new Stage();
      for (const { detections, ms } of scenes) await stage.show(detections, ms);
      stage.watch.finish();
      for (const id of stage.ids) {
        const records = stage.records.filter((one) => one.id === id);
        assert.equal(records.at(-1)?.open, false);
        assert.equal(records.filter(({ open }) => !open).length, 1);
        assert.equal(new Set(records.map(({ first }) => first)).size, 1);
      }
    }),
    { numRuns: 40 },
  );
});
