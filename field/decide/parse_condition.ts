/** Conditions and actions of rules, from data of outside origin. */
import { assertNever } from "../errors.ts";
import { TILE_MARKS } from "../world/tiles.ts";
import { isAgent } from "../world/world_track.ts";
import {
  type Action,
  type Condition,
  type Kind,
  type RateTarget,
  SOUNDS,
  VIBRATIONS,
  WAYS,
} from "./rule.ts";
import type { UntrustedField } from "./untrusted_field.ts";

export const MOST_TEXT = 60;
export const MOST_KINDS = 16;
/** Of a condition, a cool-down or a rate. */
export const MOST_MS = 24 * 3_600_000;
export const LEAST_MS = 1000;
const MOST_COUNT = 1000;
const MOST_AGREEING = 64;
const MOST_PERCENT = 1000;

const CONDITIONS = ["zone", "line", "seen", "anomaly", "silence"] as const;
const TARGETS = ["seeing", "nearest"] as const;
const ACTIONS = ["alert", "rate", "confirm", "mark"] as const;

/** Ids of the zones and lines that there are. */
export interface Places {
  readonly zones: readonly string[];
  readonly lines: readonly string[];
}

export function readCondition(from: UntrustedField, places: Places): Condition {
  const kind = from.field("kind").oneOf(CONDITIONS);
  switch (kind) {
    case "zone": {
      const all = from.fields(["kind", "zone", "change", "labels", "confidence"]);
      const zone = readPlace(all.zone, "zone", places.zones);
      return { kind, zone, change: all.change.oneOf(["entered", "left"]), ...readKind(all) };
    }
    case "line":
      return readLineCondition(from, places);
    case "seen": {
      const all = from.fields(["kind", "label", "confidence", "agents", "zone"]);
      const confidence = all.confidence.whole(0, 1000);
      const zone = all.zone.value === null ? null : readPlace(all.zone, "zone", places.zones);
      const label = all.label.text(MOST_TEXT);
      return { kind, label, confidence, agents: all.agents.whole(1, MOST_AGREEING), zone };
    }
    case "anomaly": {
      const all = from.fields(["kind", "source", "score"]);
      const source = all.source.value === null ? null : all.source.text(MOST_TEXT);
      return { kind, source, score: all.score.whole(1, 1000) };
    }
    case "silence": {
      const all = from.fields(["kind", "agent", "forMs"]);
      const agent = all.agent.value === null ? null : readAgent(all.agent);
      return { kind, agent, forMs: all.forMs.whole(LEAST_MS, MOST_MS) };
    }
    default:
      return assertNever(kind);
  }
}

export function readAction(from: UntrustedField): Action {
  const kind = from.field("kind").oneOf(ACTIONS);
  switch (kind) {
    case "alert": {
      const all = from.fields(["kind", "sound", "vibration", "notification"]);
      const sound = all.sound.oneOf(SOUNDS);
      const vibration = all.vibration.oneOf(VIBRATIONS);
      return { kind, sound, vibration, notification: all.notification.yesOrNo() };
    }
    case "rate": {
      const all = from.fields(["kind", "of", "percent", "forMs"]);
      const percent = all.percent.whole(1, MOST_PERCENT);
      return { kind, of: readTarget(all.of), percent, forMs: all.forMs.whole(LEAST_MS, MOST_MS) };
    }
    case "confirm":
      from.fields(["kind"]);
      return { kind };
    case "mark":
      return { kind, mark: from.fields(["kind", "mark"]).mark.oneOf(TILE_MARKS) };
    default:
      return assertNever(kind);
  }
}

function readLineCondition(from: UntrustedField, places: Places): Condition {
  const all = from.fields(["kind", "line", "way", "count", "withinMs", "labels", "confidence"]);
  return {
    kind: "line",
    line: readPlace(all.line, "line", places.lines),
    way: all.way.oneOf([...WAYS, "both"]),
    count: all.count.whole(1, MOST_COUNT),
    withinMs: all.withinMs.whole(LEAST_MS, MOST_MS),
    ...readKind(all),
  };
}

/** Each label once, in order. */
function readKind(
  { labels, confidence }: { readonly labels: UntrustedField; readonly confidence: UntrustedField },
): Kind {
  const all = labels.items(0, MOST_KINDS).map((one) => one.text(MOST_TEXT));
  return { labels: [...new Set(all)].sort(), confidence: confidence.whole(0, 1000) };
}

function readPlace(from: UntrustedField, kind: string, known: readonly string[]): string {
  const id = from.id();
  if (!known.includes(id)) from.fail(`there is no ${kind} "${id}"`, `Draw it, or name another`);
  return id;
}

function readTarget(from: UntrustedField): RateTarget {
  if (typeof from.value === "string") return from.oneOf(TARGETS);
  return { agent: readAgent(from.fields(["agent"]).agent) };
}

function readAgent(from: UntrustedField): string {
  const agent = from.text(MOST_AGENT_TEXT);
  return isAgent(agent)
    ? agent
    : from.fail("it is not an agent's id", "Choose a device of the crew");
}

const MOST_AGENT_TEXT = 64;
