/** One flight of a swarm by a plan, and what came of it. */
import { Swarm } from "./swarm.ts";
import type { SwarmFlags } from "./swarm_flags.ts";
import type { SwarmOptions } from "./swarm_options.ts";
import type { SwarmReport } from "./swarm_report.ts";
import type { SwarmScore } from "./swarm_score.ts";

export type FlightPlan = Pick<
  SwarmFlags,
  "agents" | "seconds" | "loss" | "latencyMs" | "partition"
>;

export interface FlightResult extends SwarmScore {
  readonly seed: number;
  readonly agents: number;
  readonly seconds: number;
  /** How long after the partition ended all maps were one in what was known then; null: not, or there was none. */
  readonly healedAfterMs: number | null;
  /** Of the time, how much all maps were one, 0..1. */
  readonly agreedShare: number;
  /** Of the frames, those that the detector was spared, 0..1. */
  readonly looksSaved: number;
  readonly frames: number;
  /** Over links, sent by an agent, in the mean. */
  readonly bytesPerAgentS: number;
  /** Each once, however many drones made it. */
  readonly decisions: number;
  /** Tracks that a drone flew to and found there, and not. */
  readonly confirmed: number;
  readonly removed: number;
}

const SECOND_MS = 1000;

/** `onSecond`: after each, with the report. */
export async function flySwarm(
  plan: FlightPlan,
  options: Pick<SwarmOptions, "seed" | "pictures" | "detect" | "automerge">,
  onSecond: (report: SwarmReport) => void = () => {},
): Promise<FlightResult> {
  const { agents, loss, latencyMs } = plan;
  const links = { latencyMs, loss, partition: false };
  const swarm = await Swarm.begin({ ...options, agents, links, isScored: true });
  try {
    for (const untilMs of stopsOf(plan)) {
      const partition = isApart(plan, swarm.ms);
      if (partition !== swarm.links.partition) swarm.links = { ...swarm.links, partition };
      await swarm.run(untilMs - swarm.ms);
      if (untilMs % SECOND_MS === 0) onSecond(swarm.report());
    }
    return resultOf(swarm, plan, options.seed);
  } finally {
    swarm.end();
  }
}

/** Each second, the partition's ends and the end, ms, rising. */
function stopsOf({ seconds, partition }: FlightPlan): readonly number[] {
  const whole = Array.from({ length: Math.floor(seconds) }, (_, i) => i + 1);
  const stops = [...whole, seconds, ...partition ?? []].map((s) => Math.round(s * 100) * 10);
  return [...new Set(stops)].filter((ms) => ms > 0).sort((a, b) => a - b);
}

function isApart({ partition }: FlightPlan, ms: number): boolean {
  return partition !== null && ms >= partition[0] * SECOND_MS && ms < partition[1] * SECOND_MS;
}

function resultOf(swarm: Swarm, { agents, seconds }: FlightPlan, seed: number): FlightResult {
  const { drones, healing } = swarm.report();
  const sum = (of: (drone: typeof drones[number]) => number) =>
    drones.reduce((total, drone) => total + of(drone), 0);
  const frames = sum((drone) => drone.frames.taken);
  const { confirmed, removed } = swarm.verdicts;
  return {
    ...{ seed, agents, seconds, ...swarm.score() },
    healedAfterMs: healing?.tookMs ?? null,
    agreedShare: swarm.agreedMs / swarm.ms,
    looksSaved: sum((drone) => drone.frames.skipped) / frames,
    frames,
    bytesPerAgentS: sum((drone) => drone.bytesSent) / agents / (swarm.ms / SECOND_MS),
    decisions: new Set(swarm.decided.map(({ id }) => id)).size,
    ...{ confirmed, removed },
  };
}
