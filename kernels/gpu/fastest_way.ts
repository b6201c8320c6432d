/** Which of several ways to do the same is the fastest. */
import type { Stopwatch, Work } from "./stopwatch.ts";

const ROUNDS = 5;
/** Where the time is over in between. */
const LEAST_ROUNDS = 3;
/** A clock in a browser ticks in 0.1 ms; of the caller's, what surrounds the work is more than that. */
const EXACT_SAMPLE_MS = 1;
const ROUGH_SAMPLE_MS = 8;
const MORE_REPEATS = 4;
const MOST_REPEATS = 64;

/** What a way runs, so many times over. */
export interface TimedWay {
  readonly tile: string;
  readonly work: (repeats: number) => Work;
}

/**
 * The name of the fastest tile, by the median of rounds in which all ways take turns; undefined when the time
 * is over before that is known.
 */
export async function fastestOf(
  ways: readonly TimedWay[],
  stopwatch: Stopwatch,
  isOver: () => boolean,
): Promise<string | undefined> {
  if (ways.length === 0 || isOver()) return undefined;
  const repeats = await repeatsOf(ways[0], stopwatch, isOver);
  const works = ways.map(({ work }) => work(repeats));
  const rounds: number[][] = [];
  while (rounds.length < ROUNDS && !isOver()) rounds.push(await stopwatch.time(works));
  if (rounds.length < LEAST_ROUNDS) return undefined;
  const times = works.map((_, way) => median(rounds.map((round) => round[way])));
  return ways[times.indexOf(Math.min(...times))].tile;
}

/** How often a way is run in a sample, for its time to be told from the clock's grain. The first run warms up. */
async function repeatsOf(
  { work }: TimedWay,
  stopwatch: Stopwatch,
  isOver: () => boolean,
): Promise<number> {
  const enoughMs = stopwatch.isExact ? EXACT_SAMPLE_MS : ROUGH_SAMPLE_MS;
  await stopwatch.time([work(1)]);
  let repeats = 1;
  while (repeats < MOST_REPEATS && !isOver()) {
    const [timeMs] = await stopwatch.time([work(repeats)]);
    if (timeMs >= enoughMs) break;
    repeats *= MORE_REPEATS;
  }
  return repeats;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}
