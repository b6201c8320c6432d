import assert from "node:assert/strict";
import { faultText } from "../../field/decide/untrusted_field.ts";
import { parseRules, RULES_FORMAT } from "../../field/decide/parse_rules.ts";
import { droneRules } from "./drone_rules.ts";

Deno.test("droneRules() are rules that a crew takes, send drones, and call nobody", () => {
  const rules = droneRules([77.75, 56]);
  const { set, faults } = parseRules({ format: RULES_FORMAT, ...rules });
  assert.deepEqual(faults.map(faultText), []);
  const actions = set.rules.flatMap((rule) => rule.actions.map(({ kind }) => kind));
  assert.ok(actions.includes("confirm"));
  assert.ok(!actions.includes("alert"));
});
