import type { DroneReport } from "../../field/swarm/swarm_report.ts";

/** Numbers of tiles that some drone knows to be searched, rising. */
export function searchedByAny(
  drones: readonly Pick<DroneReport, "searched">[],
): readonly number[] {
  return [...new Set(drones.flatMap(({ searched }) => searched))].sort((a, b) => a - b);
}
