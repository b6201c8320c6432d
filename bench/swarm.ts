/** One map of five drones: ours, beside all that send all to all, and beside one server far away. */
import { type Row, row } from "./row.ts";
import { BroadcastTeam } from "./swarm/broadcast_team.ts";
import { MEASURES } from "./swarm/measures.ts";
import { eventsOf } from "./swarm/oracle.ts";
import { OwnTeam } from "./swarm/own_team.ts";
import { play, type Played } from "./swarm/play.ts";
import { processorTimes } from "./swarm/processor_time.ts";
import { DRONES, record, type Recording } from "./swarm/recording.ts";
import { benchRules } from "./swarm/rules.ts";
import { isApart, LINKS, SECONDS } from "./swarm/scenario.ts";
import { ServerTeam } from "./swarm/server_team.ts";
import type { Team } from "./swarm/team.ts";

const SEEDS = [1, 2, 3];
const NAMES = ["ours", "broadcast", "server-45ms"] as const;
type Name = typeof NAMES[number];

const BEGIN: Readonly<Record<Name, (recording: Recording) => Promise<Team>>> = {
  ours: (recording) => OwnTeam.begin(recording, LINKS),
  broadcast: (recording) => BroadcastTeam.begin(recording, LINKS),
  "server-45ms": (recording) => ServerTeam.begin(recording, LINKS),
};

/** What one measure is for each of them. */
type Line = { readonly name: string; readonly unit: string; readonly values: Record<Name, number> };

/** A table of all goes to standard error. Times but the processor's are virtual. */
export async function swarm(): Promise<Row[]> {
  const recordings: Recording[] = [];
  for (const seed of SEEDS) {
    console.error(`swarm: seed ${seed}, ${SECONDS} s before the detector`);
    recordings.push(await record(seed, SECONDS));
  }
  return await compare(recordings);
}

/** Of recordings made with {@link record}: medians, percentiles and the processor time of each. */
export async function compare(recordings: readonly Recording[]): Promise<Row[]> {
  const runs: Record<Name, Played[]> = { ours: [], broadcast: [], "server-45ms": [] };
  for (const recording of recordings) {
    const events = eventsOf(recording, benchRules(DRONES));
    const apart = events.filter(({ atMs }) => isApart(atMs)).length;
    console.error(`swarm: seed ${recording.seed}, ${events.length} events, ${apart} while apart`);
    for (const name of NAMES) {
      const team = await BEGIN[name](recording);
      runs[name].push(await play(recording, events, team));
      team.end();
    }
  }
  const lines: Line[] = MEASURES.map(({ name, unit, of }) => ({
    ...{ name, unit, values: ofEach((team) => of(runs[team])) },
  }));
  const times = await processorTimes(recordings[0], (name) => BEGIN[name](recordings[0]), NAMES);
  const cpu = ofEach((name) => times.get(name) ?? NaN);
  lines.push({ name: "cpu-per-agent-second", unit: "ms", values: cpu });
  console.error(tableOf(lines));
  return lines.flatMap(rowsOf);
}

function ofEach(of: (name: Name) => number): Record<Name, number> {
  return { ours: of("ours"), broadcast: of("broadcast"), "server-45ms": of("server-45ms") };
}

/** Beside each of the others; what nothing can be said of is left out, and so is a ratio to nothing. */
function rowsOf({ name, unit, values }: Line): readonly Row[] {
  const others = (["broadcast", "server-45ms"] as const).filter((peer) =>
    Number.isFinite(values[peer]) && Number.isFinite(values.ours)
  );
  return others.map((peer): Row => {
    const { ratio, ...rest } = row("swarm", name, values.ours, unit, {
      ...{ name: peer, value: values[peer] },
    });
    return Number.isFinite(ratio) ? { ...rest, ratio } : rest;
  });
}

function tableOf(lines: readonly Line[]): string {
  const cells = lines.map(({ name, unit, values }) => [
    `${name}${unit ? `, ${unit}` : ""}`.padEnd(32),
    ...NAMES.map((team) => shortened(values[team]).padStart(12)),
  ]);
  const head = ["".padEnd(32), ...NAMES.map((team) => team.padStart(12))];
  return [head, ...cells].map((line) => line.join(" ")).join("\n");
}

function shortened(value: number): string {
  if (!Number.isFinite(value)) return "none";
  return Math.abs(value) < 10 && !Number.isInteger(value)
    ? value.toFixed(3)
    : `${Math.round(value)}`;
}
