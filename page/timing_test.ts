import assert from "node:assert/strict";
import { FakeTiming } from "./fakes_for_tests.ts";
import { sleep } from "./timing.ts";

Deno.test("sleep() resolves after its time and not before", async () => {
  const timing = new FakeTiming();
  let isOver = false;
  const slept = sleep(timing, 100, new AbortController().signal).then(() => isOver = true);
  await timing.pass(99);
  assert.equal(isOver, false);
  await timing.pass(1);
  await slept;
});

Deno.test("sleep() rejects with the signal's reason and leaves no timer", async () => {
  const timing = new FakeTiming();
  const abort = new AbortController();
  const slept = sleep(timing, 100, abort.signal);
  abort.abort(new Error("enough"));
  await assert.rejects(slept, /enough/);
  assert.equal(timing.pending, 0);
  await assert.rejects(sleep(timing, 100, abort.signal), /enough/);
  assert.equal(timing.pending, 0);
});
