import { decode } from "cborg";
import type { Bytes } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import { seal, unseal } from "../checksum.ts";

/** Anything that CBOR can hold, under a checksum: for rows that this device alone writes. Throws on what it cannot hold (functions, symbols). */
export function sealValue(value: unknown): Bytes {
  return seal(encodeCbor(value));
}

/** The inverse of {@link sealValue}; it may have been written by another version, so parse it. Null when it is damaged. */
export function unsealValue(sealed: Bytes): { readonly value: unknown } | null {
  const bytes = unseal(sealed);
  if (!bytes) return null;
  try {
    return { value: decode(bytes) };
  } catch {
    return null; // its checksum holds by chance: damaged all the same
  }
}
