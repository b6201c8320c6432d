/** A draft as data of the crew's rules, by the same reader that takes rules from others; or what is wrong. */
import {
  LEAST_CORNERS,
  MOST_CORNERS,
  parseRules,
  RULES_FORMAT,
} from "../../field/decide/parse_rules.ts";
import { MOST_TEXT } from "../../field/decide/parse_condition.ts";
import type { Line, RuleSet, Zone } from "../../field/decide/rule.ts";
import type { OutlineDraft } from "./outline_draft.ts";

export type FinishedOutline =
  | { readonly kind: "zone"; readonly zone: Zone }
  | { readonly kind: "line"; readonly line: Line }
  | { readonly kind: "unfinished"; readonly what: string; readonly remedy: string };

/** `id`: of a new one. */
export function finishedOutline(draft: OutlineDraft, id: string): FinishedOutline {
  const missing = missingOf(draft);
  if (missing) return { kind: "unfinished", ...missing };
  const named = { id: draft.id ?? id, name: draft.name.trim() };
  const { corners } = draft;
  const zones = draft.kind === "zone" ? [{ ...named, corners }] : [];
  const lines = draft.kind === "line" ? [{ ...named, from: corners[0], to: corners[1] }] : [];
  const { set, faults } = parseRules({ format: RULES_FORMAT, zones, lines, rules: [] });
  const [zone, line] = [set.zones.at(0), set.lines.at(0)];
  if (zone) return { kind: "zone", zone };
  if (line) return { kind: "line", line };
  const { what, remedy } = faults[0];
  return { kind: "unfinished", what: `The ${draft.kind} cannot be saved: ${what}`, remedy };
}

/** What is still to be done, in the order in which it is done. */
function missingOf({ kind, corners, name }: OutlineDraft) {
  const needed = (kind === "zone" ? LEAST_CORNERS : 2) - corners.length;
  const noun = kind === "zone" ? "corner" : "end";
  if (needed > 0) {
    return {
      what: `${needed} more ${noun}${needed === 1 ? "" : "s"}`,
      remedy: "Tap the plan, or Add",
    };
  }
  if (corners.length > MOST_CORNERS) {
    return { what: `${corners.length} corners`, remedy: `Leave some out: ${MOST_CORNERS} at most` };
  }
  if (name.trim() === "") return { what: "No name yet", remedy: `Name the ${kind}` };
  if (name.trim().length > MOST_TEXT) {
    return { what: "The name is too long", remedy: `${MOST_TEXT} characters at most` };
  }
  return null;
}

/** Names of the rules that go by a zone or a line: they would fall silent without it. */
export function rulesThatUse(
  { rules }: RuleSet,
  kind: "zone" | "line",
  id: string,
): readonly string[] {
  return rules.filter(({ when }) =>
    kind === "zone"
      ? (when.kind === "zone" || when.kind === "seen") && when.zone === id
      : when.kind === "line" && when.line === id
  ).map(({ name }) => name);
}
