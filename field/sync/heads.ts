import { type Bytes, equalBytes, fromHex, sha256 } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import type { Head } from "../store/store.ts";
import { DIGEST_BYTES, type FeedHead, HEAD_HASH_BYTES } from "./frames.ts";

/** A head as it travels. */
export function feedHead(head: Head): FeedHead {
  return head.quarantined === undefined ? heldHead(head) : { ...heldHead(head), isForked: true };
}

/** As far as a peer has a feed that has it as far as this; what it knows of forks only it can say. */
export function heldHead({ device, seq, hash }: Head): FeedHead {
  return { device, seq, hash: hash.slice(0, HEAD_HASH_BYTES) };
}

/** Do both hold the same of a feed? Of one that forked it is enough to know that: of two sides nobody can have both. */
export function isSameHead(theirs: FeedHead | undefined, mine: Head): boolean {
  if (!theirs || mine.quarantined !== undefined || theirs.isForked) {
    return theirs?.isForked === true && mine.quarantined !== undefined;
  }
  return theirs.seq === mine.seq && equalBytes(theirs.hash, mine.hash.subarray(0, HEAD_HASH_BYTES));
}

/** Equal on two devices exactly when they hold the same entries, and know of the same forks. */
export async function digestOf(heads: readonly Head[]): Promise<Bytes> {
  const sorted = [...heads].sort((a, b) => a.device < b.device ? -1 : 1);
  const digest = await sha256(encodeCbor(
    sorted.map(({ device, hash, quarantined }) => [
      fromHex(device),
      quarantined === undefined ? hash : null,
    ]),
  ));
  return digest.slice(0, DIGEST_BYTES);
}
