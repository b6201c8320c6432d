/** A rule being made: what the form shows, and the rule that the crew's reader takes. Pure. */
import { assertNever } from "../../field/errors.ts";
import { parseRules, RULES_FORMAT } from "../../field/decide/parse_rules.ts";
import { MOST_TEXT } from "../../field/decide/parse_condition.ts";
import type {
  Action,
  AlertAction,
  Condition,
  Line,
  Rule,
  RuleSet,
  Zone,
} from "../../field/decide/rule.ts";
import { faultText } from "../../field/decide/untrusted_field.ts";
import { capitalised } from "../format.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Surer than the weakest detections, less than the surest. */
const CONFIDENCE = 400;
export const DEFAULT_ALERT: AlertAction = {
  ...{ kind: "alert", sound: "chime", vibration: "short", notification: false },
};
const LINE_COUNT = { count: 1, withinMs: MINUTE_MS } as const;

/** A new rule about a place, or (null) about what is seen anywhere; `label`: of what, null of anything. */
export function newRule(id: string, about: Zone | Line | null, label: string | null): Rule {
  const when = conditionAbout(about, label);
  return {
    ...{ id, name: nameOf(when, about?.name ?? null), urgency: "warning", when },
    actions: [DEFAULT_ALERT],
    coolDown: { ruleMs: 30 * SECOND_MS, subjectMs: 5 * MINUTE_MS },
  };
}

function conditionAbout(about: Zone | Line | null, label: string | null): Condition {
  if (!about) return conditionOf("seen", { label });
  const isZone = "corners" in about;
  return isZone
    ? conditionOf("zone", { zone: about.id, label })
    : conditionOf("line", { line: about.id, label });
}

interface About {
  readonly zone?: string;
  readonly line?: string;
  readonly label?: string | null;
}

/** A condition of that kind, with what is sensible where nothing is said. */
export function conditionOf(kind: Condition["kind"], about: About): Condition {
  const { zone = "", line = "", label = null } = about;
  const which = { labels: label === null ? [] : [label], confidence: CONFIDENCE };
  switch (kind) {
    case "zone":
      return { kind, zone, change: "entered", ...which };
    case "line":
      return { kind, line, way: "both", ...LINE_COUNT, ...which };
    case "seen": {
      const where = zone === "" ? null : zone;
      return { kind, label: label ?? "person", confidence: CONFIDENCE, agents: 2, zone: where };
    }
    case "anomaly":
      return { kind, source: null, score: 800 };
    case "silence":
      return { kind, agent: null, forMs: 2 * MINUTE_MS };
    default:
      return assertNever(kind);
  }
}

/** The first zone, the first line: what a condition of another kind is about until the user says. */
export function ofKind(rule: Rule, kind: Condition["kind"], set: RuleSet): Rule {
  const zone = zoneOf(rule.when) ?? set.zones.at(0)?.id;
  const line = rule.when.kind === "line" ? rule.when.line : set.lines.at(0)?.id;
  const when = conditionOf(kind, { zone, line, label: labelsOf(rule.when).at(0) ?? null });
  return renamed({ ...rule, when }, rule, set);
}

export function withWhen(rule: Rule, when: Condition, set: RuleSet): Rule {
  return renamed({ ...rule, when }, rule, set);
}

/** A name that was made of the condition follows it; one that the user gave stays. */
function renamed(next: Rule, before: Rule, set: RuleSet): Rule {
  const isOurs = before.name === "" ||
    before.name === nameOf(before.when, placeOf(before.when, set));
  return isOurs ? { ...next, name: nameOf(next.when, placeOf(next.when, set)) } : next;
}

function placeOf(when: Condition, { zones, lines }: RuleSet): string | null {
  const id = when.kind === "line" ? when.line : zoneOf(when);
  return [...zones, ...lines].find((one) => one.id === id)?.name ?? null;
}

/** "Person in North", "Anything over Drive", "Device silent". */
function nameOf(when: Condition, place: string | null): string {
  const what = capitalised(labelsOf(when).at(0) ?? "anything");
  const names: Readonly<Record<Condition["kind"], string>> = {
    zone: `${what} ${when.kind === "zone" && when.change === "left" ? "leaves" : "in"} ${place}`,
    line: `${what} over ${place}`,
    seen: place === null ? `${what} seen` : `${what} in ${place}`,
    anomaly: "Unusual",
    silence: "Device silent",
  };
  return names[when.kind].slice(0, MOST_TEXT).trim();
}

export function labelsOf(when: Condition): readonly string[] {
  if (when.kind === "zone" || when.kind === "line") return when.labels;
  return when.kind === "seen" ? [when.label] : [];
}

export function zoneOf(when: Condition): string | null {
  return when.kind === "zone" || when.kind === "seen" ? when.zone : null;
}

/** Only this label; null: anything, where the condition can mean that. */
export function withLabel(when: Condition, label: string | null): Condition {
  if (when.kind === "zone" || when.kind === "line") {
    return { ...when, labels: label === null ? [] : [label] };
  }
  return when.kind === "seen" && label !== null ? { ...when, label } : when;
}

export function alertOf({ actions }: Pick<Rule, "actions">): AlertAction | null {
  return actions.find((one): one is AlertAction => one.kind === "alert") ?? null;
}

/** With that alert in place of the one before; null: none. */
export function withAlert(rule: Rule, alert: AlertAction | null): Rule {
  const others = rule.actions.filter(({ kind }) => kind !== "alert");
  return { ...rule, actions: alert ? [alert, ...others] : others };
}

/** Puts an action in, or takes all of its kind out. */
export function withAction(rule: Rule, action: Action, isOn: boolean): Rule {
  const others = rule.actions.filter(({ kind }) => kind !== action.kind);
  return { ...rule, actions: isOn ? [...others, action] : others };
}

/** The set with this rule in it, as the crew's reader takes it; or what is wrong with it, in words. */
export function withRule(
  set: RuleSet,
  rule: Rule,
): { readonly set: RuleSet } | { readonly fault: string } {
  const named = { ...rule, name: rule.name.trim() };
  const rules = [...set.rules.filter(({ id }) => id !== rule.id), named];
  return checked({ ...set, rules });
}

export function withoutRule(set: RuleSet, id: string): RuleSet {
  return { ...set, rules: set.rules.filter((one) => one.id !== id) };
}

/** All of it, or the first fault in words. */
export function checked(set: RuleSet): { readonly set: RuleSet } | { readonly fault: string } {
  const parsed = parseRules({ format: RULES_FORMAT, ...set });
  const [fault] = parsed.faults;
  return fault ? { fault: faultText(fault) } : { set: parsed.set };
}
