import assert from "node:assert/strict";
import fc from "fast-check";
import { batchesOf, runBatchesOnGpu } from "../../tests/fixtures/gpu_batch.ts";
import { trialBackend } from "../../tests/fixtures/gpu_trial.ts";
import { moduleOf, remember } from "../../tests/fixtures/op_trial.ts";
import { Arena } from "../../tests/fixtures/trial_arena.ts";
import { noise } from "../../tests/fixtures/trial_memory.ts";
import { inFlight } from "../../tests/fixtures/trials_in_flight.ts";
import { checkerOf } from "../check_plan.ts";
import type { Frame } from "../engine.ts";
import { type ImageOp, type Plan, SLACK_BYTES } from "../plan.ts";
import type { KernelBuild } from "../wasm_engine.ts";
import { feedFrame, type ImageRows } from "./feed_frame.ts";
import { image } from "./op.ts";
import { letterboxOf, positionsOf } from "./sampling.ts";

interface Trial {
  readonly frame: Frame;
  readonly type: "u7" | "f32";
  readonly width: number;
  readonly height: number;
  readonly gap: number;
  readonly order: readonly number[];
  readonly fit: ImageOp["fit"];
  readonly seed: number;
}

const BUILDS = ["plain", "relaxed"] as const;
const GUARD = 0xa5;

function makeFrame(width: number, height: number, seed: number): Frame {
  const next = noise(seed);
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 4 }, () => next() >> 7),
  };
}

interface Case {
  readonly plan: Plan;
  readonly op: ImageOp;
  readonly arena: Uint8Array;
}

function caseOf({ type, width, height, gap, order, fit, seed }: Trial): Case {
  const arena = new Arena();
  const output = arena.add(type, { height, width, channels: order.length }, { gap });
  const next = noise(seed);
  const fill = order.map(() => next() & 255);
  const data = Uint8Array.from(
    { length: 1024 * order.length },
    () => next() & (type === "u7" ? 127 : 63), // no NaN, whose bits a typed array may change
  );
  const op: ImageOp = { op: "image", output, fit, order, table: 0, fill };
  const before = arena.noise(seed);
  return { plan: planOf(op, arena, data, before.length), op, arena: before };
}

function planOf(op: ImageOp, { tensors }: Arena, data: Uint8Array, arenaBytes: number): Plan {
  const source = { file: "", sha256: "" };
  return {
    provenance: { name: "", licence: "", notices: [], source, compiler: "", calibration: [] },
    precision: "int8",
    inputs: [{ name: "image", shape: [0, 0, 4] }],
    outputs: [],
    tensors,
    ops: [op],
    arenaBytes,
    golden: { seed: 0, input: "", output: "" },
    data,
  };
}

function runReference({ plan, op, arena }: Case, frame: Frame): Uint8Array {
  const memory = new Uint8Array(arena.length + SLACK_BYTES);
  memory.set(arena);
  image.reference(op, { plan, arena: memory.buffer, frame });
  return memory.subarray(0, arena.length);
}

/** Memory of just the size that the op asks for, with guards around the arena and behind the scratch. */
async function runKernel(build: KernelBuild, { plan, op, arena }: Case, frame: Frame) {
  const record = 65536; // beyond what the kernels keep for themselves
  const data = record + 1024;
  const scratch = align(data + plan.data.length + SLACK_BYTES);
  const scratchEnd = scratch + (image.scratchBytes?.(op, plan) ?? 0);
  const start = align(scratchEnd + SLACK_BYTES);
  const pages = Math.ceil((start + arena.length + SLACK_BYTES) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const bytes = new Uint8Array(memory.buffer).fill(GUARD, scratch);
  bytes.set(plan.data, data);
  bytes.set(arena, start);
  const words = image.record(op, { plan, arena: start, data, scratch });
  new Int32Array(memory.buffer, record, words.length).set(words);
  const { exports } = new WebAssembly.Instance(await moduleOf(build), { env: { memory } });
  const imageRows = exports.image_rows as ImageRows;
  feedFrame(imageRows, memory.buffer, { record, scratch }, frame);
  assert.ok(
    bytes.subarray(scratchEnd, start).every((byte) => byte === GUARD),
    "behind the scratch",
  );
  const end = start + arena.length;
  assert.ok(bytes.subarray(end, end + SLACK_BYTES).every((byte) => byte === GUARD), "after");
  assert.deepEqual(bytes.subarray(data, data + plan.data.length), plan.data, "constants stay");
  return bytes.slice(start, end);
}

/** Undefined where there is no adapter. */
async function runGpu({ plan, arena }: Case, frame: Frame): Promise<Uint8Array | undefined> {
  const backend = await trialBackend("packed");
  const memory = await backend?.prepare(plan);
  try {
    return await memory?.runOps(arena, 0, 1, frame);
  } finally {
    memory?.dispose();
  }
}

function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}

async function assertSameImage(trial: Trial): Promise<Uint8Array> {
  const made = caseOf(trial);
  image.check(made.op, checkerOf(made.plan, "op 0 (image)"));
  const expected = runReference(made, trial.frame);
  remember("image", expected);
  for (const build of BUILDS) {
    assertSame(build, await runKernel(build, made, trial.frame), expected);
  }
  await inFlight(async () => {
    const actual = await runGpu(made, trial.frame);
    if (actual) assertSame("gpu", actual, expected);
  });
  return expected;
}

function assertSame(backend: string, actual: Uint8Array, expected: Uint8Array): void {
  const at = actual.findIndex((byte, place) => byte !== expected[place]);
  assert.equal(at, -1, `${backend}: byte ${at} is ${actual[at]}, not ${expected[at]}`);
}

const USUAL = { type: "u7", gap: 1, order: [2, 1, 0], fit: "letterbox", seed: 1 } as const;

Deno.test("image() gives the same bits everywhere for any frame, size, type and order", async () => {
  const side = fc.integer({ min: 1, max: 40 });
  const trials = fc.record({
    frame: fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), fc.integer())
      .map((drawn) => makeFrame(...drawn)),
    type: fc.constantFrom("u7" as const, "f32" as const),
    width: side,
    height: side,
    gap: fc.nat(2),
    order: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }),
    fit: fc.constantFrom("stretch" as const, "letterbox" as const),
    seed: fc.integer(),
  });
  const property = fc.asyncProperty(trials, async (trial) => void await assertSameImage(trial));
  await fc.assert(property, { seed: 11, numRuns: 200 });
});

Deno.test("image() takes frames that need many bands, one column, or the whole working space", async () => {
  const sizes = [[640, 480], [1, 3000], [3000, 1], [1300, 70], [16384, 3], [5000, 9]];
  for (const [width, height] of sizes) {
    const frame = makeFrame(width, height, 3);
    await assertSameImage({ ...USUAL, frame, width: 31, height: 29 });
    await assertSameImage({ ...USUAL, frame, width: 17, height: 47, fit: "stretch" });
  }
  const frame = makeFrame(123, 77, 4);
  await assertSameImage({ ...USUAL, frame, width: 416, height: 416, gap: 0 });
  // Positions that need all 31 bits.
  const [broad, tall] = [makeFrame(16384, 2, 5), makeFrame(2, 16000, 6)];
  await assertSameImage({ ...USUAL, frame: broad, width: 511, height: 5, fit: "stretch" });
  await assertSameImage({ ...USUAL, frame: tall, width: 3, height: 523, fit: "stretch" });
});

Deno.test("image() takes a batch of frames of different sizes, each into its own arena", async () => {
  const sizes = [[64, 48], [1, 1], [31, 90], [200, 3], [64, 48]];
  const frames = sizes.map(([width, height], seed) => makeFrame(width, height, seed));
  for (const type of ["u7", "f32"] as const) {
    for (const fit of ["letterbox", "stretch"] as const) {
      const made = caseOf({ ...USUAL, frame: frames[0], width: 33, height: 21, type, fit });
      const items = frames.map((frame, at) => ({
        arena: made.arena.map((byte) => byte ^ at),
        frame,
      }));
      const expected = items.map(({ arena, frame }) => runReference({ ...made, arena }, frame));
      const batches = await runBatchesOnGpu(made.plan, batchesOf(items));
      batches?.forEach((batch) =>
        batch.forEach((after, at) => assertSame("gpu", after, expected[at]))
      );
    }
  }
});

/** A u7 table that keeps the upper 7 bits; bars are 254 / 2. */
function halves(frame: Frame, width: number, height: number, fit: ImageOp["fit"]): number[] {
  const arena = new Arena();
  const output = arena.add("u7", { height, width, channels: 1 });
  const data = Uint8Array.from({ length: 256 }, (_, value) => value >> 1);
  const op: ImageOp = { op: "image", output, fit, order: [0], table: 0, fill: [254] };
  const before = arena.noise(1);
  const plan = planOf(op, arena, data, before.length);
  const after = runReference({ plan, op, arena: before }, frame);
  return [...after.subarray(16, 16 + width * height)];
}

function redFrame(width: number, height: number, reds: readonly number[]): Frame {
  const data = new Uint8Array(width * height * 4);
  reds.forEach((red, pixel) => data[pixel * 4] = red);
  return { width, height, data };
}

Deno.test("image() copies, shrinks and enlarges with half-pixel centres", () => {
  const frame = redFrame(2, 2, [0, 100, 200, 50]);
  assert.deepEqual(halves(frame, 2, 2, "stretch"), [0, 50, 100, 25]);
  assert.deepEqual(halves(frame, 1, 1, "stretch"), [44]); // 87.5 rounds up
  assert.deepEqual(halves(redFrame(2, 1, [0, 200]), 4, 1, "stretch"), [0, 25, 75, 100]);
  assert.deepEqual(halves(redFrame(2, 1, [8, 16]), 2, 4, "letterbox"), [
    ...[127, 127],
    ...[4, 8],
    ...[127, 127],
    ...[127, 127],
  ]);
});

Deno.test("letterboxOf() centres the frame, keeps its shape, and never leaves the output", () => {
  const output = { width: 416, height: 416 };
  const whole = { left: 0, top: 0, width: 416, height: 416 };
  assert.deepEqual(letterboxOf({ width: 640, height: 480 }, output, "stretch"), whole);
  const wide = letterboxOf({ width: 640, height: 480 }, output, "letterbox");
  assert.deepEqual(wide, { left: 0, top: 52, width: 416, height: 312 });
  const tall = letterboxOf({ width: 480, height: 640 }, output, "letterbox");
  assert.deepEqual(tall, { left: 52, top: 0, width: 312, height: 416 });
  const line = letterboxOf({ width: 9000, height: 1 }, output, "letterbox");
  assert.deepEqual(line, { left: 0, top: 207, width: 416, height: 1 });
  const side = fc.integer({ min: 1, max: 20000 });
  fc.assert(
    fc.property(side, side, side, side, (width, height, outputWidth, outputHeight) => {
      const size = { width: outputWidth, height: outputHeight };
      const box = letterboxOf({ width, height }, size, "letterbox");
      assert.ok(box.left >= 0 && box.left + box.width <= size.width && box.width >= 1);
      assert.ok(box.top >= 0 && box.top + box.height <= size.height && box.height >= 1);
      assert.ok(box.width === size.width || box.height === size.height);
    }),
    { seed: 12 },
  );
});

Deno.test("positionsOf() is exact up to the largest sizes", () => {
  const product = 2 ** 23 - 1;
  for (const count of [1, 2, 3, 47, 416, 1023, 8191]) {
    const size = Math.floor(product / count);
    positionsOf(size, count).forEach((position, output) => {
      const centre = BigInt(2 * output + 1) * BigInt(size) * 128n / BigInt(count) - 128n;
      const last = BigInt(size - 1) * 256n;
      const exact = centre < 0n ? 0n : centre > last ? last : centre;
      assert.equal(BigInt(position), exact);
    });
  }
});

Deno.test("a frame too large, empty or damaged is refused by every backend", async () => {
  const data = new Uint8Array(4);
  const wrong: [Frame, RegExp][] = [
    [{ width: 30000, height: 20, data }, /^Error: Cannot run: a frame of 30000×20 is too large$/],
    [{ width: 16385, height: 1, data }, /too large/],
    [{ width: 3, height: 2 ** 21, data }, /too large/],
    [{ width: 0, height: 5, data }, /has no pixels/],
    [{ width: 1.5, height: 2, data }, /has no pixels/],
    [{ width: 2, height: 2, data }, /a frame of 2×2 has 4 bytes/],
  ];
  for (const [frame, message] of wrong) {
    const made = caseOf({ ...USUAL, frame, width: 416, height: 8, fit: "stretch" });
    assert.throws(() => runReference(made, frame), message);
    for (const build of BUILDS) await assert.rejects(runKernel(build, made, frame), message);
    if (await trialBackend("packed")) await assert.rejects(runGpu(made, frame), message);
  }
});

Deno.test("image() is refused with channels, colours or bars that there are not", () => {
  const { plan, op } = caseOf({ ...USUAL, frame: makeFrame(1, 1, 1), width: 4, height: 4 });
  const checker = checkerOf(plan, "op 0 (image)");
  image.check(op, checker);
  const wrong: Partial<ImageOp>[] = [
    { order: [0, 1] },
    { order: [0, 1, 3] },
    { fill: [0, 1, 256] },
    { fill: [0] },
    { table: plan.data.length - 512 },
    { output: 1 },
  ];
  for (const change of wrong) {
    assert.throws(() => image.check({ ...op, ...change }, checker), /^Error: Cannot load the plan/);
  }
});
