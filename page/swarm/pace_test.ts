import assert from "node:assert/strict";
import fc from "fast-check";
import { Pace, STEP_MS } from "./pace.ts";

/** Steps as they fall due, each of which takes so long; gives the time after `forMs` and what was simulated. */
function runFor(pace: Pace, fromMs: number, forMs: number, stepTakesMs: number) {
  let [nowMs, simulatedMs] = [fromMs, 0];
  while (nowMs < fromMs + forMs) {
    nowMs += pace.untilDue(nowMs);
    const stepMs = pace.due(nowMs);
    nowMs += stepTakesMs;
    pace.ran(stepMs, nowMs);
    simulatedMs += stepMs;
  }
  return { nowMs, simulatedMs };
}

Deno.test("Pace keeps up with real time where a step takes less than it simulates", () => {
  const pace = new Pace(1_000);
  const { simulatedMs } = runFor(pace, 1_000, 10_000, STEP_MS / 2);
  assert.ok(Math.abs(simulatedMs - 10_000) <= 2 * STEP_MS, `${simulatedMs} ms`);
  assert.ok(pace.speed > 0.97, `speed ${pace.speed}`);
});

Deno.test("Pace runs slower, and says how slow, where a step takes longer than it simulates", () => {
  const pace = new Pace(0);
  const { simulatedMs } = runFor(pace, 0, 10_000, 2.5 * STEP_MS);
  assert.ok(Math.abs(simulatedMs - 4_000) <= 2 * STEP_MS, `${simulatedMs} ms`);
  assert.ok(Math.abs(pace.speed - 0.4) < 0.02, `speed ${pace.speed}`);
});

Deno.test("Pace makes up for a hiccup and not for a long stop", () => {
  const hiccup = new Pace(0);
  hiccup.ran(STEP_MS, 150);
  assert.equal(hiccup.due(150), STEP_MS);
  hiccup.ran(STEP_MS, 150);
  assert.equal(hiccup.due(150), STEP_MS);
  const stop = new Pace(0);
  stop.ran(STEP_MS, 60_000);
  let steps = 0;
  for (; stop.due(60_000) > 0; steps++) stop.ran(STEP_MS, 60_000);
  assert.equal(steps, 4);
});

Deno.test("Pace is never ahead of real time, however long steps take", () => {
  const takes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(takes, (all) => {
      const pace = new Pace(0);
      let [nowMs, simulatedMs] = [0, 0];
      for (const takesMs of all) {
        nowMs += pace.untilDue(nowMs);
        const stepMs = pace.due(nowMs);
        simulatedMs += stepMs;
        assert.ok(simulatedMs <= nowMs, `${simulatedMs} of ${nowMs} ms`);
        nowMs += takesMs;
        pace.ran(stepMs, nowMs);
      }
    }),
    { seed: 7 },
  );
});
