/** A swarm's report: what its parts hold, as plain data. */
import { EMPTY_WORLD, markedTiles, mergeAgent, type WorldState } from "../world/world_state.ts";
import type { WorldTrack } from "../world/world_track.ts";
import { worldView } from "../world/world_view.ts";
import type { Agreement } from "./agreement.ts";
import type { Drone } from "./drone.ts";
import { FRAME_M, TILES } from "./layout.ts";
import type { Radio } from "./radio.ts";
import type { Difference, DroneReport, SwarmReport } from "./swarm_report.ts";
import type { SwarmScene } from "./swarm_scene.ts";
import type { ScoredObject } from "./swarm_score.ts";
import type { SwarmTotals } from "./swarm_totals.ts";

export interface ReportedParts {
  readonly ms: number;
  readonly seed: number;
  readonly beganMs: number;
  readonly scene: SwarmScene;
  readonly radio: Radio;
  readonly drones: readonly Drone[];
  readonly agreement: Agreement;
  readonly totals: SwarmTotals;
  readonly truth: readonly ScoredObject[];
  readonly differences: readonly Difference[];
  readonly wasInView: (object: string) => boolean;
}

export function reportOf(parts: ReportedParts): SwarmReport {
  const { ms, seed, beganMs, scene, radio, drones, agreement, truth, differences } = parts;
  return {
    ...{ atMs: ms, seed, beganMs, groundM: scene.groundM, grid: TILES, links: radio.settings },
    truth: truth.map((one) => ({
      ...{ ...one, size: scene.sizeOf(one.label), wasInView: parts.wasInView(one.id) },
    })),
    drones: drones.map((drone) => droneReport(drone, parts)),
    shared: sharedMaps(drones, radio, beganMs + ms),
    differences,
    agreedSinceMs: agreement.sinceMs,
    healing: agreement.healing,
  };
}

function droneReport(drone: Drone, { ms, beganMs, radio, totals }: ReportedParts): DroneReport {
  const { id, name, number, pose, toldPose, flight, mission, trail, camera } = drone;
  const { mind, world } = drone.agent;
  const { device: { node, replica, bytesSent } } = drone;
  const tracks = drone.view;
  return {
    ...{ id, name, number, pose, toldPose, trail, tracks, bytesSent },
    footprintM: [FRAME_M, FRAME_M],
    courseDeg: bearing(flight.course),
    task: mission?.task ?? { kind: "search" },
    path: pathOf(drone),
    searched: markedTiles(world.state, "searched"),
    cleared: markedTiles(world.state, "cleared"),
    confirmed: confirmedOf(drone, tracks, beganMs + ms),
    detections: camera.detections,
    frames: camera.counts,
    rateHz: camera.rateHz(ms),
    decisions: mind.spoken,
    bytesPerS: totals.bytesPerS(number),
    peers: [...node.connected].sort(),
    entries: replica.heads.reduce((sum, { seq }) => sum + seq, 0),
    side: radio.sideOf(number),
  };
}

function pathOf({ flight, mission }: Drone): DroneReport["path"] {
  const task = mission?.task;
  const isAway = task?.kind === "confirm" && task.phase !== "returning";
  return isAway ? [task.place, ...flight.path] : flight.path;
}

function confirmedOf(
  { agent: { world } }: Drone,
  tracks: readonly WorldTrack[],
  nowMs: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(tracks.flatMap(({ id }) => {
    const times = [...world.confirmations(id, nowMs).values()].reduce((sum, one) => sum + one, 0);
    return times > 0 ? [[id, times]] : [];
  }));
}

/** By side, of all that its drones know. */
function sharedMaps(
  drones: readonly Drone[],
  radio: Radio,
  nowMs: number,
): readonly (readonly WorldTrack[])[] {
  const sides = [...new Set(drones.map(({ number }) => radio.sideOf(number)))];
  return sides.map((side) => {
    const those = drones.filter(({ number }) => radio.sideOf(number) === side);
    const state = those.reduce<WorldState>(
      (all, { agent: { world } }) =>
        [...world.state].reduce((one, [id, said]) => mergeAgent(one, id, said), all),
      EMPTY_WORLD,
    );
    return worldView(state, nowMs);
  });
}

/** Clockwise from north, 0 up to 360. */
function bearing([east, north]: readonly [number, number]): number {
  return (Math.atan2(east, north) * 180 / Math.PI + 360) % 360;
}
