/** What is made of several seeds' runs. */
import { median } from "../row.ts";
import type { Lateness } from "./lateness.ts";
import type { Played } from "./play.ts";

export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly of: (runs: readonly Played[]) => number;
}

const isLinked = ({ when }: Lateness) => when === "linked";
const isApart = ({ when }: Lateness) => when === "apart";

/** Times and shares of decisions are of all seeds together, all else is the median seed's. */
export const MEASURES: readonly Measure[] = [
  ...latencies("decision-linked", isLinked),
  ...latencies("decision-apart", isApart),
  ...latencies("own-decision", ({ isOwn }) => isOwn),
  ...latencies("own-decision-apart", (one) => one.isOwn && isApart(one)),
  { name: "not-decided-while-apart", unit: "share", of: (runs) => shareOf(runs, isApart, isLate) },
  { name: "never-decided", unit: "share", of: (runs) => shareOf(runs, () => true, isNever) },
  perSeed("alerts-besides", "", ({ beyond }) => beyond),
  perSeed("one-map-after-20s-apart", "ms", ({ healedMs }) => healedMs),
  perSeed("maps-that-are-one", "share", ({ agreedShare }) => agreedShare),
  { name: "held-by-all-p50", unit: "ms", of: (runs) => percentile(heldOf(runs), 0.5) },
  { name: "held-by-all-p99", unit: "ms", of: (runs) => percentile(heldOf(runs), 0.99) },
  perSeed("mota", "", ({ mota }) => mota),
  perSeed("idf1", "", ({ idf1 }) => idf1),
  perSeed("shown-by-three-cut-off", "share", ({ shownApart }) => shownApart),
  perSeed("bytes-per-agent-second", "B", ({ bytesPerAgentS }) => bytesPerAgentS),
];

function latencies(name: string, is: (one: Lateness) => boolean): readonly Measure[] {
  return [50, 99].map((percent) => ({
    ...{ name: `${name}-p${percent}`, unit: "ms" },
    of: (runs) => percentile(chosen(runs, is).map(({ lateMs }) => lateMs), percent / 100),
  }));
}

function perSeed(name: string, unit: string, of: (one: Played) => number): Measure {
  return { name, unit, of: (runs) => median(runs.map(of)) };
}

function isLate({ isWhileApart }: Lateness): boolean {
  return !isWhileApart;
}

function isNever(one: Lateness): boolean {
  return one.isNever;
}

function shareOf(
  runs: readonly Played[],
  is: (one: Lateness) => boolean,
  counts: (one: Lateness) => boolean,
): number {
  const all = chosen(runs, is);
  return all.filter(counts).length / all.length;
}

function chosen(runs: readonly Played[], is: (one: Lateness) => boolean): readonly Lateness[] {
  return runs.flatMap(({ lateness }) => lateness.filter(is));
}

function heldOf(runs: readonly Played[]): readonly number[] {
  return runs.flatMap(({ heldMs }) => heldMs);
}

/** The smallest of which at least that share is not above. NaN of none. */
function percentile(values: readonly number[], share: number): number {
  const rising = values.toSorted((a, b) => a - b);
  return rising[Math.max(0, Math.ceil(share * rising.length) - 1)] ?? NaN;
}
