/** What all who are compared have in common. */
import type { LinkSettings } from "../../field/swarm/swarm_report.ts";

export const BEGAN_MS = Date.UTC(2027, 0, 15, 12);
export const SECONDS = 60;
/** The first two of five drones, and the server, hear nothing of the rest, s. */
export const APART_S = [20, 40] as const;
export const LINKS: LinkSettings = { latencyMs: [5, 20], loss: 0.3, partition: false };
/** One way, to a server in a data centre over a mobile network. */
export const SERVER_LATENCY_MS = 45;
export const DECIDE_EVERY_MS = 200;
export const TICK_MS = 1000;
export const STEP_MS = 10;

/** `ms` since the start. */
export function isApart(ms: number): boolean {
  return ms >= APART_S[0] * 1000 && ms < APART_S[1] * 1000;
}
