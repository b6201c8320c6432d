import assert from "node:assert/strict";
import { NO_RULES, type Rule } from "../../field/decide/rule.ts";
import type { SitePoint } from "../../field/decide/site_point.ts";
import { finishedOutline, rulesThatUse } from "./finished_outline.ts";
import { newDraft, type OutlineDraft, withCorner } from "./outline_draft.ts";

function drawn(kind: "zone" | "line", corners: readonly SitePoint[], name = "North"): OutlineDraft {
  return corners.reduce((draft, corner) => withCorner(draft, corner), newDraft(kind, [0, 0], name));
}

const CORNERS = [[4_000, 0], [4_000, 4_000], [0, 0]] as const;

Deno.test("finishedOutline() is a zone in the rules' own form, whole millimetres", () => {
  const made = finishedOutline(drawn("zone", CORNERS, " North "), "z1");
  const corners = [[0, 0], [4_000, 0], [4_000, 4_000]];
  assert.deepEqual(made, { kind: "zone", zone: { id: "z1", name: "North", corners } });
});

Deno.test("finishedOutline() of what is edited keeps its id", () => {
  const made = finishedOutline({ ...drawn("zone", CORNERS), id: "old" }, "new");
  assert.equal(made.kind === "zone" && made.zone.id, "old");
});

Deno.test("finishedOutline() of a line keeps the way in which it was drawn", () => {
  const made = finishedOutline(drawn("line", [[5, 0], [0, 0]]), "l1");
  assert.deepEqual(made, {
    kind: "line",
    line: { id: "l1", name: "North", from: [5, 0], to: [0, 0] },
  });
});

Deno.test("finishedOutline() says what is missing, in the order in which it is done", () => {
  const whatOf = (draft: OutlineDraft) => {
    const made = finishedOutline(draft, "z1");
    return made.kind === "unfinished" ? made.what : made.kind;
  };
  assert.equal(whatOf(drawn("zone", [], "")), "3 more corners");
  assert.equal(whatOf(drawn("zone", CORNERS.slice(0, 2))), "1 more corner");
  assert.equal(whatOf(drawn("line", [[0, 0]])), "1 more end");
  assert.equal(whatOf(drawn("zone", CORNERS, "  ")), "No name yet");
  assert.equal(whatOf(drawn("zone", CORNERS, "x".repeat(61))), "The name is too long");
  assert.match(whatOf(drawn("zone", [[0, 0], [1, 0], [2, 0]])), /they are on one line/);
  assert.match(whatOf(drawn("line", [[0, 0], [0, 0]])), /it is where the line begins/);
  const many = Array.from({ length: 65 }, (_, i) => [i, i * i] as const);
  assert.equal(whatOf(drawn("zone", many)), "65 corners");
});

Deno.test("rulesThatUse() names the rules that would fall silent", () => {
  const rule = (name: string, when: Rule["when"]): Rule => ({
    ...{ id: name, name, urgency: "note", when, actions: [] },
    coolDown: { ruleMs: 1_000, subjectMs: 1_000 },
  });
  const any = { labels: [], confidence: 0 };
  const rules = [
    rule("a", { kind: "zone", zone: "x", change: "entered", ...any }),
    rule("b", { kind: "seen", label: "cat", confidence: 0, agents: 1, zone: "x" }),
    rule("c", { kind: "line", line: "x", way: "both", count: 1, withinMs: 1_000, ...any }),
    rule("d", { kind: "silence", agent: null, forMs: 1_000 }),
  ];
  assert.deepEqual(rulesThatUse({ ...NO_RULES, rules }, "zone", "x"), ["a", "b"]);
  assert.deepEqual(rulesThatUse({ ...NO_RULES, rules }, "line", "x"), ["c"]);
  assert.deepEqual(rulesThatUse({ ...NO_RULES, rules }, "zone", "y"), []);
});
