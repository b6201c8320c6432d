import assert from "node:assert/strict";
import { coalesce } from "./coalesce.ts";

/** Work and waits that end when the test says so. */
function bench() {
  const runs: (() => void)[] = [];
  const waits: (() => void)[] = [];
  const request = coalesce(
    () => new Promise((resolve) => runs.push(resolve)),
    100,
    () => new Promise((resolve) => waits.push(resolve)),
  );
  return { request, runs, waits };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

Deno.test("coalesce() runs at once when nothing is under way", () => {
  const { request, runs } = bench();
  request();
  assert.equal(runs.length, 1);
});

Deno.test("coalesce() makes requests during a run into one more run, after the gap", async () => {
  const { request, runs, waits } = bench();
  request();
  request();
  request();
  runs[0]();
  await settled();
  assert.equal(runs.length, 1);
  waits[0]();
  await settled();
  assert.equal(runs.length, 2);
  runs[1]();
  await settled();
  waits[1]();
  await settled();
  assert.equal(runs.length, 2);
});

Deno.test("coalesce() runs again for a request during the gap and for one long after", async () => {
  const { request, runs, waits } = bench();
  request();
  runs[0]();
  await settled();
  request();
  waits[0]();
  await settled();
  assert.equal(runs.length, 2);
  runs[1]();
  await settled();
  waits[1]();
  await settled();
  request();
  assert.equal(runs.length, 3);
});
