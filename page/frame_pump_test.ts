import assert from "node:assert/strict";
import { FieldError } from "../field/errors.ts";
import type { Args, FrameResult } from "../field/messages.ts";
import { FakeCalls, FakeTiming } from "./fakes_for_tests.ts";
import { FramePump, type PumpPorts, restMs } from "./frame_pump.ts";
import type { Source } from "./sources/source.ts";
import { sleep } from "./timing.ts";

const sourceStatus = { id: "s", name: "Camera", kind: "camera" as const, since: 0, frames: 0 };
const good: FrameResult = { looked: true, detections: [], ms: 1 };

interface Options {
  readonly frame?: (args: Args<"frame">) => Promise<FrameResult> | FrameResult;
  readonly intervalMs?: number;
  readonly ports?: Partial<PumpPorts>;
}

function setUp({ frame = () => good, intervalMs = 0, ports }: Options = {}) {
  const timing = new FakeTiming();
  const calls = new FakeCalls({ "watch-start": () => sourceStatus, frame });
  const failures: string[] = [];
  const detections: unknown[] = [];
  const source = {
    kind: "camera",
    name: "Camera",
    size: { width: 2, height: 1 },
    intervalMs,
    nextPicture: () => Promise.resolve(),
    close: () => {},
  } as unknown as Source;
  const pump = new FramePump("s", source, {
    timing,
    calls,
    random: () => 1,
    wallMs: () => 1_000_000 + timing.now(),
    read: () => ({ width: 2, height: 1, rgba: new ArrayBuffer(8) }),
    place: () => undefined,
    battery: () => undefined,
    visible: () => Promise.resolve(),
    onDetections: (found) => detections.push(found),
    onFailure: (failure) => failures.push(failure.code),
    ...ports,
  });
  const abort = new AbortController();
  const frames = () => calls.made.filter((call) => call.kind === "frame");
  return { timing, calls, pump, abort, failures, detections, frames };
}

Deno.test("restMs() keeps to ten frames a second, and leaves a slow worker some rest", () => {
  assert.equal(restMs(0, 0), 100);
  assert.equal(restMs(30, 0), 70);
  assert.equal(restMs(95, 0), 19);
  assert.equal(restMs(400, 0), 80);
  assert.equal(restMs(30, 1_000), 970);
});

Deno.test("run() announces the source and hands over at most ten frames a second", async () => {
  const { timing, calls, pump, abort, frames } = setUp();
  const running = pump.run(abort.signal);
  await timing.pass(950);
  abort.abort();
  await running;
  assert.equal(calls.kinds()[0], "watch-start");
  assert.equal(calls.kinds().filter((kind) => kind === "watch-start").length, 1);
  assert.equal(frames().length, 10);
  const { source, width, height, at } = frames()[9].args;
  assert.deepEqual({ source, width, height, at }, {
    source: "s",
    width: 2,
    height: 1,
    at: 1_000_900,
  });
});

Deno.test("run() has one frame in flight, however slow the worker", async () => {
  const timing = new FakeTiming();
  let inFlight = 0;
  const { pump, abort, frames, failures } = setUp({
    frame: async () => {
      assert.equal(++inFlight, 1);
      await sleep(timing, 1_000, abort.signal);
      inFlight--;
      return good;
    },
    ports: { timing },
  });
  const running = pump.run(abort.signal);
  await timing.pass(3_700);
  abort.abort();
  await running;
  assert.equal(frames().length, 4); // at 0, 1.2, 2.4, 3.6 s
  assert.deepEqual(failures, []);
});

Deno.test("run() sends a still once a second", async () => {
  const { timing, pump, abort, frames } = setUp({ intervalMs: 1_000 });
  const running = pump.run(abort.signal);
  await timing.pass(4_500);
  abort.abort();
  await running;
  assert.equal(frames().length, 5);
});

Deno.test("run() announces anew after a lost worker, without a word the first time", async () => {
  let lost = 1;
  const { timing, calls, pump, abort, failures } = setUp({
    frame: () => {
      if (lost-- > 0) throw new FieldError("worker-lost", "restarted");
      return good;
    },
  });
  const running = pump.run(abort.signal);
  await timing.pass(1_000);
  abort.abort();
  await running;
  assert.deepEqual(calls.kinds().slice(0, 4), ["watch-start", "frame", "watch-start", "frame"]);
  assert.deepEqual(failures, []);
});

Deno.test("run() begins a source anew that the worker took for gone, without a word the first time", async () => {
  let gone = 1;
  const { timing, calls, pump, abort, failures } = setUp({
    frame: () => {
      if (gone-- > 0) throw new FieldError("bad-frame", "has not begun");
      return good;
    },
  });
  const running = pump.run(abort.signal);
  await timing.pass(1_000);
  abort.abort();
  await running;
  assert.deepEqual(calls.kinds().slice(0, 4), ["watch-start", "frame", "watch-start", "frame"]);
  assert.deepEqual(failures, []);
});

Deno.test("run() tells of a worker that stays lost, once", async () => {
  const { timing, pump, abort, failures } = setUp({
    frame: () => {
      throw new FieldError("worker-lost", "gone");
    },
  });
  const running = pump.run(abort.signal);
  await timing.pass(60_000);
  abort.abort();
  await running;
  assert.deepEqual(failures, ["worker-lost"]);
});

Deno.test("run() tells of a failure once, tries ever more rarely, and tells again after a success", async () => {
  let isBroken = true;
  const { timing, pump, abort, failures, frames } = setUp({
    frame: () => {
      if (isBroken) throw new FieldError("inference-failed", "no");
      return good;
    },
  });
  const running = pump.run(abort.signal);
  await timing.pass(60_000);
  assert.deepEqual(failures, ["inference-failed"]);
  const tries = frames().length;
  assert.ok(tries >= 6 && tries <= 12, `${tries} tries in a minute`);
  isBroken = false;
  await timing.pass(11_000);
  isBroken = true;
  await timing.pass(5_000);
  abort.abort();
  await running;
  assert.deepEqual(failures, ["inference-failed", "inference-failed"]);
});

Deno.test("run() takes a restart's strange words about its source for no failure", async () => {
  let isFirst = true;
  const all = setUp({
    frame: () => {
      if (!isFirst) return good;
      isFirst = false;
      all.pump.forget(); // the restart is heard just before the answer
      throw new FieldError("bad-message", "unknown source");
    },
  });
  const running = all.pump.run(all.abort.signal);
  await all.timing.pass(500);
  all.abort.abort();
  await running;
  assert.deepEqual(all.failures, []);
  assert.deepEqual(all.calls.kinds().slice(0, 4), ["watch-start", "frame", "watch-start", "frame"]);
});

Deno.test("run() waits while the page is hidden and goes on by itself", async () => {
  const seen = Promise.withResolvers<void>();
  const { timing, pump, abort, frames } = setUp({ ports: { visible: () => seen.promise } });
  const running = pump.run(abort.signal);
  await timing.pass(5_000);
  assert.equal(frames().length, 0);
  seen.resolve();
  await timing.pass(500);
  assert.ok(frames().length > 3);
  abort.abort();
  await running;
});

Deno.test("run() sends the place along when there is one, and nothing while there is no picture", async () => {
  const place = { latitude: 1, longitude: 2, accuracyM: 3 };
  const placed = setUp({ ports: { place: () => place } });
  const running = placed.pump.run(placed.abort.signal);
  await placed.timing.pass(50);
  placed.abort.abort();
  await running;
  assert.deepEqual(placed.frames()[0].args.place, place);

  const blind = setUp({ ports: { read: () => null } });
  const idling = blind.pump.run(blind.abort.signal);
  await blind.timing.pass(1_000);
  blind.abort.abort();
  await idling;
  assert.equal(blind.frames().length, 0);
});

Deno.test("run() tells the worker of the battery, as it is with each frame", async () => {
  let level = 0.5;
  const battery = () => ({ level, charging: false });
  const { timing, pump, abort, frames } = setUp({ ports: { battery } });
  const running = pump.run(abort.signal);
  await timing.pass(50);
  level = 0.25;
  await timing.pass(100);
  abort.abort();
  await running;
  assert.deepEqual(frames().map(({ args }) => args.battery), [
    { level: 0.5, charging: false },
    { level: 0.25, charging: false },
  ]);
  assert.ok(!("battery" in (await oneFrame(setUp())).args));
});

async function oneFrame({ timing, pump, abort, frames }: ReturnType<typeof setUp>) {
  const running = pump.run(abort.signal);
  await timing.pass(50);
  abort.abort();
  await running;
  return frames()[0];
}

Deno.test("run() waits as long as the worker asks for", async () => {
  const { timing, pump, abort, frames } = setUp({ frame: () => ({ ...good, restMs: 1_000 }) });
  const running = pump.run(abort.signal);
  await timing.pass(2_500);
  abort.abort();
  await running;
  assert.equal(frames().length, 3);
});

Deno.test("run() tells of detections only when the worker has looked, or nothing has changed since", async () => {
  let result: Partial<FrameResult> = { looked: false };
  const { timing, pump, abort, detections } = setUp({ frame: () => ({ ...good, ...result }) });
  const running = pump.run(abort.signal);
  await timing.pass(250);
  for (const why of ["newer", "busy", "ended"] as const) {
    result = { looked: false, why };
    await timing.pass(100);
  }
  assert.equal(detections.length, 0);
  result = { looked: true };
  await timing.pass(100);
  result = { looked: false, why: "still" };
  await timing.pass(100);
  abort.abort();
  await running;
  assert.equal(detections.length, 2);
});

Deno.test("announce() rejects with the worker's failure", async () => {
  const timing = new FakeTiming();
  const calls = new FakeCalls({
    "watch-start": () => {
      throw new FieldError("worker-missing", "none here");
    },
  });
  const { pump, abort } = setUp({ ports: { timing, calls } });
  await assert.rejects(pump.announce(abort.signal), { code: "worker-missing" });
});
