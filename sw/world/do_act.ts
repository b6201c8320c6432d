import { assertNever, FieldError } from "../../field/errors.ts";
import { tileAt } from "../../field/world/tiles.ts";
import type { WorldAct } from "../../field/world_messages.ts";
import type { SharedWorld } from "./shared_world.ts";
import { GRID } from "./site.ts";

/** Resolves when it is on disk. Throws what {@link SharedWorld.act} throws, and `bad-message` beyond the tiles. */
export function doAct(world: SharedWorld, act: WorldAct): Promise<void> {
  switch (act.kind) {
    case "remove-track":
      return world.act((agent) => agent.remove(act.track));
    case "confirm-track":
      return world.act((agent) => agent.confirm(act.track));
    case "mark-tile": {
      const tile = tileAt(GRID, act.place);
      if (tile === null) throw beyondTiles();
      return world.act((agent) => agent.mark(act.mark, tile, act.on ? "added" : "removed"));
    }
    default:
      return assertNever(act);
  }
}

function beyondTiles(): FieldError {
  const acrossM = -2 * GRID.corner[0];
  return new FieldError(
    "bad-message",
    `Nothing can be marked there: tiles lie within ${acrossM} by ${acrossM} m around the site's origin.`,
  );
}
