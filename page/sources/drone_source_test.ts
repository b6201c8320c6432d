import assert from "node:assert/strict";
import { FakeTiming } from "../fakes_for_tests.ts";
import { type DroneFrame, openDrone } from "./drone_source.ts";

const pose = {
  ...{ position: [1, 2] as const, heightM: 20, headingDeg: 90, tiltDeg: 60 },
  ...{ fovDeg: 60, aspect: 2, rangeM: 80 },
};

function frameOf(width: number, height: number): DroneFrame {
  return { width, height, rgba: new ArrayBuffer(width * height * 4), pose };
}

function setUp(frames: (DroneFrame | null)[]) {
  const timing = new FakeTiming();
  let resized = 0;
  const element = {} as HTMLCanvasElement;
  const drone = {
    kind: "drone" as const,
    name: "Drone 3",
    element,
    frames,
    // by `this`, as a class's method would
    nextFrame() {
      return Promise.resolve(this.frames.shift() ?? null);
    },
  };
  const source = openDrone(drone, timing, { resized: () => resized++ });
  return { timing, source, element, resized: () => resized };
}

const { signal } = new AbortController();

Deno.test("openDrone() hands each frame over once, with its pose", async () => {
  const frame = frameOf(4, 2);
  const { source, element } = setUp([frame]);
  assert.deepEqual([source.kind, source.name, source.element], ["drone", "Drone 3", element]);
  await source.nextPicture(signal);
  assert.deepEqual(source.frame?.(), frame);
  assert.equal(source.frame?.(), null, "it has been handed over");
});

Deno.test("openDrone() tells of a new size, and only of a new one", async () => {
  const { source, resized } = setUp([frameOf(4, 2), frameOf(4, 2), frameOf(2, 4)]);
  assert.deepEqual(source.size, { width: 0, height: 0 });
  for (const after of [1, 1, 2]) {
    await source.nextPicture(signal);
    assert.equal(resized(), after);
  }
  assert.deepEqual(source.size, { width: 2, height: 4 });
});

Deno.test("openDrone() asks again later when there is nothing new, until it is called off", async () => {
  const { source, timing } = setUp([null, null, frameOf(4, 2)]);
  let isThere = false;
  const coming = source.nextPicture(signal).then(() => isThere = true);
  await timing.pass(150);
  assert.equal(isThere, false);
  await timing.pass(100);
  await coming;
  const abort = new AbortController();
  const never = source.nextPicture(abort.signal);
  await timing.pass(50);
  abort.abort(new Error("over"));
  await assert.rejects(never, /over/);
});

Deno.test("close() drops the frame that was not taken", async () => {
  const { source } = setUp([frameOf(4, 2)]);
  await source.nextPicture(signal);
  source.close();
  assert.equal(source.frame?.(), null);
});
