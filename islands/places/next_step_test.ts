import assert from "node:assert/strict";
import type { WorldReport } from "../../field/world_messages.ts";
import { NO_RULES } from "../../field/decide/rule.ts";
import { nextStep } from "./next_step.ts";
import { someAgent, someReport, someRules } from "./places_for_tests.ts";

const fresh: WorldReport = {
  ...someReport,
  now: { ...someReport.now, agents: [], tracks: [] },
  ...{ rules: NO_RULES, camera: null },
};

Deno.test("nextStep() leads a new user from nothing to a rule", () => {
  const { camera, now } = someReport;
  assert.deepEqual(nextStep(fresh, false), { kind: "begin" });
  assert.deepEqual(nextStep(fresh, true), { kind: "begin" });
  assert.deepEqual(nextStep({ ...fresh, camera }, false), { kind: "watch" });
  assert.equal(nextStep({ ...fresh, camera }, true), null, "nothing was seen yet");
  const seeing = { ...fresh, camera, now };
  assert.deepEqual(nextStep(seeing, true), { kind: "draw" });
  assert.deepEqual(nextStep({ ...seeing, rules: someRules }, true), {
    ...{ kind: "rule", on: "zone", id: "north", name: "North" },
  });
  const lines = { ...someRules, zones: [] };
  assert.deepEqual(nextStep({ ...seeing, rules: lines }, true), {
    ...{ kind: "rule", on: "line", id: "drive", name: "Drive" },
  });
});

Deno.test("nextStep() asks who only looks at others for nothing", () => {
  const now = { ...fresh.now, agents: [someAgent("b", "Mast", 3)] };
  assert.equal(nextStep({ ...fresh, now }, false), null);
  assert.deepEqual(nextStep({ ...fresh, now }, true), { kind: "place" });
});

Deno.test("nextStep() does not ask for rules of who may not make them", () => {
  assert.equal(nextStep({ ...someReport, rules: NO_RULES, mayRule: false }, true), null);
});
