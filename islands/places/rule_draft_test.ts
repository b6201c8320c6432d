import assert from "node:assert/strict";
import type { Condition } from "../../field/decide/rule.ts";
import { someRules } from "./places_for_tests.ts";
import {
  alertOf,
  checked,
  conditionOf,
  newRule,
  ofKind,
  withAction,
  withAlert,
  withLabel,
  withoutRule,
  withRule,
  withWhen,
} from "./rule_draft.ts";
import { ruleWords, whenWords, withArticle } from "./rule_words.ts";

const [north] = someRules.zones;
const [drive] = someRules.lines;
const names = { set: someRules, agentName: (agent: string) => `Phone ${agent}` };
const onNorth = newRule("r1", north, "person");

Deno.test("newRule() about a zone or a line can be saved as it is", () => {
  for (const rule of [onNorth, newRule("r2", drive, null), newRule("r3", null, "cat")]) {
    const saved = withRule(someRules, rule);
    assert.ok("set" in saved, rule.name);
    assert.equal(saved.set.rules[0].id, rule.id);
  }
  assert.equal(onNorth.name, "Person in North");
  assert.equal(newRule("r2", drive, null).name, "Anything over Drive");
});

Deno.test("ofKind() gives each kind what makes it whole, and saves", () => {
  for (const kind of ["zone", "line", "seen", "anomaly", "silence"] as const) {
    const rule = ofKind(onNorth, kind, someRules);
    assert.equal(rule.when.kind, kind);
    assert.ok("set" in withRule(someRules, rule), kind);
  }
  assert.equal(ofKind(onNorth, "line", someRules).name, "Person over Drive");
});

Deno.test("withWhen() renames what was not named by the user", () => {
  const left: Condition = {
    ...conditionOf("zone", { zone: "north" }),
    labels: ["cat"],
  } as Condition;
  assert.equal(withWhen(onNorth, left, someRules).name, "Cat in North");
  const named = { ...onNorth, name: "Gate watch" };
  assert.equal(withWhen(named, left, someRules).name, "Gate watch");
});

Deno.test("withRule() says what is wrong, in words that say what to do", () => {
  const gone = withRule(someRules, newRule("r9", { ...north, id: "south" }, null));
  assert.ok("fault" in gone);
  assert.match(gone.fault, /there is no zone "south"\. Draw it, or name another/);
  const nameless = withRule(someRules, { ...onNorth, name: " " });
  assert.ok("fault" in nameless && /name/.test(nameless.fault));
  const idle = withRule(someRules, { ...onNorth, actions: [] });
  assert.ok("fault" in idle && /actions/.test(idle.fault));
});

Deno.test("withRule() takes the place of the rule with its id, and withoutRule() takes it out", () => {
  const first = withRule(someRules, onNorth);
  assert.ok("set" in first);
  const second = withRule(first.set, { ...onNorth, name: "Other" });
  assert.ok("set" in second);
  assert.deepEqual(second.set.rules.map(({ name }) => name), ["Other"]);
  assert.deepEqual(withoutRule(second.set, "r1").rules, []);
  assert.ok("set" in checked(second.set));
});

Deno.test("withAlert() and withAction() leave the others as they are", () => {
  const asks = withAction(onNorth, { kind: "confirm" }, true);
  const silent = withAlert(asks, null);
  assert.deepEqual(silent.actions, [{ kind: "confirm" }]);
  assert.equal(alertOf(silent), null);
  assert.deepEqual(withAction(asks, { kind: "confirm" }, false).actions, onNorth.actions);
});

Deno.test("withLabel() narrows to one label, and to anything where that can be meant", () => {
  const zone = conditionOf("zone", { zone: "north", label: "cat" });
  assert.deepEqual(withLabel(zone, null), { ...zone, labels: [] });
  const seen = conditionOf("seen", { label: "cat" });
  assert.equal(withLabel(seen, null), seen);
});

Deno.test("ruleWords() says each rule in one sentence", () => {
  assert.equal(
    ruleWords(onNorth, names),
    "When a person, sure by 40 %, enters zone North: an alert with chime and short vibration. Then quiet for 30 s.",
  );
  const when = (condition: Condition) => whenWords(condition, names);
  assert.equal(
    when({
      ...{ kind: "line", line: "drive", way: "forward", count: 3, withinMs: 60_000 },
      ...{ labels: ["car", "truck"], confidence: 0 },
    }),
    "3 of a car or a truck cross line Drive forward within 1 min",
  );
  assert.equal(
    when({ kind: "seen", label: "cat", confidence: 0, agents: 2, zone: "north" }),
    "2 devices see a cat in zone North",
  );
  assert.equal(
    when({ kind: "silence", agent: "b", forMs: 90_000 }),
    "nothing is heard of Phone b for 1 min 30 s",
  );
  assert.equal(
    when({ kind: "anomaly", source: null, score: 805 }),
    "anything measured is unusual by 80.5 %",
  );
  assert.equal(withArticle("apple"), "an apple");
});
