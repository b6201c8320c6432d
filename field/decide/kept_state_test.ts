import assert from "node:assert/strict";
import fc from "fast-check";
import { anySteps, EVERY_KIND, TrialDecider } from "../../tests/fixtures/decisions.ts";
import { sealValue, unsealValue } from "../store/sealed_value.ts";
import { EMPTY_STATE } from "./decide_state.ts";
import { isDecision } from "./decision_shape.ts";
import { packState, unpackState } from "./kept_state.ts";

/** As a store gives back what it was given. */
const kept = (value: unknown): unknown => unsealValue(sealValue(value))?.value;

Deno.test("unpackState() and isDecision() know what a decider remembered and decided, from a disk", () => {
  let decided = 0;
  fc.assert(
    fc.property(anySteps, (steps) => {
      const trial = new TrialDecider(EVERY_KIND);
      for (const { atMs, ...inputs } of steps) trial.step(atMs, inputs);
      assert.deepEqual(unpackState(kept(packState(trial.state))), trial.state);
      for (const one of trial.all) {
        const read = kept(one);
        assert.ok(isDecision(read), JSON.stringify(one));
        assert.deepEqual(read, one);
      }
      decided += trial.all.length;
    }),
    { seed: 21, numRuns: 200 },
  );
  assert.ok(decided > 300, `${decided}`);
});

Deno.test("unpackState() remembers nothing where it is damaged or of another version; isDecision() refuses", () => {
  const trial = new TrialDecider(EVERY_KIND);
  const [steps] = fc.sample(anySteps.filter((some) => some.length > 5), { seed: 3, numRuns: 1 });
  for (const { atMs, ...inputs } of steps) trial.step(atMs, inputs);
  const good = kept(packState(trial.state)) as Record<string, unknown>;
  assert.notDeepEqual(unpackState(good), EMPTY_STATE);
  for (const key of Object.keys(good)) {
    for (const bad of [undefined, null, 7, [7], [["a", null]]]) {
      if (key === "format" && bad === 7 || key === "alertsMs" && Array.isArray(bad)) continue;
      assert.deepEqual(unpackState({ ...good, [key]: bad }), EMPTY_STATE, `${key}: ${bad}`);
    }
  }
  assert.deepEqual(unpackState({ ...good, format: 2 }), EMPTY_STATE);
  assert.deepEqual(unpackState(undefined), EMPTY_STATE);
  fc.assert(
    fc.property(anySteps, fc.nat(), (some, n) => {
      const other = new TrialDecider(EVERY_KIND);
      for (const { atMs, ...inputs } of some) other.step(atMs, inputs);
      for (const decision of other.all) {
        const keys = Object.keys(decision);
        assert.ok(!isDecision({ ...decision, [keys[n % keys.length]]: { of: "another" } }));
      }
    }),
    { seed: 22, numRuns: 50 },
  );
});
