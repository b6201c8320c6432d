import { type Bytes, fromHex, joinBytes, sha256 } from "../bytes.ts";
import type { DeviceId } from "../observation.ts";
import { POSSESSION_BYTES } from "./frames.ts";

const PROVED_AS = new TextEncoder().encode("fieldmesh blob 1\n");

/**
 * What only `device` with all of a blob's bytes can say to this nonce, of 16 bytes: a name alone is no
 * copy, and what another device says does not serve.
 */
export async function proveBlob(device: DeviceId, nonce: Bytes, blob: Bytes): Promise<Bytes> {
  const digest = await sha256(joinBytes(PROVED_AS, fromHex(device), nonce, blob));
  return digest.slice(0, POSSESSION_BYTES);
}
