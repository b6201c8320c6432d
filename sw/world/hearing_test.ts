import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { Hearing } from "./hearing.ts";

const heardAt = (lastAtMs: number) => [{ id: idOf(1), pose: null, lastAtMs }];
const [START, SECOND] = [1_800_000_000_000, 1_000];

/** Since when it is silent, seconds; a tick each second. */
function silentFor(hearing: Hearing, lastAtMs: number, nowMs: number): number {
  return (nowMs - hearing.beats(heardAt(lastAtMs), nowMs)[0].atMs) / SECOND;
}

function ticked(fromMs: number, toMs: number): Hearing {
  const hearing = new Hearing(fromMs);
  for (let ms = fromMs; ms <= toMs; ms += SECOND) hearing.tick(ms);
  return hearing;
}

Deno.test("beats() takes an agent for there between two of its beats, and from its last word on when one was missed", () => {
  const hearing = ticked(START, START + 30 * SECOND);
  assert.equal(silentFor(hearing, START, START + 20 * SECOND), 0);
  assert.equal(silentFor(hearing, START, START + 21 * SECOND), 21);
});

Deno.test("beats() does not take for silence that this device was asleep; who was silent before stays so", () => {
  const hearing = ticked(START, START + 30 * SECOND);
  const wokeMs = START + 630 * SECOND;
  assert.equal(silentFor(hearing, START + 25 * SECOND, wokeMs), 0);
  assert.equal(silentFor(hearing, START, wokeMs), 630);
  for (let ms = wokeMs; ms <= wokeMs + 25 * SECOND; ms += SECOND) hearing.tick(ms);
  assert.equal(silentFor(hearing, START + 25 * SECOND, wokeMs + 25 * SECOND), 25);
  const [{ agent, position }] = hearing.beats([{
    ...{ id: idOf(2), lastAtMs: wokeMs },
    pose: {
      ...{ position: [1, 2], heightM: 3, headingDeg: 0, tiltDeg: 0, fovDeg: 60 },
      ...{ aspect: 1, rangeM: 9 },
    },
  }], wokeMs);
  assert.deepEqual([agent, position], [idOf(2), [1, 2]]);
});
