import assert from "node:assert/strict";
import fc from "fast-check";
import type { Bytes } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import {
  asRead,
  everyMs,
  type LiveTrack,
  LiveTracksReader,
  LiveTracksWriter,
  MOST_LIVE_BYTES,
  MOST_LIVE_TRACKS,
} from "./live_tracks.ts";

function trackAt(id: string, x: number, other: Partial<LiveTrack> = {}): LiveTrack {
  return {
    id,
    label: "person",
    score: 0.75,
    box: { x, y: 0.2, width: 0.1, height: 0.3 },
    ...other,
  };
}

/** `count` tracks that have moved on by `step`. */
function scene(count: number, step: number): LiveTrack[] {
  return Array.from(
    { length: count },
    (_, i) => trackAt(`0123456789ab-k${1000 + i}`, 0.01 * i + 0.001 * step),
  );
}

function isKeyFrame(bytes: Bytes | null): boolean {
  const value = bytes && decodeCbor(bytes)?.value;
  return Array.isArray(value) && value[0] === 0;
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const anyTrack: fc.Arbitrary<LiveTrack> = fc.record({
  id: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
  label: fc.constantFrom("person", "dog", "roe deer"),
  score: fraction,
  box: fc.record({ x: fraction, y: fraction, width: fraction, height: fraction }),
});

Deno.test("a reader has what the last message that it got said, or nothing, whatever was lost", () => {
  const step = fc.record({
    tracks: fc.array(anyTrack, { maxLength: 9 }),
    afterMs: fc.constantFrom(50, 250, 1000, 6000),
    isLost: fc.boolean(),
    hasRestarted: fc.constantFrom(false, false, false, true),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let writer = new LiveTracksWriter();
      const reader = new LiveTracksReader();
      let now = 0;
      for (const { tracks, afterMs, isLost, hasRestarted } of steps) {
        now += afterMs;
        if (hasRestarted) writer = new LiveTracksWriter();
        const bytes = writer.next(tracks, now);
        if (!bytes || isLost) continue;
        assert.ok(bytes.length <= MOST_LIVE_BYTES);
        const read = reader.read(bytes);
        if (isKeyFrame(bytes)) assert.ok(read);
        if (read) assert.deepEqual(read, asRead(tracks));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("without loss a reader follows from the first message on", () => {
  const [writer, reader] = [new LiveTracksWriter(), new LiveTracksReader()];
  for (let step = 0; step < 100; step++) {
    const tracks = scene(step % 7, step);
    const bytes = writer.next(tracks, step * 200);
    if (bytes) assert.deepEqual(reader.read(bytes), asRead(tracks));
  }
});

Deno.test("a reader that lacks the key frame waits for the next one", () => {
  const [writer, late] = [new LiveTracksWriter(), new LiveTracksReader()];
  writer.next(scene(3, 0), 0);
  const readAt: number[] = [];
  for (let ms = 200; ms <= 5400; ms += 200) {
    const bytes = writer.next(scene(3, ms / 200), ms);
    if (bytes && late.read(bytes)) readAt.push(ms);
  }
  assert.equal(readAt[0], 5000);
  assert.deepEqual(readAt, [5000, 5200, 5400]);
});

Deno.test("next() says nothing while nothing changes, but for a key frame every 5 s", () => {
  const writer = new LiveTracksWriter();
  const said: number[] = [];
  for (let ms = 0; ms <= 12_000; ms += 100) if (writer.next(scene(2, 0), ms)) said.push(ms);
  assert.deepEqual(said, [0, 5000, 10_000]);
});

Deno.test("next() is silent in the end when there is nothing to see", () => {
  const writer = new LiveTracksWriter();
  const said: number[] = [];
  for (let ms = 0; ms <= 60_000; ms += 200) {
    const tracks = ms === 30_000 ? scene(1, 0) : [];
    if (writer.next(tracks, ms)) said.push(ms);
  }
  assert.deepEqual(said, [0, 5000, 10_000, 30_000, 30_200, 35_200, 40_200]);
});

Deno.test("next() comes as often as the links bear", () => {
  assert.deepEqual([-1, 0, 0.5, 1, 7].map(everyMs), [200, 200, 1100, 2000, 2000]);
  for (const [pressure, expected] of [[0, 51], [0.5, 10], [1, 6]]) {
    const writer = new LiveTracksWriter();
    let said = 0;
    for (let ms = 0; ms <= 10_000; ms += 50) {
      if (writer.next(scene(2, ms / 50), ms, pressure)) said++;
    }
    assert.equal(said, expected);
  }
});

Deno.test("next() goes on after the clock was set back", () => {
  const writer = new LiveTracksWriter();
  writer.next(scene(2, 0), 1e12);
  assert.ok(isKeyFrame(writer.next(scene(2, 1), 1e11)));
});

Deno.test("a delta is smaller than the key frame by far, and names no track", () => {
  const writer = new LiveTracksWriter();
  const key = writer.next(scene(20, 0), 0);
  const delta = writer.next(scene(20, 1), 200);
  const one = writer.next([...scene(19, 0), trackAt("0123456789ab-k1019", 0.5)], 400);
  assert.ok(key && delta && one && isKeyFrame(key) && !isKeyFrame(delta));
  assert.ok(delta.length < 0.3 * key.length, `${delta.length} of ${key.length}`);
  assert.ok(one.length < 30, `${one.length}`);
});

Deno.test("of too many tracks, or too long names, the surest are said", () => {
  const reader = new LiveTracksReader();
  const many = Array.from(
    { length: 100 },
    (_, i) => trackAt(`t${i}`, 0.5, { score: i / 100, label: `${i}`.padEnd(80, "é") }),
  );
  const bytes = new LiveTracksWriter().next(many, 0);
  assert.ok(bytes && bytes.length <= MOST_LIVE_BYTES);
  const read = reader.read(bytes);
  assert.ok(read && read.length > 20 && read.length < MOST_LIVE_TRACKS);
  const least = Math.min(...read.map(({ score }) => score));
  assert.equal(least, (100 - read.length) / 100);
  const short = new LiveTracksWriter().next(many.map((one) => ({ ...one, label: "x" })), 0);
  assert.equal(short && reader.read(short)?.length, MOST_LIVE_TRACKS);
});

Deno.test("what cannot be said is left out: no name, no number, outside of the frame", () => {
  const outside = { x: -1, y: 0.5, width: 9, height: 9 };
  const nowhere = { x: NaN, y: Infinity, width: -1, height: 0 };
  const tracks = [
    trackAt("", 0.5),
    trackAt("no label", 0.5, { label: "" }),
    trackAt("a", 0, { box: outside, score: 2 }),
    trackAt("b", 0, { box: nowhere, score: NaN }),
    trackAt("a", 0.5),
  ];
  const read = new LiveTracksReader().read(new LiveTracksWriter().next(tracks, 0)!);
  assert.deepEqual(read?.map(({ id }) => id), ["a", "b"]);
  assert.deepEqual(read?.[0].box, { x: 0, y: 0.5, width: 1, height: 0.5 });
});

Deno.test("read() is null for what no writer says, and what follows is read as before", () => {
  const [writer, reader] = [new LiveTracksWriter(), new LiveTracksReader()];
  const key = writer.next(scene(2, 0), 0);
  const delta = writer.next(scene(2, 1), 200);
  assert.ok(key && delta && !isKeyFrame(delta));
  reader.read(key);
  const [, sum] = decodeCbor(delta)?.value as [number, number];
  const good = ["id", 0, 75, 0, 0, 10, 10];
  const bad: unknown[] = [
    7,
    [],
    [2, [], []],
    [0, ["person"], [good, good]],
    [0, ["person"], [["id", 1, 75, 0, 0, 10, 10]]],
    [0, ["person"], [["id", 0, 101, 0, 0, 10, 10]]],
    [0, ["person"], [["id", 0, 75, 4090, 0, 10, 10]]],
    [0, ["person"], [["id", 0, 75, 0, 0, -1, 10]]],
    [0, ["person"], [["id", 0, 75, 0, 0, 10]]],
    [0, [""], []],
    [0, ["x".repeat(65)], []],
    [0, ["person"], Array.from({ length: 65 }, (_, i) => [`${i}`, 0, 75, 0, 0, 10, 10])],
    [1, sum + 1, [], [], [], []],
    [1, sum, [], [2], [], []],
    [1, sum, [], [-1], [], []],
    [1, sum, [], [], [[0, 0, -5000, 0, 0, 0]], []],
    [1, sum, [], [0], [[0, 0, 1, 0, 0, 0]], []],
    [1, sum, [], [], [[0, 0.5, 0, 0, 0, 0]], []],
    [1, sum, ["person"], [], [], [["0123456789ab-k1000", 0, 75, 0, 0, 10, 10]]],
  ];
  for (const value of bad) {
    assert.equal(reader.read(encodeCbor(value)), null, JSON.stringify(value));
  }
  assert.deepEqual(reader.read(delta), asRead(scene(2, 1)));
});

Deno.test("read() of any bytes is null or tracks inside the frame", () => {
  const [writer, reader] = [new LiveTracksWriter(), new LiveTracksReader()];
  const key = writer.next(scene(5, 0), 0);
  const delta = writer.next(scene(6, 1), 200);
  assert.ok(key && delta);
  const change = fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), isKey: fc.boolean() });
  fc.assert(
    fc.property(change, ({ at, byte, isKey }) => {
      const bytes = (isKey ? key : delta).slice();
      bytes[at % bytes.length] = byte;
      reader.read(key);
      for (const { box, score } of reader.read(bytes) ?? []) {
        assert.ok(score >= 0 && score <= 1);
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1 && box.y + box.height <= 1);
      }
    }),
    { numRuns: 2000 },
  );
});
