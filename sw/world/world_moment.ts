/** The world as pages are told it. */
import type { HeardAgent } from "../../field/sync/beat_talk.ts";
import { joinTiles, NO_TILES } from "../../field/world/tiles.ts";
import type { WorldAgent } from "../../field/world/world_agent.ts";
import type { WorldState } from "../../field/world/world_state.ts";
import type { WorldMoment } from "../../field/world_messages.ts";
import { GRID } from "./site.ts";

export interface MomentParts {
  readonly atMs: number;
  readonly agent: WorldAgent;
  readonly agents: readonly HeardAgent[];
  readonly nameOf: (device: string) => string;
}

export function momentOf({ atMs, agent, agents, nameOf }: MomentParts): WorldMoment {
  return {
    atMs,
    agents: agents.flatMap(({ id, pose, lastAtMs }) =>
      pose ? [{ id, name: nameOf(id), pose, lastAtMs }] : []
    ),
    tracks: agent.view(atMs),
    tiles: tilesOf(agent.state),
  };
}

/** None while nobody has marked one. */
function tilesOf(state: WorldState): WorldMoment["tiles"] {
  const marks = [...state.values()].reduce((all, { tiles }) => joinTiles(all, tiles), NO_TILES);
  return marks === NO_TILES ? [] : [{ grid: GRID, marks }];
}
