import assert from "node:assert/strict";
import fc from "fast-check";
import type { Vector } from "../world/world_track.ts";
import { Flight, FLIGHT_STEP_MS, searchLoop, SPEED_M_S } from "./flight.ts";
import { groundOf } from "./layout.ts";

const STEP_M = SPEED_M_S * FLIGHT_STEP_MS / 1000;
const LOOP = searchLoop(1);

function moved([x, y]: Vector, [a, b]: Vector): number {
  return Math.hypot(x - a, y - b);
}

Deno.test("Flight.search() goes round at constant speed, turns within its rate and keeps to its strip", () => {
  const flight = new Flight(LOOP, LOOP[3], 0);
  const [wests, norths] = [LOOP.map(([x]) => x), LOOP.map(([, y]) => y)];
  const passed = new Set<string>();
  for (let step = 0; step < 600; step++) {
    const [before, course] = [flight.position, flight.course];
    flight.search();
    assert.ok(moved(before, flight.position) <= STEP_M + 1e-9);
    const cos = course[0] * flight.course[0] + course[1] * flight.course[1];
    assert.ok(Math.acos(Math.min(1, cos)) <= 0.2);
    const [east, north] = flight.position;
    assert.ok(east > Math.min(...wests) - 3 && east < Math.max(...wests) + 3, `east ${east}`);
    assert.ok(north > Math.min(...norths) - 4 && north < Math.max(...norths) + 4, `north ${north}`);
    passed.add(`${flight.path[0]}`);
  }
  assert.equal(passed.size, LOOP.length);
});

Deno.test("Flight.goTo() reaches any place of the ground from any other, and stays there", () => {
  const [width, height] = groundOf(5);
  const place = fc.tuple(
    fc.double({ min: 10, max: width - 10, noNaN: true }),
    fc.double({
      ...{ min: 10, max: height - 10, noNaN: true },
    }),
  );
  fc.assert(
    fc.property(place, place, fc.nat(200), (from, to, warmUp) => {
      const flight = new Flight(LOOP, from, 0);
      for (let step = 0; step < warmUp; step++) flight.search();
      const far = moved(flight.position, to);
      let steps = 0;
      while (!flight.goTo(to)) assert.ok(++steps < 60 + far / STEP_M, `${flight.position}`);
      assert.ok(moved(flight.position, to) < 1 && !flight.isMoving);
    }),
    { numRuns: 300, seed: 1 },
  );
});

Deno.test("searchLoop() gives each drone a part of its own", () => {
  const middles = [0, 1, 2].map((drone) => searchLoop(drone).reduce((sum, [x]) => sum + x, 0) / 4);
  assert.ok(Math.abs(middles[1] - middles[0] - (middles[2] - middles[1])) < 1e-9);
  assert.ok(middles[1] - middles[0] > 10);
});
