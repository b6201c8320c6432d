import { toHex } from "../bytes.ts";
import type { ModelRef } from "../observation.ts";

export const HASH_BYTES = 32;

/** Texts of outside origin, to which a batch's rows point. */
export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

/** A model of outside origin: `[id, hash]`. */
export function parseModel(value: unknown): ModelRef | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [id, sha256] = value as unknown[];
  if (typeof id !== "string" || !(sha256 instanceof Uint8Array)) return null;
  return sha256.length === HASH_BYTES ? { id, sha256: toHex(sha256) } : null;
}
