import type { Bytes } from "../../field/bytes.ts";

/**
 * 41 of the 45 characters that a QR code packs tightly. RFC 9285's base 45 needs no more than these (41³ > 2¹⁶), and
 * these are what messengers leave as it is: no space (trimmed), colon (emoticons), star (bold) or full stop (links).
 */
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%+-/";
const BASE = ALPHABET.length;

/** Two bytes are three characters, a last single one is two. */
export function toBase41(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const isPair = i + 1 < bytes.length;
    let value = isPair ? bytes[i] << 8 | bytes[i + 1] : bytes[i];
    for (let digit = isPair ? 3 : 2; digit > 0; digit--) {
      text += ALPHABET[value % BASE];
      value = Math.floor(value / BASE);
    }
  }
  return text;
}

/** The inverse of {@link toBase41}; null when the text is none. */
export function fromBase41(text: string): Bytes | null {
  if (text.length % 3 === 1) return null;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const digits = Array.from(text.slice(i, i + 3), (char) => ALPHABET.indexOf(char));
    if (digits.includes(-1)) return null;
    const value = digits.reduceRight((sum, digit) => sum * BASE + digit, 0);
    const isPair = digits.length === 3;
    if (value >= (isPair ? 65_536 : 256)) return null;
    bytes.push(...isPair ? [value >> 8, value & 255] : [value]);
  }
  return Uint8Array.from(bytes);
}
