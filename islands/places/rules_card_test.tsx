import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import type { Rule } from "../../field/decide/rule.ts";
import { NO_RULES } from "../../field/decide/rule.ts";
import NextStepCard from "./next_step_card.tsx";
import { someRules } from "./places_for_tests.ts";
import { newRule } from "./rule_draft.ts";
import RuleForm from "./rule_form.tsx";
import RulesCard from "./rules_card.tsx";
import SiteCard from "./site_card.tsx";

const nothing = () => {};
const never = () => new Promise<never>(nothing);
const onNorth = newRule("r1", someRules.zones[0], "person");

function wordsOf(html: string): string {
  return html.replace(/<svg.*?<\/svg>/gs, " ").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

function cardOf(change: { readonly mayRule?: boolean; readonly admins?: readonly string[] } = {}) {
  return wordsOf(render(
    <RulesCard
      {...{ rules: { ...someRules, rules: [onNorth] }, mayRule: true, admins: [] }}
      {...{ onAdd: nothing, onEdit: nothing, onRemove: nothing, agentName: (agent) => agent }}
      {...change}
    />,
  ));
}

Deno.test("RulesCard says each rule in words, with what can be done to it", () => {
  assert.match(cardOf(), /Person in North When a person, .* enters zone North.* Edit Remove .*Add/);
});

Deno.test("RulesCard shows the rules to who is no admin, and says whom to ask", () => {
  const words = cardOf({ mayRule: false, admins: ["Gate phone", "Mast"] });
  assert.match(words, /Person in North .*An admin of the crew changes .*: Gate phone, Mast\./);
  assert.doesNotMatch(words, /Edit|Remove|Add a rule/);
});

function formOf(rule: Rule, set = someRules, problem: string | null = null): string {
  return render(
    <RuleForm
      {...{ rule, set, problem, labels: ["cat"], agents: [{ id: "b", name: "Mast" }] }}
      {...{ onChange: nothing, onSave: nothing, askToNotify: never }}
    />,
  );
}

Deno.test("RuleForm has a field for all that the condition says", () => {
  const html = formOf(onNorth);
  for (const option of ["Anything", "Cat", "Person", "North", "Chime"]) {
    assert.match(html, new RegExp(`<option[^>]*>${option}</option>`));
  }
  assert.match(wordsOf(html), /When a person, sure by 40 %, enters zone North/);
});

Deno.test("RuleForm offers no zone's rule where there is no zone", () => {
  const html = formOf(newRule("r2", null, "cat"), NO_RULES);
  assert.doesNotMatch(html, /enters or leaves a zone|crosses a line/);
  assert.match(html, /A device is silent/);
});

Deno.test("RuleForm says why it was not saved, read out at once", () => {
  assert.match(formOf(onNorth, someRules, "Cannot read it."), /role="alert".*Cannot read it\./s);
});

Deno.test("SiteCard hides what changes the site from who may not", () => {
  const card = (mayRule: boolean) =>
    wordsOf(render(<SiteCard {...{ origin: null, mayRule, place: never, onOrigin: nothing }} />));
  assert.match(card(true), /Use this device's position .*Latitude Longitude/);
  assert.doesNotMatch(card(false), /position|Latitude/);
});

Deno.test("NextStepCard has a way on for every step", () => {
  const card = (step: Parameters<typeof NextStepCard>[0]["step"]) =>
    render(
      <NextStepCard
        {...{ step, onDemo: never, onWatch: never }}
        {...{ onPlace: nothing, onDraw: nothing, onRule: nothing }}
      />,
    );
  for (const kind of ["begin", "place", "watch", "draw"] as const) {
    assert.match(card({ kind }), /<button[^>]*class="primary"/, kind);
  }
  const rule = card({ kind: "rule", on: "line", id: "d", name: "Drive" });
  assert.match(wordsOf(rule), /No rule goes by Drive yet\. Alert when something crosses it/);
});
