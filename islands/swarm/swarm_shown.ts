/** What of the swarm is drawn at one moment, made of its report. Pure. */
import type { DroneReport, SwarmReport } from "../../field/swarm/swarm_report.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";

/** A drone, and how its own map is beside the others'. */
export interface ShownDrone extends DroneReport {
  /** "1": on the map and on its own map. */
  readonly mark: string;
  /** Objects on some map that are not on its own. */
  readonly missing: readonly WorldTrack[];
  /** Ids of those on its own map that others have elsewhere, or under another label. */
  readonly odd: ReadonlySet<string>;
}

/** An object on at least one map: as it has it who saw it last. */
export interface ShownObject {
  readonly track: WorldTrack;
  /** Marks of the drones that have it. */
  readonly heldBy: readonly string[];
  /** On all maps, at one place and under one label. */
  readonly isShared: boolean;
}

export interface ShownSwarm {
  readonly drones: readonly ShownDrone[];
  /** In the order of their ids. */
  readonly objects: readonly ShownObject[];
}

export function shownSwarm({ drones, differences }: SwarmReport): ShownSwarm {
  const newest = newestOfAll(drones);
  const odd = differences.filter(({ kind }) => kind !== "missing");
  const differing = new Set(odd.map(({ track }) => track));
  return {
    drones: drones.map((drone) => {
      const own = new Set(drone.tracks.map(({ id }) => id));
      return {
        ...drone,
        mark: markOf(drone.number),
        missing: newest.filter(({ id }) => !own.has(id)),
        odd: new Set(
          odd.filter((one) => one.drones[1] === drone.number).map(({ track }) => track),
        ),
      };
    }),
    objects: newest.map((track) => {
      const holders = drones.filter(({ tracks }) => tracks.some(({ id }) => id === track.id));
      return {
        track,
        heldBy: holders.map(({ number }) => markOf(number)),
        isShared: holders.length === drones.length && !differing.has(track.id),
      };
    }),
  };
}

/** How much on its own map is not as on the others'. */
export function differsBy({ missing, odd }: ShownDrone): number {
  return missing.length + odd.size;
}

/** Drones are numbered from 0, and called from 1 on. */
function markOf(number: number): string {
  return String(number + 1);
}

function newestOfAll(drones: readonly DroneReport[]): readonly WorldTrack[] {
  const newest = new Map<string, WorldTrack>();
  for (const track of drones.flatMap(({ tracks }) => tracks)) {
    const known = newest.get(track.id);
    if (!known || track.lastAtMs > known.lastAtMs) newest.set(track.id, track);
  }
  return [...newest.values()].sort((a, b) => a.id < b.id ? -1 : 1);
}
