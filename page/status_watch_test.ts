import assert from "node:assert/strict";
import { FakeTiming, someStatus } from "./fakes_for_tests.ts";
import { StatusWatch } from "./status_watch.ts";

function setUp(visible: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()) {
  const timing = new FakeTiming();
  const state = { asked: 0, told: 0, fails: false };
  const watch = new StatusWatch({
    timing,
    status: () => {
      state.asked++;
      return state.fails ? Promise.reject(new Error("lost")) : Promise.resolve(someStatus);
    },
    visible,
    onStatus: () => state.told++,
  });
  const abort = new AbortController();
  return { timing, state, watch, abort, running: watch.run(abort.signal) };
}

Deno.test("run() asks every five seconds", async () => {
  const { timing, state, abort, running } = setUp();
  await timing.pass(14_900);
  assert.equal(state.told, 3);
  abort.abort();
  await running;
  assert.equal(timing.pending, 0);
});

Deno.test("refresh() asks at most four times a second, and once more after the last of them", async () => {
  const { timing, state, watch, abort, running } = setUp();
  await timing.pass(1_000);
  assert.equal(state.asked, 1);
  for (let at = 0; at < 100; at++) {
    watch.refresh();
    await timing.pass(10);
  }
  assert.ok(state.asked >= 4 && state.asked <= 6, `${state.asked} in a second`);
  const { asked } = state;
  watch.refresh();
  await timing.pass(300);
  assert.ok(state.asked > asked);
  const quiet = state.asked;
  await timing.pass(2_000);
  assert.equal(state.asked, quiet);
  abort.abort();
  await running;
});

Deno.test("refresh() just after an answer is not forgotten", async () => {
  const { timing, state, watch, abort, running } = setUp();
  await timing.pass(50);
  watch.refresh();
  await timing.pass(1_000);
  assert.equal(state.asked, 2);
  abort.abort();
  await running;
});

Deno.test("run() does not ask by itself while nobody looks, but does when something has changed", async () => {
  const hidden = (signal: AbortSignal) =>
    new Promise<void>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true })
    );
  const { timing, state, watch, abort, running } = setUp(hidden);
  await timing.pass(60_000);
  assert.equal(state.asked, 1);
  watch.refresh();
  await timing.pass(1_000);
  assert.equal(state.asked, 2);
  abort.abort();
  await running;
});

Deno.test("run() outlives a failure to ask", async () => {
  const { timing, state, abort, running } = setUp();
  state.fails = true;
  await timing.pass(6_000);
  state.fails = false;
  await timing.pass(5_000);
  abort.abort();
  await running;
  assert.equal(state.told, 2);
});
