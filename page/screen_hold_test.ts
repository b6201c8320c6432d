import assert from "node:assert/strict";
import { ScreenHold } from "./screen_hold.ts";

function setUp() {
  const state = { held: 0, failures: 0 };
  const request = () => {
    state.held++;
    return Promise.resolve({ release: () => Promise.resolve(void state.held--) });
  };
  return { state, hold: new ScreenHold(request, () => state.failures++) };
}

Deno.test("hold() again replaces the lock, release() lets go", async () => {
  const { state, hold } = setUp();
  await hold.hold();
  await hold.hold();
  assert.equal(state.held, 1);
  await hold.release();
  await hold.release();
  assert.deepEqual(state, { held: 0, failures: 0 });
});

Deno.test("hold() lets go of a lock that comes after release()", async () => {
  const { state, hold } = setUp();
  const holding = hold.hold();
  await hold.release();
  await holding;
  assert.equal(state.held, 0);
});

Deno.test("hold() tells once when there is no lock to be had", async () => {
  let failures = 0;
  const refused = new ScreenHold(() => Promise.reject(new Error("battery")), () => failures++);
  await refused.hold();
  await refused.hold();
  assert.equal(failures, 1);
  await new ScreenHold(null, () => failures++).hold();
  assert.equal(failures, 2);
});
