/** What a decision asks for, as data: who does it is elsewhere. All of it can be done twice without harm. */
import { assertNever } from "../errors.ts";
import type { TileMark } from "../world/tiles.ts";
import type { Vector } from "../world/world_track.ts";
import type { Occasion } from "./occasion.ts";
import type { Action, AlertAction, RateAction } from "./rule.ts";
import { distance2, type SitePoint, sitePoint } from "./site_point.ts";

/** That an agent is there. */
export interface AgentBeat {
  readonly agent: string;
  /** When something was heard of it last: ms of the hybrid clock. */
  readonly atMs: number;
  /** Metres east and north of the site's origin; null when it does not say. */
  readonly position: Vector | null;
}

/** One action of a rule, with who is to do it and where. */
export type Ask =
  | AlertAction
  | {
    readonly kind: "rate";
    readonly agent: string;
    readonly percent: number;
    readonly forMs: number;
  }
  | {
    readonly kind: "confirm";
    readonly agent: string;
    readonly subject: string;
    readonly place: SitePoint;
  }
  | { readonly kind: "mark"; readonly mark: TileMark; readonly place: SitePoint };

/** An action that could not be asked of anybody, and why. */
export interface Unmet {
  readonly action: Action["kind"];
  readonly because: "no-place" | "no-agent" | "too-many-alerts";
}

/** An agent of which nothing was heard for longer is not asked. */
export const AGENT_FRESH_MS = 30_000;

export function askFor(
  action: Action,
  occasion: Occasion,
  agents: readonly AgentBeat[],
  nowMs: number,
): readonly (Ask | Unmet)[] {
  const { place, subject, seeing } = occasion;
  switch (action.kind) {
    case "alert":
      return [action];
    case "rate": {
      const asked = agentsToHurry(action, occasion, agents, nowMs);
      if (asked.length === 0) return [{ action: "rate", because: "no-agent" }];
      const { percent, forMs } = action;
      return asked.map((agent) => ({ kind: "rate", agent, percent, forMs }));
    }
    case "confirm": {
      if (!place) return [{ action: "confirm", because: "no-place" }];
      const there = agentsThere(occasion, agents, nowMs);
      const agent = nearestAgent(place, there.filter((one) => !seeing.includes(one.agent))) ??
        nearestAgent(place, there);
      if (agent === null) return [{ action: "confirm", because: "no-agent" }];
      return [{ kind: "confirm", agent, subject, place }];
    }
    case "mark":
      if (!place) return [{ action: "mark", because: "no-place" }];
      return [{ kind: "mark", mark: action.mark, place }];
    default:
      return assertNever(action);
  }
}

export function isUnmet(one: Ask | Unmet): one is Unmet {
  return "because" in one;
}

/** Of those whose position is known and on the site; of equally near ones the first in order of the ids. */
export function nearestAgent(place: SitePoint, agents: readonly AgentBeat[]): string | null {
  const known = agents.flatMap(({ agent, position }) => {
    const at = position && sitePoint(position);
    return at ? [{ agent, distance: distance2(place, at) }] : [];
  });
  known.sort((a, b) => a.distance - b.distance || (a.agent < b.agent ? -1 : 1));
  return known[0]?.agent ?? null;
}

function agentsToHurry(
  { of }: RateAction,
  occasion: Occasion,
  agents: readonly AgentBeat[],
  nowMs: number,
): readonly string[] {
  if (of === "seeing") return occasion.seeing;
  if (of !== "nearest") return [of.agent];
  if (!occasion.place) return [];
  const nearest = nearestAgent(occasion.place, agentsThere(occasion, agents, nowMs));
  return nearest === null ? [] : [nearest];
}

/** Heard of lately; and who is silent is not asked about its own silence. */
function agentsThere(
  { reason }: Occasion,
  agents: readonly AgentBeat[],
  nowMs: number,
): readonly AgentBeat[] {
  const silent = reason.kind === "silence" ? reason.agent : null;
  return agents.filter(({ agent, atMs }) => agent !== silent && nowMs - atMs <= AGENT_FRESH_MS);
}
