import { fromHex, joinBytes, sha256, toHex } from "../bytes.ts";
import type { DeviceId } from "../observation.ts";

const NAMED_AS = new TextEncoder().encode("fieldmesh radio 1\n");

/** The id under which signalling and relay know a device: not its key, but what its crew can derive from it. */
export async function peerIdOf(device: DeviceId): Promise<string> {
  const digest = await sha256(joinBytes(NAMED_AS, fromHex(device)));
  return `fm-${toHex(digest.slice(0, 16))}`;
}
