import assert from "node:assert/strict";
import { PlaceWatch } from "./place_watch.ts";

const DENIED = 1;
const UNAVAILABLE = 2;

function setUp() {
  const state = { nowMs: 1_000_000, watches: 0, denied: 0, failures: [] as string[] };
  let onFix: PositionCallback = () => {};
  let onError: PositionErrorCallback = () => {};
  const watch = new PlaceWatch({
    geolocation: {
      watchPosition(success, failure) {
        onFix = success;
        onError = failure ?? onError;
        return ++state.watches;
      },
      clearWatch: () => void state.watches--,
    },
    wallMs: () => state.nowMs,
    onFailure: (failure) => state.failures.push(failure.message),
    onDenied: () => state.denied++,
  });
  const fix = (latitude: number, timestamp = state.nowMs) =>
    onFix({ coords: { latitude, longitude: 2, accuracy: 7 }, timestamp } as GeolocationPosition);
  const fail = (code: number) =>
    onError({ code, message: "why", PERMISSION_DENIED: DENIED } as GeolocationPositionError);
  return { state, watch, fix, fail };
}

Deno.test("place() is the latest fix with its accuracy, until it is five minutes old", () => {
  const { state, watch, fix } = setUp();
  watch.start();
  assert.equal(watch.place(), undefined);
  fix(1);
  fix(5);
  assert.deepEqual(watch.place(), { latitude: 5, longitude: 2, accuracyM: 7 });
  state.nowMs += 300_000;
  assert.ok(watch.place());
  state.nowMs += 1;
  assert.equal(watch.place(), undefined);
});

Deno.test("stop() forgets where the device was", () => {
  const { state, watch, fix } = setUp();
  watch.start();
  watch.start();
  assert.equal(state.watches, 1);
  fix(1);
  watch.stop();
  watch.stop();
  assert.deepEqual([state.watches, watch.place()], [0, undefined]);
});

Deno.test("a refusal ends the watch and is told", () => {
  const { state, watch, fail } = setUp();
  watch.start();
  fail(DENIED);
  assert.deepEqual([state.watches, state.denied, state.failures.length], [0, 1, 1]);
});

Deno.test("a missing position is told once, until there has been one", () => {
  const { state, watch, fix, fail } = setUp();
  watch.start();
  fail(UNAVAILABLE);
  fail(UNAVAILABLE);
  assert.deepEqual([state.watches, state.denied, state.failures.length], [1, 0, 1]);
  fix(1);
  fail(UNAVAILABLE);
  assert.equal(state.failures.length, 2);
});

Deno.test("start() denies at once where the browser has no geolocation", () => {
  let denied = 0;
  const failures: string[] = [];
  const watch = new PlaceWatch({
    geolocation: null,
    wallMs: () => 0,
    onFailure: (failure) => failures.push(failure.message),
    onDenied: () => denied++,
  });
  watch.start();
  assert.deepEqual([denied, failures.length], [1, 1]);
});
