import assert from "node:assert/strict";
import type { PlacedDetection } from "../world/world_tracker.ts";
import { Flight, FLIGHT_STEP_MS, searchLoop } from "./flight.ts";
import { Mission } from "./mission.ts";

const PLACE = [30, 30] as const;

function seenAt(east: number, north: number): PlacedDetection {
  const covariance = [1, 0, 1] as const;
  return { label: "person", confidence: 0.7, position: [east, north], covariance };
}

/** Flies it, with a look four times a second that shows this; what it found out, and when it was over. */
function flown(seen: readonly PlacedDetection[], looksEveryMs = 250) {
  const loop = searchLoop(0);
  const flight = new Flight(loop, loop[0], 1);
  const mission = new Mission("a:1", PLACE);
  const found: string[] = [];
  for (let ms = 0; ms < 30_000; ms += FLIGHT_STEP_MS) {
    if (ms % looksEveryMs === 0) mission.looked(seen, PLACE, ms);
    const one = mission.fly(flight, ms);
    if (one) found.push(one);
    if (one === "over") break;
  }
  return { found, position: flight.position };
}

Deno.test("Mission finds what is there, and returns to where its drone left its way", () => {
  const { found, position } = flown([seenAt(31, 29)]);
  assert.deepEqual(found, ["there", "over"]);
  const [next] = new Flight(searchLoop(0), searchLoop(0)[0], 1).path;
  assert.ok(Math.hypot(position[0] - next[0], position[1] - next[1]) < 1);
});

Deno.test("Mission says that nothing is there only after three looks at it", () => {
  assert.deepEqual(flown([]).found, ["not there", "over"]);
  assert.deepEqual(flown([seenAt(40, 30)]).found, ["not there", "over"]);
  assert.deepEqual(flown([], 1e6).found, ["unknown", "over"]);
});
