import assert from "node:assert/strict";
import { timeRuns } from "./stopwatch.ts";

/** A clock that only runs take time of. */
function clock(msOf: (run: number) => number) {
  let [ms, runs] = [0, 0];
  return {
    now: () => ms,
    run: () => {
      ms += msOf(runs++);
      return Promise.resolve();
    },
  };
}

Deno.test("timeRuns() of long runs gives each one's time, until the budget is used", async () => {
  const { run, now } = clock((run) => 40 + run);
  assert.deepEqual(await timeRuns(run, 100, now), [40, 41, 42]);
});

Deno.test("timeRuns() of short runs times many at once and divides", async () => {
  const { run, now } = clock(() => 0.25);
  const samples = await timeRuns(run, 100, now);
  assert.ok(samples.length >= 5, `${samples.length} samples`);
  assert.ok(samples.every((ms) => ms === 0.25));
});

Deno.test("timeRuns() gives a sample even when the first run uses up the budget", async () => {
  const { run, now } = clock(() => 500);
  assert.deepEqual(await timeRuns(run, 100, now), [500]);
});
