import assert from "node:assert/strict";
import { FieldError } from "../../field/errors.ts";
import type { RuleSet } from "../../field/decide/rule.ts";
import type { Fieldmesh } from "../../page/fieldmesh.ts";
import { someReport, someRules } from "./places_for_tests.ts";
import { keepProblem, keepRules, placeCamera, report } from "./world_feed.ts";

function worker(keep: () => Promise<void> = () => Promise.resolve()) {
  const kept: RuleSet[] = [];
  const source: Pick<Fieldmesh, "keepRules" | "placeCamera" | "world"> = {
    keepRules: (rules) => {
      kept.push(rules);
      return keep();
    },
    placeCamera: keep,
    world: () => Promise.resolve({ ...someReport, rules: kept.at(-1) ?? someReport.rules }),
  };
  return { kept, source: source as Fieldmesh };
}

Deno.test("keepRules() shows what the worker says afterwards", async () => {
  const { source, kept } = worker();
  assert.ok(await keepRules(source, { ...someRules, lines: [] }, null));
  assert.deepEqual([report.value?.rules, keepProblem.value], [kept[0], null]);
  assert.deepEqual([kept[0].zones[0].name, kept[0].lines], ["North", []]);
});

Deno.test("keepRules() asks nothing of the worker for rules that are at fault, and says which", async () => {
  const { source, kept } = worker();
  const twice = { ...someRules, zones: [...someRules.zones, ...someRules.zones] };
  assert.equal(await keepRules(source, twice, null), false);
  assert.deepEqual(kept, []);
  assert.match(keepProblem.value ?? "", /"north" is there twice\. Give each its own/);
});

Deno.test("a refusal of the worker is said, and goes with the next success", async () => {
  const refused = new FieldError("internal", "Only an admin changes the rules.");
  const { source } = worker(() => Promise.reject(refused));
  assert.equal(await placeCamera(source, null), false);
  assert.equal(keepProblem.value, "Only an admin changes the rules.");
  assert.ok(await placeCamera(worker().source, null));
  assert.equal(keepProblem.value, null);
});
