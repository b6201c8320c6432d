import assert from "node:assert/strict";
import { EngineTrial, medianOf, worthIt } from "./engine_trial.ts";

/** The steps of a whole trial, each done as it is asked for. */
function stepsOf(trial: EngineTrial, ms = { gpu: 1, wasm: 1 }): string[] {
  const steps: string[] = [];
  for (let step = trial.next; step !== null; step = trial.next) {
    steps.push(step);
    if (step === "check") trial.checked();
    else trial.took(step, ms[step]);
  }
  return steps;
}

Deno.test("EngineTrial checks first, then takes turns, nine each", () => {
  const turns = Array.from({ length: 9 }, () => ["gpu", "wasm"]).flat();
  const trial = new EngineTrial({ measures: true });
  assert.equal(trial.times, null);
  assert.deepEqual(stepsOf(trial, { gpu: 5, wasm: 7 }), ["check", "check", "check", ...turns]);
  assert.deepEqual(trial.times, { gpuMs: 5, wasmMs: 7 });
});

Deno.test("EngineTrial only checks where the times are known", () => {
  const trial = new EngineTrial({ measures: false });
  assert.deepEqual(stepsOf(trial), ["check", "check", "check"]);
  assert.equal(trial.times, null);
});

Deno.test("EngineTrial gives medians: a few slow runs do not count", () => {
  const trial = new EngineTrial({ measures: true });
  for (const _ of [1, 2, 3]) trial.checked();
  for (let n = 0; n < 9; n++) {
    trial.took("gpu", n < 4 ? 500 : 5);
    trial.took("wasm", n % 2 === 0 ? 8 : 9);
  }
  assert.deepEqual(trial.times, { gpuMs: 5, wasmMs: 8 });
});

Deno.test("worthIt() wants the GPU to be a tenth faster", () => {
  assert.equal(worthIt({ gpuMs: 9, wasmMs: 10 }), true);
  assert.equal(worthIt({ gpuMs: 9.1, wasmMs: 10 }), false);
  assert.equal(worthIt({ gpuMs: 20, wasmMs: 10 }), false);
  assert.equal(worthIt({ gpuMs: NaN, wasmMs: 10 }), false);
});

Deno.test("medianOf() is NaN of nothing", () => {
  assert.equal(medianOf([]), NaN);
  assert.equal(medianOf([3]), 3);
  assert.equal(medianOf([10, 9, 100]), 10);
});
