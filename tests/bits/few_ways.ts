/** Stands in for `fixtures/gpu_ways.ts` where the bundle runs: `few_tiles.ts` says why no further way is tried. */
export function runInWay(): Promise<void> {
  return Promise.resolve();
}
