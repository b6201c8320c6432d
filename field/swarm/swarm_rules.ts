/** What the swarm's crew wants to be told and done, unless it is given other rules. */
import { parseRules, RULES_FORMAT } from "../decide/parse_rules.ts";
import type { RuleSet } from "../decide/rule.ts";
import { faultText } from "../decide/untrusted_field.ts";
import type { Vector } from "../world/world_track.ts";

const SUBJECT_MS = 10 * 60_000;

/** For a ground of that size, m. */
export function swarmRules([east, north]: Vector): RuleSet {
  const [width, height] = [Math.floor(east * 1000), Math.floor(north * 1000)];
  const middle = Math.floor(height / 2);
  const half = [[0, middle], [width, middle], [width, height], [0, height]] as const;
  const { set, faults } = parseRules({
    format: RULES_FORMAT,
    zones: [{ id: "north", name: "North", corners: half }],
    lines: [],
    rules: [
      {
        ...{ id: "cat-north", name: "Cat in the north", urgency: "note" },
        when: {
          ...{ kind: "zone", zone: "north", change: "entered" },
          ...{ labels: ["cat"], confidence: 400 },
        },
        actions: [{ kind: "rate", of: "seeing", percent: 200, forMs: 5_000 }],
        coolDown: { ruleMs: 5_000, subjectMs: SUBJECT_MS },
      },
      {
        ...{ id: "cup", name: "Cup found", urgency: "note" },
        when: { kind: "seen", label: "cup", confidence: 400, agents: 1, zone: null },
        actions: [{ kind: "mark", mark: "cleared" }],
        coolDown: { ruleMs: 1_000, subjectMs: SUBJECT_MS },
      },
      {
        ...{ id: "person", name: "Person found", urgency: "warning" },
        when: { kind: "seen", label: "person", confidence: 500, agents: 1, zone: null },
        actions: [
          { kind: "alert", sound: "chime", vibration: "short", notification: true },
          { kind: "confirm" },
        ],
        coolDown: { ruleMs: 10_000, subjectMs: SUBJECT_MS },
      },
    ],
  });
  if (faults.length > 0) throw new Error(faults.map(faultText).join("; "));
  return set;
}
