/** What tracking, saying, hearing and deciding takes of processors: nothing else is measured in these runs. */
import process from "node:process";
import { interleave } from "../interleave.ts";
import { median } from "../row.ts";
import { playTo } from "./play.ts";
import { DRONES, type Recording } from "./recording.ts";
import { APART_S, STEP_MS } from "./scenario.ts";
import type { Team } from "./team.ts";

/** Before the partition: all are linked all the time. */
const PLAYED_MS = APART_S[0] * 1000 - STEP_MS;
const ROUNDS = 3;

/** By name: ms an agent and second, the median of runs in turns. The beginning, with its keys, is not in it. */
export async function processorTimes<Name extends string>(
  recording: Recording,
  begin: (name: Name) => Promise<Team>,
  names: readonly Name[],
): Promise<ReadonlyMap<Name, number>> {
  const samples = await interleave(names, ROUNDS, async (name) => {
    const team = await begin(name);
    const before = processMs();
    await playTo(PLAYED_MS, recording, team);
    const tookMs = processMs() - before;
    team.end();
    return [tookMs / DRONES / (PLAYED_MS / 1000)];
  });
  return new Map(names.map((name) => [name, median(samples.get(name) ?? [])]));
}

/** All threads: signatures are checked on others. */
function processMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
