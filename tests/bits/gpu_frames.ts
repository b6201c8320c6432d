/** Which frames a GPU in software answers, which takes seconds for what a real one does in milliseconds. */
import { FRAMES } from "./frames.ts";

/** All of them, and all shaders in browsers too: FIELDMESH_BITS=all deno task test bits. */
export const ALL_BITS = Deno.env.get("FIELDMESH_BITS") === "all";

const ALL = { first: 0, end: FRAMES };
/** Part of a picture, and noise. */
export const ONE_BY_ONE = ALL_BITS ? ALL : { first: 8, end: 10 };
/** Chromium's is several times as slow as Deno's. */
export const IN_WORKER = ALL_BITS ? ALL : { first: 8, end: 9 };

/** Successive batches, from the first frame on: one that is larger than before, and one that is smaller. */
export const BATCH_SIZES: readonly number[] = [2, 5, 1];
export const BATCHED = { first: 0, end: 8 };
