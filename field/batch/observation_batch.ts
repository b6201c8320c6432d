import type { Bytes } from "../bytes.ts";
import { decodeCbor } from "../cbor.ts";
import { decodeColumnBatch, encodeColumnBatch } from "./column_batch.ts";
import type { DeviceId, Observation } from "../observation.ts";
import { decodeRowBatch } from "./row_batch.ts";

export { beginOf, observationId } from "../observation_id.ts";

/** Observations in one entry. */
export const MOST_IN_BATCH = 256;
/** Observations that one call of `Replica.record` takes. */
export const MOST_IN_RECORD = 4096;

/** At most {@link MOST_IN_BATCH} observations of one device as one record, in format 2: see `column_batch.ts`. */
export function encodeBatch(observations: readonly Observation[]): Bytes {
  return encodeColumnBatch(observations);
}

/** A batch of `device`, in any format known here. Null when it is not one, or from a newer version. */
export function decodeBatch(bytes: Uint8Array, device: DeviceId): Observation[] | null {
  const value = decodeCbor(bytes)?.value;
  if (!Array.isArray(value)) return null;
  if (value[0] === 1) return decodeRowBatch(value, device);
  if (value[0] === 2) return decodeColumnBatch(value, device, MOST_IN_BATCH);
  return null;
}
