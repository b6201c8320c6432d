import { type Bytes, fromHex, isHex } from "../bytes.ts";
import { encodeCbor, isCount } from "../cbor.ts";
import { SIGNATURE_BYTES, type Signer, verifySignature } from "../keys.ts";
import type { DeviceId } from "../observation.ts";
import { isTopic } from "./topics.ts";

/**
 * A message that is never stored. Signed by its origin over all other fields, so that who passes it on can
 * neither make nor change one.
 */
export interface EphemeralMessage {
  readonly topic: string;
  /** The origin. */
  readonly from: DeviceId;
  /** Rises from one message of the origin to its next, whatever the topics: a stamp (see `clock.ts`). */
  readonly counter: number;
  /** ms since the epoch by the origin's clock. It is shown, and decides nothing. */
  readonly at: number;
  readonly bytes: Bytes;
  /** Whoever subscribes later gets it too: the last such message of a topic. Without bytes it clears the topic. */
  readonly retain: boolean;
  /** Goes before observations. */
  readonly critical: boolean;
  readonly sig: Bytes;
}

export const MOST_EPHEMERAL_BYTES = 4 * 1024;
/** No clock gives more ({@link HybridClock}), so an origin could not rise above it. */
const MOST_COUNTER = 2 ** 53 - 2 ** 49;
const SIGNED_AS = "fieldmesh ephemeral 1";

export async function signMessage(
  signer: Signer,
  unsigned: Omit<EphemeralMessage, "from" | "sig">,
): Promise<EphemeralMessage> {
  const { topic, counter, at, bytes, retain, critical } = unsigned;
  const message = { topic, from: signer.id, counter, at, bytes, retain, critical };
  return { ...message, sig: await signer.sign(signedBytes(message)) };
}

/** True when the origin wrote it so. */
export async function isGenuine(message: EphemeralMessage): Promise<boolean> {
  return isInBounds(message) &&
    await verifySignature(message.from, message.sig, signedBytes(message));
}

function isInBounds({ topic, from, counter, at, bytes, sig }: EphemeralMessage): boolean {
  return isTopic(topic) && isHex(from, 32) && isCount(counter) && counter <= MOST_COUNTER &&
    isCount(at) && bytes.length <= MOST_EPHEMERAL_BYTES && sig.length === SIGNATURE_BYTES;
}

function signedBytes(message: Omit<EphemeralMessage, "sig">): Bytes {
  const { topic, from, counter, at, bytes, retain, critical } = message;
  return encodeCbor([SIGNED_AS, fromHex(from), topic, counter, at, bytes, retain, critical]);
}
