import { decode, encode } from "cborg";
import { type Bytes, plainBytes } from "./bytes.ts";

/** CBOR in its one canonical form: the same value is always the same bytes. */
export function encodeCbor(value: unknown): Bytes {
  return plainBytes(encode(value));
}

/** Canonical CBOR of outside origin. The result is `unknown`: parse it. Null when it is not CBOR, or not canonical. */
export function decodeCbor(bytes: Uint8Array): { readonly value: unknown } | null {
  try {
    return {
      value: decode(bytes, {
        strict: true,
        allowIndefinite: false,
        allowUndefined: false,
        allowNaN: false,
        allowInfinity: false,
        rejectDuplicateMapKeys: true,
      }),
    };
  } catch {
    // cborg throws on every malformed input; that it is malformed is all a caller can act on
    return null;
  }
}
