import assert from "node:assert/strict";
import { FakeTiming } from "../fakes_for_tests.ts";
import { aimOf, type OrientationReading, readCameraAim } from "./camera_aim.ts";

function reading(alpha: number | null, beta: number, gamma: number): OrientationReading {
  return { alpha, beta, gamma, absolute: true };
}

function near(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-6, `${actual}`);
}

Deno.test("aimOf() of a device held upright is level, and turns against alpha", () => {
  for (const [alpha, heading] of [[0, 0], [270, 90], [180, 180], [90, 270]]) {
    const aim = aimOf(reading(alpha, 90, 0));
    near(aim?.heading?.deg, heading);
    near(aim?.tilt?.deg, 0);
  }
});

Deno.test("aimOf() of a device leaning forward looks down by that, whichever side is up", () => {
  near(aimOf(reading(0, 70, 0))?.tilt?.deg, 20);
  near(aimOf(reading(0, 110, 0))?.tilt?.deg, -20);
  // on its left side: it is gamma that tilts, and the camera looks to the left of where the top points
  const landscape = aimOf(reading(0, 0, 70));
  near(landscape?.tilt?.deg, 20);
  near(landscape?.heading?.deg, 270);
});

Deno.test("aimOf() of a device that lies flat looks straight down and has no heading", () => {
  const aim = aimOf(reading(40, 0, 0));
  near(aim?.tilt?.deg, 90);
  assert.equal(aim?.heading, null);
});

Deno.test("aimOf() has no heading without a compass, and takes iOS's with its own doubt", () => {
  const upright = { alpha: 12, beta: 90, gamma: 0, absolute: false };
  assert.equal(aimOf(upright)?.heading, null);
  const ios = { ...upright, webkitCompassHeading: 90, webkitCompassAccuracy: 25 };
  near(aimOf(ios)?.heading?.deg, 90);
  assert.equal(aimOf(ios)?.heading?.errorDeg, 25);
  assert.equal(aimOf({ ...ios, webkitCompassAccuracy: -1 })?.heading, null);
  assert.equal(aimOf({ alpha: null, beta: null, gamma: null, absolute: false }), null);
});

function setUp(answer: "granted" | "denied" = "granted") {
  const timing = new FakeTiming();
  const said = { take: (_: OrientationReading) => {}, isOver: false };
  const aim = readCameraAim({
    timing,
    ask: () => Promise.resolve(answer),
    listen(take) {
      said.take = take;
      return () => void (said.isOver = true);
    },
  });
  return { timing, said, aim };
}

Deno.test("readCameraAim() takes the first reading with a compass, and stops listening", async () => {
  const { timing, said, aim } = setUp();
  await timing.pass(100);
  said.take({ ...reading(null, 70, 0), absolute: false });
  said.take(reading(270, 70, 0));
  near((await aim).heading?.deg, 90);
  assert.ok(said.isOver);
  assert.equal(timing.pending, 0);
});

Deno.test("readCameraAim() takes the tilt alone when no compass speaks up", async () => {
  const { timing, said, aim } = setUp();
  await timing.pass(100);
  said.take({ ...reading(null, 70, 0), absolute: false });
  await timing.pass(1_000);
  near((await aim).tilt?.deg, 20);
  assert.equal((await aim).heading, null);
});

Deno.test("readCameraAim() says what to do when it is denied, and when there are no sensors", async () => {
  await assert.rejects(setUp("denied").aim, { code: "place-denied" });
  const { timing, said, aim } = setUp();
  const outcome = assert.rejects(aim, { code: "place-missing" });
  await timing.pass(3_000);
  await outcome;
  assert.ok(said.isOver);
});
