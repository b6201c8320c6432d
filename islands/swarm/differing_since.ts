import type { SwarmReport } from "../../field/swarm/swarm_report.ts";

/** Since when some maps are not alike, ms of the swarm's time; null when all are. */
export function differingSince(
  before: number | null,
  { atMs, agreedSinceMs }: Pick<SwarmReport, "atMs" | "agreedSinceMs">,
): number | null {
  if (agreedSinceMs !== null) return null;
  return before === null || before > atMs ? atMs : before;
}
