/** A rule in words: when, and what then. Pure. */
import { assertNever } from "../../field/errors.ts";
import type { Action, Condition, Rule, RuleSet } from "../../field/decide/rule.ts";
import { duration, listed } from "../format.ts";

export interface RuleNames {
  readonly set: Pick<RuleSet, "zones" | "lines">;
  readonly agentName: (agent: string) => string;
}

/** "When a person, sure by 50 %, enters zone North: alarm and notification. Then quiet for 30 s." */
export function ruleWords({ when, actions, coolDown }: Rule, names: RuleNames): string {
  const then = listed(actions.map((action) => actionWords(action, names)));
  return `When ${whenWords(when, names)}: ${then}. Then quiet for ${duration(coolDown.ruleMs)}.`;
}

/** Continues "When …". */
export function whenWords(when: Condition, { set, agentName }: RuleNames): string {
  switch (when.kind) {
    case "zone": {
      const does = when.change === "entered" ? "enters" : "leaves";
      return `${subjectWords(when)} ${does} zone ${nameOf(set.zones, when.zone)}`;
    }
    case "line": {
      const way = when.way === "both" ? "" : when.way === "forward" ? " forward" : " backward";
      const line = `line ${nameOf(set.lines, when.line)}${way}`;
      if (when.count === 1) return `${subjectWords(when)} crosses ${line}`;
      return `${when.count} of ${subjectWords(when)} cross ${line} within ${
        duration(when.withinMs)
      }`;
    }
    case "seen": {
      const by = when.agents === 1 ? "a device" : `${when.agents} devices`;
      const where = when.zone === null ? "" : ` in zone ${nameOf(set.zones, when.zone)}`;
      return `${by} see${when.agents === 1 ? "s" : ""} ${withArticle(when.label)}${where}${
        sureWords(when.confidence)
      }`;
    }
    case "anomaly": {
      const what = when.source ?? "anything measured";
      return `${what} is unusual by ${when.score / 10} %`;
    }
    case "silence": {
      const who = when.agent === null ? "any device" : agentName(when.agent);
      return `nothing is heard of ${who} for ${duration(when.forMs)}`;
    }
    default:
      return assertNever(when);
  }
}

function subjectWords(
  { labels, confidence }: { readonly labels: readonly string[]; readonly confidence: number },
): string {
  const what = labels.length === 0 ? "anything" : orList(labels.map(withArticle));
  return `${what}${sureWords(confidence)}`;
}

function sureWords(thousandths: number): string {
  return thousandths === 0 ? "" : `, sure by ${thousandths / 10} %,`;
}

function actionWords(action: Action, { agentName }: RuleNames): string {
  switch (action.kind) {
    case "alert": {
      const { sound, vibration, notification } = action;
      const parts = [
        ...(sound === "none" ? [] : [sound]),
        ...(vibration === "none" ? [] : [`${vibration} vibration`]),
        ...(notification ? ["notification"] : []),
      ];
      return parts.length === 0 ? "a silent alert" : `an alert with ${listed(parts)}`;
    }
    case "rate": {
      const how = action.percent < 100 ? "slower" : "faster";
      return `${rateTarget(action.of, agentName)} look ${how} (${action.percent} %) for ${
        duration(action.forMs)
      }`;
    }
    case "confirm":
      return "the nearest device is asked to look";
    case "mark":
      return `the place is marked as ${action.mark}`;
    default:
      return assertNever(action);
  }
}

function rateTarget(
  of: Extract<Action, { kind: "rate" }>["of"],
  agentName: (agent: string) => string,
): string {
  if (of === "seeing") return "devices that see it";
  return of === "nearest" ? "the nearest device is to" : `${agentName(of.agent)} is to`;
}

/** "a cat", "an apple". */
export function withArticle(label: string): string {
  return `${/^[aeiou]/i.test(label) ? "an" : "a"} ${label}`;
}

function orList(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function nameOf(all: readonly { readonly id: string; readonly name: string }[], id: string) {
  return all.find((one) => one.id === id)?.name ?? "that is gone";
}
