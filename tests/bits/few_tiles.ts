/**
 * Stands in for `fixtures/trial_tiles.ts` where the bundle runs: ways that were taken before. Chromium's GPU
 * in software compiles a shader of `conv` for seconds; Deno's, which tries them all, for a tenth of that.
 */
import type { TileChoice } from "../../kernels/gpu/gpu_op.ts";

const taken = new Set<string>();

export const TRIAL_TILES: TileChoice = {
  choose(_layer, byCost) {
    const way = byCost.find(({ name }) => taken.has(name)) ?? byCost[0];
    taken.add(way.name);
    return way;
  },
};
