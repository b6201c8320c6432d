import { type Bytes, fromHex, sha256 } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import type { Head } from "../store/store.ts";
import { DIGEST_BYTES, type FeedHead, HEAD_HASH_BYTES } from "./frames.ts";

/** A head as it travels. */
export function feedHead({ device, seq, hash }: Head): FeedHead {
  return { device, seq, hash: hash.slice(0, HEAD_HASH_BYTES) };
}

/** Equal on two devices exactly when they hold the same entries. */
export async function digestOf(heads: readonly Head[]): Promise<Bytes> {
  const sorted = [...heads].sort((a, b) => a.device < b.device ? -1 : 1);
  const digest = await sha256(encodeCbor(sorted.map((head) => [fromHex(head.device), head.hash])));
  return digest.slice(0, DIGEST_BYTES);
}
