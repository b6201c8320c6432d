/** What drones are to tell: that something came into one of the ground's fields. */
import { parseRules, RULES_FORMAT } from "../../field/decide/parse_rules.ts";
import type { RuleSet } from "../../field/decide/rule.ts";
import { faultText } from "../../field/decide/untrusted_field.ts";
import { MARGIN_M, ROW_M, ROWS, STRIP_M } from "../../field/swarm/layout.ts";

const MM = 1000;
const SUBJECT_MS = 10 * 60_000;

/**
 * A field is one row of one drone's strip. What stands in a row has it to itself, and of the two that walk in one
 * row each has its own label: so a rule is about one object, no cool-down makes one decision of two, and a rule's
 * id says which event it is, whatever the object is called on a map. Alerts alone: nothing leads a drone elsewhere.
 */
export function benchRules(drones: number): RuleSet {
  const fields = Array.from(
    { length: drones * ROWS },
    (_, i) => fieldOf(i % drones, Math.floor(i / drones)),
  );
  const { set, faults } = parseRules({
    format: RULES_FORMAT,
    zones: fields.map(({ id, corners }) => ({ id, name: id, corners })),
    lines: [],
    rules: fields.flatMap(({ id, hasWalkers }) =>
      hasWalkers
        ? [ruleOf(`${id}-person`, id, ["person"]), ruleOf(`${id}-cat`, id, ["cat"])]
        : [ruleOf(`${id}-any`, id, [])]
    ),
  });
  if (faults.length > 0) throw new Error(faults.map(faultText).join("; "));
  return set;
}

function fieldOf(strip: number, row: number) {
  const [west, south] = [MARGIN_M + strip * STRIP_M, MARGIN_M + row * ROW_M];
  const [east, north] = [west + STRIP_M, south + ROW_M];
  const corners = [[west, south], [east, south], [east, north], [west, north]]
    .map((corner) => corner.map((metres) => Math.round(metres * MM)));
  return { id: `strip-${strip + 1}-row-${row + 1}`, corners, hasWalkers: row % 2 === 1 };
}

function ruleOf(id: string, zone: string, labels: readonly string[]) {
  return {
    ...{ id, name: id, urgency: "warning" },
    when: { kind: "zone", zone, change: "entered", labels, confidence: 400 },
    actions: [{ kind: "alert", sound: "none", vibration: "none", notification: true }],
    coolDown: { ruleMs: 1_000, subjectMs: SUBJECT_MS },
  };
}
