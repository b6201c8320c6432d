import type { Bytes } from "../bytes.ts";
import { FieldError } from "../errors.ts";
import { beginOf, encodeBatch, MOST_IN_BATCH, MOST_IN_RECORD } from "../batch/observation_batch.ts";
import type { Observation } from "../observation.ts";

/** Room for the entry around it; long names of sources may need more than 256 observations have. */
const MOST_BATCH_BYTES = 40_000;

/**
 * Observations in batches, each of which fits an entry: in the order in which they began, so that a batch is
 * small and touches few pages of the index; of those with one id the later one stays later.
 * Throws `entry-invalid` for an observation that fits no entry.
 */
export function batchesOf(observations: readonly Observation[]): Bytes[] {
  if (observations.length > MOST_IN_RECORD) {
    throw new Error(`Cannot record ${observations.length} observations at once`);
  }
  const sorted = observations.toSorted((a, b) => beginOf(a.id) - beginOf(b.id));
  const batches: Bytes[] = [];
  for (let from = 0; from < sorted.length; from += MOST_IN_BATCH) {
    batches.push(...fitting(sorted.slice(from, from + MOST_IN_BATCH)));
  }
  return batches;
}

function fitting(observations: readonly Observation[]): Bytes[] {
  const batch = encodeBatch(observations);
  if (batch.length <= MOST_BATCH_BYTES) return [batch];
  if (observations.length === 1) {
    throw new FieldError(
      "entry-invalid",
      `Cannot record observation ${observations[0].id}: its names take ${batch.length} bytes`,
    );
  }
  const half = observations.length >> 1;
  return [...fitting(observations.slice(0, half)), ...fitting(observations.slice(half))];
}
