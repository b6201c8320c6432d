/** Parts of a swarm that tests put together. */
import type { DroneReport, SwarmReport } from "../../field/swarm/swarm_report.ts";
import type { Vector, WorldTrack } from "../../field/world/world_track.ts";
import { type ShownDrone, type ShownObject, shownSwarm } from "./swarm_shown.ts";

export function worldTrack(
  id: string,
  position: Vector = [0, 0],
  change: Partial<WorldTrack> = {},
): WorldTrack {
  return {
    ...{ id, label: "person", confidence: 0.81, position, velocity: [0, 0] },
    ...{ covariance: [0.1, 0, 0.1], sources: [], firstAtMs: 0, lastAtMs: 0 },
    ...change,
  };
}

export function droneReport(number: number, change: Partial<DroneReport> = {}): DroneReport {
  const pose = {
    ...{ position: [10 * number, 0] as const, heightM: 20, headingDeg: 0, tiltDeg: 90 },
    ...{ fovDeg: 50, aspect: 1, rangeM: 100 },
  };
  return {
    ...{ id: `d${number}`, name: `Drone ${number + 1}`, number, pose, toldPose: pose },
    ...{ footprintM: [10, 10], courseDeg: 0, task: { kind: "search" }, path: [], trail: [] },
    ...{ tracks: [], searched: [], cleared: [], confirmed: {}, detections: [] },
    ...{ frames: { taken: 0, looked: 0, skipped: 0 }, rateHz: 4, decisions: [] },
    ...{ bytesSent: 0, bytesPerS: 0, peers: [], entries: 0, side: 0 },
    ...change,
  };
}

export function swarmReport(
  drones: readonly DroneReport[],
  change: Partial<SwarmReport> = {},
): SwarmReport {
  return {
    ...{ atMs: 10_000, seed: 7, beganMs: 0, groundM: [100, 80], truth: [], drones },
    grid: { corner: [0, 0], tileM: 4 },
    links: { latencyMs: [5, 20], loss: 0.1, partition: false },
    ...{ shared: [], differences: [], agreedSinceMs: 0, healing: null },
    ...change,
  };
}

export function shownObject(
  { id = "a:0", position = [10, 10], ...rest }:
    & Partial<ShownObject>
    & { readonly id?: string; readonly position?: Vector },
): ShownObject {
  const heldBy = ["1", "2", "3", "4", "5"];
  return { track: worldTrack(id, position), heldBy, isShared: true, ...rest };
}

export function shownDrone(number: number, change: Partial<DroneReport> = {}): ShownDrone {
  const reports = Array.from({ length: number + 1 }, (_, n) => droneReport(n));
  reports[number] = { ...reports[number], ...change };
  return shownSwarm(swarmReport(reports)).drones[number];
}
