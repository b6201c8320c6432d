/** A swarm's results as text: a row a seed, and the least, median and most of each column. */
import type { FlightResult } from "./fly_swarm.ts";
import type { SwarmReport } from "./swarm_report.ts";

interface Column {
  readonly head: string;
  readonly of: (result: FlightResult) => number | null;
  readonly digits: number;
}

const PERCENT = 100;

const COLUMNS: readonly Column[] = [
  { head: "switches", of: (one) => one.switches / one.agents, digits: 1 },
  { head: "MOTA", of: (one) => one.mota, digits: 3 },
  { head: "IDF1", of: (one) => one.idf1, digits: 3 },
  { head: "error m", of: (one) => one.meanErrorM, digits: 2 },
  { head: "p95 m", of: (one) => one.p95ErrorM, digits: 2 },
  { head: "held ms", of: (one) => one.heldMedianMs, digits: 0 },
  { head: "most ms", of: (one) => one.heldMostMs, digits: 0 },
  { head: "healed ms", of: (one) => one.healedAfterMs, digits: 0 },
  { head: "agreed %", of: (one) => one.agreedShare * PERCENT, digits: 0 },
  { head: "saved %", of: (one) => one.looksSaved * PERCENT, digits: 1 },
  { head: "B/s agent", of: (one) => one.bytesPerAgentS, digits: 0 },
  { head: "decisions", of: (one) => one.decisions, digits: 0 },
];

export function swarmTable(results: readonly FlightResult[]): string {
  const heads = ["seed", "found", ...COLUMNS.map(({ head }) => head)];
  const rows = results.map((one) => [
    ...[`${one.seed}`, `${one.found} of ${one.objects}`],
    ...COLUMNS.map((column) => numberText(column.of(one), column.digits)),
  ]);
  const sums = results.length < 2 ? [] : (["least", "median", "most"] as const).map((which) => [
    ...[which, ""],
    ...COLUMNS.map(({ of, digits }) => numberText(chosen(results.map(of), which), digits)),
  ]);
  return aligned([heads, ...rows, ...sums]);
}

/** What the columns mean, for who reads the table for the first time. */
export const TABLE_LEGEND =
  `found: true objects that some drone's map had under their own label. switches a map, MOTA: Bernardin &
Stiefelhagen 2008; IDF1: Ristani et al. 2016; gate 3 m, over the maps of all drones, each against what
it can know (field/swarm/swarm_score.ts). held: from when an object is first wholly in a frame until all
drones have one track of it. healed: from the partition's end until all maps are one in what any drone
knew then. saved: frames that were not worth the detector. B/s: sent over all links of an agent.`;

/** One line of how it stands. */
export function progressLine(
  { atMs, truth, drones, shared, healing, agreedSinceMs }: SwarmReport,
): string {
  const seen = truth.filter(({ wasInView }) => wasInView).length;
  const tracks = shared.map(({ length }) => length).join(" and ");
  const away = drones.filter(({ task }) => task.kind === "confirm").map(({ number }) => number + 1);
  return [
    `${(atMs / 1000).toFixed(0).padStart(4)} s`,
    `${seen} of ${truth.length} flown over`,
    `${tracks} tracks`,
    shared.length > 1 ? "apart" : agreedSinceMs === null ? "news under way" : "one map",
    ...healing?.tookMs ? [`healed after ${healing.tookMs} ms`] : [],
    ...away.length > 0 ? [`drone ${away.join(", ")} has a look`] : [],
  ].join(", ");
}

function chosen(
  values: readonly (number | null)[],
  which: "least" | "median" | "most",
): number | null {
  const rising = values.filter((one) => one !== null).sort((a, b) => a - b);
  const at = { least: 0, median: rising.length >> 1, most: rising.length - 1 }[which];
  return rising[at] ?? null;
}

function numberText(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || Number.isNaN(value) ? "-" : value.toFixed(digits);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i])).join("  ").trimEnd())
    .join("\n");
}
