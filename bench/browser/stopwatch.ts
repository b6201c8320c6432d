/** Browsers round their clock to 0.1 ms: what is timed as one must be much longer. */
const LEAST_SAMPLE_MS = 10;

/**
 * Milliseconds a run. Short runs are timed several at once. Takes samples until `budgetMs` have passed,
 * one at least. `now` in ms.
 */
export async function timeRuns(
  run: () => Promise<unknown>,
  budgetMs: number,
  now: () => number = () => performance.now(),
): Promise<number[]> {
  const samples: number[] = [];
  const end = now() + budgetMs;
  let runs = 1;
  do {
    const start = now();
    for (let k = 0; k < runs; k++) await run();
    const ms = now() - start;
    if (ms >= LEAST_SAMPLE_MS) samples.push(ms / runs);
    else runs = Math.max(runs + 1, Math.ceil(runs * LEAST_SAMPLE_MS / Math.max(ms, 1)));
  } while (samples.length === 0 || now() < end);
  return samples;
}
