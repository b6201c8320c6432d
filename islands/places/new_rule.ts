/** A rule to begin with, and what there is to choose from. */
import type { Rule } from "../../field/decide/rule.ts";
import type { WorldReport } from "../../field/world_messages.ts";
import { newRule } from "./rule_draft.ts";

/** What a crew is mostly told of, whatever is in view. */
const COMMON = ["person", "car", "bicycle", "dog", "cat"];
const PERSON = "person";

/** An id that no other zone, line or rule has, on any device. */
export function placeId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** Labels that were seen, and the common ones, in order. */
export function knownLabels({ now, rules }: Pick<WorldReport, "now" | "rules">): readonly string[] {
  const seen = now.tracks.map(({ label }) => label);
  const ruled = rules.rules.flatMap(({ when }) => "labels" in when ? when.labels : []);
  return [...new Set([...COMMON, ...seen, ...ruled])].sort();
}

/** About that zone or line, or the first there is: a person, or anything where things but no people are seen. */
export function newRuleAbout(
  { now, rules: { zones, lines } }: Pick<WorldReport, "now" | "rules">,
  on?: "zone" | "line",
  id?: string,
): Rule {
  const about = (on === "line" ? lines : zones).find((one) => one.id === id) ??
    zones.at(0) ?? lines.at(0) ?? null;
  const isPerson = now.tracks.length === 0 || now.tracks.some(({ label }) => label === PERSON);
  return newRule(placeId(), about, isPerson ? PERSON : null);
}
