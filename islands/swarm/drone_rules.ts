import type { RuleSet } from "../../field/decide/rule.ts";
import { swarmRules } from "../../field/swarm/swarm_rules.ts";
import type { Vector } from "../../field/world/world_track.ts";

/** The swarm's rules without its alerts: who looks at the map need not be called to it. */
export function droneRules(groundM: Vector): RuleSet {
  const set = swarmRules(groundM);
  const rules = set.rules.map((rule) => ({
    ...rule,
    actions: rule.actions.filter(({ kind }) => kind !== "alert"),
  }));
  return { ...set, rules };
}
