import { type Bytes, joinBytes } from "./bytes.ts";

const SUM_BYTES = 4;
/** Reflected polynomial of CRC-32 (ISO 3309, as in zip and PNG). */
const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
  return sum;
});

/** CRC-32: against damage by accident, not by intent. */
export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) sum = TABLE[(sum ^ bytes[i]) & 0xff] ^ (sum >>> 8);
  return ~sum >>> 0;
}

/** The bytes with their CRC-32 (little-endian) before them. */
export function seal(bytes: Uint8Array): Bytes {
  const sum = new Uint8Array(SUM_BYTES);
  new DataView(sum.buffer).setUint32(0, crc32(bytes), true);
  return joinBytes(sum, bytes);
}

/** The bytes that were sealed, as a part of `sealed`; null when they are no longer what they were. */
export function unseal(sealed: Bytes): Bytes | null {
  if (sealed.length < SUM_BYTES) return null;
  const bytes = sealed.subarray(SUM_BYTES);
  return crc32(bytes) === sealOf(sealed) ? bytes : null;
}

/** The checksum that sealed bytes carry, whether it holds or not. */
export function sealOf(sealed: Bytes): number {
  return new DataView(sealed.buffer, sealed.byteOffset).getUint32(0, true);
}
