import assert from "node:assert/strict";
import fc from "fast-check";
import { type Detection, readDetections, recordsShape } from "../../tests/fixtures/detections.ts";
import { assertSameBatch } from "../../tests/fixtures/gpu_batch.ts";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { Arena } from "../../tests/fixtures/trial_arena.ts";
import { noise } from "../../tests/fixtures/trial_memory.ts";
import type { SuppressOp } from "../plan.ts";
import { suppress } from "./op.ts";

interface Trial {
  readonly candidates: readonly Detection[];
  /** Else that of the candidates. */
  readonly count?: number;
  readonly room?: number;
  readonly limit: number;
  readonly change?: Partial<SuppressOp>;
}

function caseOf({ candidates, count = candidates.length, room = 20, limit, change }: Trial) {
  const arena = new Arena();
  const input = arena.add("i32", recordsShape(candidates.length));
  const output = arena.add("i32", recordsShape(room));
  const before = arena.noise(1);
  const words = candidates.flatMap((one) => [
    ...[one.class, one.score, one.left, one.top, one.right, one.bottom, one.order, 0],
  ]);
  const records = Int32Array.from([count, 0, 0, 0, 0, 0, 0, 0, ...words]);
  before.set(new Uint8Array(records.buffer), arena.tensors[input].offset);
  const op: SuppressOp = { op: "suppress", input, output, limit, ...change };
  return { op, tensors: arena.tensors, data: new Uint8Array(0), arena: before };
}

async function run(trial: Trial) {
  const made = caseOf(trial);
  const output = made.tensors[made.op.output];
  return readDetections(await assertSameBits(suppress, made), output);
}

function box(left: number, top: number, right: number, bottom: number, kind = 0): Detection {
  return { class: kind, score: 9, left, top, right, bottom, order: 7 };
}

function detections(edge: fc.Arbitrary<number>): fc.Arbitrary<Detection[]> {
  return fc.array(
    fc.record({
      class: fc.nat(2),
      score: fc.nat(32768),
      left: edge,
      top: edge,
      right: edge,
      bottom: edge,
      order: fc.nat(),
    }),
    { maxLength: 30 },
  );
}

Deno.test("suppress() gives the same bits everywhere, of any boxes and of garbage", async () => {
  const trials = fc.record({
    candidates: fc.oneof(
      detections(fc.nat(600)),
      detections(fc.nat(16368)),
      detections(fc.integer()),
    ),
    count: fc.oneof(fc.constant(undefined), fc.integer()),
    room: fc.constantFrom(0, 1, 3, 20),
    limit: fc.nat(128),
  });
  const property = fc.asyncProperty(trials, async (trial) => void await run(trial));
  await fc.assert(property, { seed: 15, numRuns: 300 });
});

/** By exact integers of any size. */
function isHiddenBy(a: Detection, b: Detection, limit: number): boolean {
  const [al, at, ar, ab, bl, bt, br, bb] = [a, b]
    .flatMap((one) => [one.left, one.top, one.right, one.bottom])
    .map((edge) => BigInt(edge >> 1));
  const width = (ar < br ? ar : br) - (al > bl ? al : bl);
  const height = (ab < bb ? ab : bb) - (at > bt ? at : bt);
  if (width <= 0n || height <= 0n) return false;
  const shared = width * height;
  const union = (ar - al) * (ab - at) + (br - bl) * (bb - bt) - shared;
  return shared * 64n > (union / 2n) * BigInt(limit);
}

Deno.test("suppress() does not overflow for boxes inside an input of 1023 pixels", async () => {
  const edge = fc.oneof(
    fc.nat(16368),
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 16300, max: 16368 }),
  );
  const one = fc.tuple(edge, edge, edge, edge).map(([x, y, z, w]) =>
    box(Math.min(x, z), Math.min(y, w), Math.max(x, z), Math.max(y, w))
  );
  const property = fc.asyncProperty(one, one, fc.nat(128), async (a, b, limit) => {
    const expected = isHiddenBy(a, b, limit) ? [a] : [a, b];
    assert.deepEqual(await run({ candidates: [a, b], limit }), expected);
  });
  await fc.assert(property, { seed: 16, numRuns: 300 });
  const whole = box(0, 0, 16368, 16368);
  for (const limit of [0, 64, 127]) {
    assert.equal((await run({ candidates: [whole, whole], limit })).length, 1);
  }
  assert.equal((await run({ candidates: [whole, whole], limit: 128 })).length, 2);
});

/** Boxes of a tenth of the input's sides, as detectors find them: in heaps. */
function crowd(count: number, seed: number): Detection[] {
  const next = noise(seed);
  return Array.from({ length: count }, () => {
    const [left, top] = [next() % 4000, next() % 4000];
    const [width, height] = [400 + next() % 100, 400 + next() % 100];
    return box(left, top, left + width, top + height, next() % 3);
  });
}

Deno.test("suppress() takes more candidates than a GPU looks at at once", async () => {
  for (const count of [255, 256, 257, 511, 513, 1500]) {
    for (const room of [1, 90, 255, 256, 257, 1500]) {
      await run({ candidates: crowd(count, count), room, limit: 20 });
    }
    const found = await run({ candidates: crowd(count, 1), room: 1500, limit: 128 });
    assert.equal(found.length, count);
  }
});

Deno.test("suppress() takes a batch as one by one", async () => {
  const trials = [1, 2, 3, 4, 5].map((seed) =>
    caseOf({ candidates: crowd(600, seed), count: seed * 120, room: 80, limit: 20 })
  );
  await assertSameBatch(suppress, trials);
});

Deno.test("suppress() hides what overlaps a better one of its class by more than the limit", async () => {
  const better = box(0, 0, 160, 160);
  const half = box(0, 0, 160, 80); // overlap 0.5 exactly
  const stranger = box(0, 0, 160, 160, 1);
  const hidden = box(0, 0, 160, 84);
  const candidates = [better, half, stranger, hidden, half];
  assert.deepEqual(await run({ candidates, limit: 64 }), [better, half, stranger]);
  assert.deepEqual(await run({ candidates, limit: 63 }), [better, stranger]);
  assert.deepEqual(await run({ candidates, limit: 64, room: 1 }), [better]);
  assert.deepEqual(await run({ candidates, limit: 64, count: 1 }), [better]);
  assert.deepEqual(await run({ candidates, limit: 64, count: -1 }), []);
});

Deno.test("suppress() is refused with an impossible limit or other tensors", async () => {
  const candidates = [box(0, 0, 1, 1)];
  for (const limit of [-1, 129, 0.5]) await assert.rejects(run({ candidates, limit }));
  await assert.rejects(run({ candidates, limit: 64, change: { input: 5 } }));
});
