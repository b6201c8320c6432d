import assert from "node:assert/strict";
import { FieldError } from "../field/errors.ts";
import type { Args, CallKind, Results } from "../field/messages.ts";
import { Capturing, type OpenSource } from "./capture.ts";
import { FakeCalls, FakeTiming, settled } from "./fakes_for_tests.ts";
import type { Capture } from "./fieldmesh.ts";
import type { Source, SourceEvents } from "./sources/source.ts";

type Handlers = { [K in CallKind]?: (args: Args<K>) => Results[K] | Promise<Results[K]> };

class FakeSources {
  readonly opened: { readonly events: SourceEvents; isClosed: boolean }[] = [];
  /** What the next open waits for. */
  gate: Promise<void> = Promise.resolve();

  readonly open: OpenSource = async (choice, events) => {
    const made = { events, isClosed: false };
    await this.gate;
    this.opened.push(made);
    return {
      kind: choice instanceof File ? "file" : choice,
      name: String(choice),
      element: {},
      size: { width: 4, height: 2 },
      intervalMs: 0,
      nextPicture: () => Promise.resolve(),
      close: () => void (made.isClosed = true),
    } as unknown as Source;
  };
}

function setUp(
  { handlers, placeWanted = false }: { handlers?: Handlers; placeWanted?: boolean } = {},
) {
  const timing = new FakeTiming();
  const sources = new FakeSources();
  const calls = new FakeCalls({
    "watch-start": ({ source }) => ({ ...source, since: 0, frames: 0 }),
    "watch-stop": () => null,
    frame: () => ({ looked: true, detections: [], ms: 1 }),
    ...handlers,
  });
  const seen = { captures: [] as (Capture | null)[], failures: [] as string[], position: "" };
  const page = { isHidden: false, holds: 0, screen: "off", restart: () => {} };
  const worker = {
    call: calls.call.bind(calls),
    hold: () => {
      page.holds++;
      return () => void page.holds--;
    },
    onRestart: (listener: (boot: string) => void) => {
      page.restart = () => listener("boot-2");
      return () => {};
    },
  };
  let ids = 0;
  const capturing = new Capturing({
    timing,
    worker,
    open: sources.open,
    random: () => 1,
    wallMs: () => 5,
    newId: () => `source-${ids++}`,
    battery: () => undefined,
    read: () => ({ width: 1, height: 1, rgba: new ArrayBuffer(4) }),
    visible: () => Promise.resolve(),
    isHidden: () => page.isHidden,
    screen: {
      hold: () => Promise.resolve(void (page.screen = "on")),
      release: () => Promise.resolve(void (page.screen = "off")),
    },
    position: {
      start: () => void (seen.position += "+"),
      stop: () => void (seen.position += "-"),
      place: () => ({ latitude: 1, longitude: 2, accuracyM: 3 }),
    },
    onCapture: (capture) => seen.captures.push(capture),
    onDetections: () => {},
    onFailure: (failure, trying) => seen.failures.push(`${failure.code}: ${trying}`),
  }, placeWanted);
  return { timing, sources, calls, capturing, seen, page };
}

Deno.test("start() resolves when the worker knows of the source; frames follow", async () => {
  const { timing, calls, capturing, seen, page } = setUp();
  const capture = await capturing.start("camera");
  assert.equal(capture.state, "live");
  assert.deepEqual([capture.id, capture.kind, capture.width, capture.height], [
    "source-0",
    "camera",
    4,
    2,
  ]);
  await timing.pass(300);
  assert.deepEqual(calls.kinds().slice(0, 3), ["watch-start", "frame", "frame"]);
  assert.deepEqual([page.holds, page.screen, seen.position], [1, "on", ""]);
  await capturing.stop();
});

Deno.test("stop() closes the source and has the worker complete what is in view", async () => {
  const { timing, sources, calls, capturing, seen, page } = setUp();
  await capturing.start("demo");
  await capturing.stop();
  assert.equal(capturing.current, null);
  assert.equal(seen.captures.at(-1), null);
  assert.ok(sources.opened[0].isClosed);
  assert.deepEqual([page.holds, page.screen], [0, "off"]);
  assert.deepEqual(calls.made.at(-1), { kind: "watch-stop", args: { source: "source-0" } });
  const made = calls.made.length;
  await timing.pass(5_000);
  assert.equal(calls.made.length, made, "no frame after the end");
  await capturing.stop();
  assert.equal(calls.made.length, made, "stopping nothing says nothing");
});

Deno.test("start() ends the former watch first", async () => {
  const { sources, calls, capturing } = setUp();
  await capturing.start("camera");
  await capturing.start("demo");
  assert.ok(sources.opened[0].isClosed && !sources.opened[1].isClosed);
  const said = calls.made.filter((call) => call.kind !== "frame").map((call) => call.kind);
  assert.deepEqual(said, ["watch-start", "watch-stop", "watch-start"]);
  await capturing.stop();
});

Deno.test("start() is called off by a later start, also while the user is being asked", async () => {
  const { sources, capturing, seen } = setUp();
  const prompt = Promise.withResolvers<void>();
  sources.gate = prompt.promise;
  const first = capturing.start("camera");
  sources.gate = Promise.resolve();
  const second = capturing.start("demo");
  await assert.rejects(first, FieldError);
  assert.equal((await second).kind, "demo");
  prompt.resolve();
  await settled();
  assert.equal(sources.opened.length, 2);
  assert.deepEqual(sources.opened.map((one) => one.isClosed), [false, true]);
  assert.equal(capturing.current?.kind, "demo");
  assert.deepEqual(seen.failures, []);
  await capturing.stop();
});

Deno.test("start() leaves one source open, at whatever instant another start comes", async () => {
  for (let turns = 0; turns < 20; turns++) {
    const { sources, capturing, page } = setUp();
    const first = capturing.start("camera").catch(() => {});
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    const { kind } = await capturing.start("demo");
    await first;
    await settled();
    assert.equal(kind, "demo");
    assert.equal(sources.opened.filter((one) => !one.isClosed).length, 1, `${turns} turns`);
    assert.deepEqual([capturing.current?.kind, page.holds], ["demo", 1]);
    await capturing.stop();
  }
});

Deno.test("start() is called off by stop()", async () => {
  const { sources, capturing, page } = setUp();
  const prompt = Promise.withResolvers<void>();
  sources.gate = prompt.promise;
  const start = capturing.start("camera");
  await capturing.stop();
  await assert.rejects(start, FieldError);
  prompt.resolve();
  await settled();
  assert.ok(sources.opened[0].isClosed);
  assert.deepEqual([capturing.current, page.holds], [null, 0]);
});

Deno.test("start() rejects with the worker's failure and leaves nothing open", async () => {
  const { sources, capturing, page } = setUp({
    handlers: {
      "watch-start": () => {
        throw new FieldError("worker-missing", "none");
      },
    },
  });
  await assert.rejects(capturing.start("camera"), { code: "worker-missing" });
  assert.ok(sources.opened[0].isClosed);
  assert.deepEqual([capturing.current, page.holds], [null, 0]);
});

Deno.test("a source that breaks is told of, shown as ended, and completed at the worker", async () => {
  const { sources, calls, capturing, seen } = setUp();
  await capturing.start("camera");
  sources.opened[0].events.broken(new FieldError("camera-lost", "unplugged"));
  await settled();
  assert.deepEqual(seen.failures, ["camera-lost: Watching camera"]);
  assert.deepEqual(seen.captures.slice(-2).map((one) => one?.state), ["ended", undefined]);
  assert.equal(calls.made.at(-1)?.kind, "watch-stop");
  sources.opened[0].events.broken(new FieldError("camera-lost", "again"));
  assert.equal(seen.failures.length, 1);
});

Deno.test("capture is paused while the page is hidden or the source stalls", async () => {
  const { sources, capturing, page } = setUp();
  await capturing.start("camera");
  page.isHidden = true;
  capturing.visibilityChanged();
  assert.equal(capturing.current?.state, "paused");
  page.isHidden = false;
  page.screen = "taken away";
  capturing.visibilityChanged();
  assert.deepEqual([capturing.current?.state, page.screen], ["live", "on"]);
  sources.opened[0].events.stalled();
  assert.equal(capturing.current?.state, "paused");
  sources.opened[0].events.flowing();
  assert.equal(capturing.current?.state, "live");
  await capturing.stop();
});

Deno.test("a restarted worker is told of the source again", async () => {
  const { timing, calls, capturing, page } = setUp();
  await capturing.start("camera");
  await timing.pass(200);
  page.restart();
  await timing.pass(200);
  const starts = calls.made.filter((call) => call.kind === "watch-start");
  assert.deepEqual(starts.map((call) => call.args.source), [
    { id: "source-0", name: "camera", kind: "camera" },
    { id: "source-0", name: "camera", kind: "camera" },
  ]);
  await capturing.stop();
});

Deno.test("leavePage() ends the watch at the worker; a page that comes back announces it anew", async () => {
  const { timing, calls, capturing } = setUp();
  await capturing.start("camera");
  await timing.pass(150);
  capturing.leavePage();
  await timing.pass(200);
  const said = calls.made.filter((call) => call.kind !== "frame").map((call) => call.kind);
  assert.deepEqual(said, ["watch-start", "watch-stop", "watch-start"]);
  await capturing.stop();
});

Deno.test("place goes with frames only while it is wanted", async () => {
  const { timing, calls, capturing, seen } = setUp({ placeWanted: true });
  await capturing.start("camera");
  await timing.pass(50);
  assert.ok(calls.made.at(-1)?.args.place);
  capturing.setPlace(false);
  await timing.pass(100);
  assert.equal(calls.made.at(-1)?.args.place, undefined);
  assert.equal(seen.position, "+-");
  await capturing.stop();
});

Deno.test("setPlace() asks at once, and stops looking when nothing is watched", async () => {
  const { timing, capturing, seen } = setUp();
  capturing.setPlace(true);
  assert.equal(seen.position, "+");
  await timing.pass(60_000);
  assert.equal(seen.position, "+-");
});
