import { decode, encode } from "cborg";
import { type Bytes, equalBytes, plainBytes } from "./bytes.ts";

/**
 * CBOR in its one canonical form: the same value is always the same bytes. They are over a buffer of
 * their own, so that they can be stored and transferred.
 */
export function encodeCbor(value: unknown): Bytes {
  const bytes = encode(value);
  // of 129 to 256 bytes, cborg 6.1 gives a part of what it wrote into, under Deno a Buffer in Node's pool
  return bytes.length === bytes.buffer.byteLength ? plainBytes(bytes) : new Uint8Array(bytes);
}

const STRICT = {
  strict: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
};

/** Canonical CBOR of outside origin. The result is `unknown`: parse it. Null when it is not CBOR, or not canonical. */
export function decodeCbor(bytes: Uint8Array): { readonly value: unknown } | null {
  try {
    const value: unknown = decode(bytes, STRICT);
    // cborg still takes some loose forms (a whole number as a float, keys out of order)
    return equalBytes(encode(value), bytes) ? { value } : null;
  } catch {
    // cborg throws on every malformed input; that it is malformed is all a caller can act on
    return null;
  }
}

/** A whole number from 0 on that JavaScript holds exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
