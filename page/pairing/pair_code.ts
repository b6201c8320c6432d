import { seal, unseal } from "../../field/checksum.ts";
import { fromBase41, toBase41 } from "./base41.ts";
import { type PairHalf, squeeze, unfold } from "./squeeze.ts";

/** Says whose code it is, to people and to other apps; the number is raised when older ones could not read it. */
const PREFIX = "FM1:";
const ANY_VERSION = /FM(\d{1,3}):/;
/** Of 300 bytes and their checksum, three characters for two bytes. */
export const CODE_MOST_CHARS = 4 + 456;

/** What is wrong with a text that was read. "damaged": misread, or cut; "other-version": of a Fieldmesh that this one does not understand. */
export type CodeFault = "not-a-code" | "damaged" | "other-version";

/** The code's text: characters of QR's alphanumeric mode only. Throws what {@link squeeze} throws. */
export function pairCode(half: PairHalf): string {
  return PREFIX + toBase41(seal(squeeze(half)));
}

/** A text from a camera, a picture or a messenger, which may have wrapped it and put words before it. Never throws. */
export function readPairCode(text: string): PairHalf | CodeFault {
  // a code is far shorter; whoever pastes a book shall not wait
  const upper = text.slice(0, 4 * CODE_MOST_CHARS).toUpperCase();
  const start = upper.indexOf(PREFIX);
  if (start === -1) return ANY_VERSION.test(upper) ? "other-version" : "not-a-code";
  const sealed = fromBase41(upper.slice(start + PREFIX.length).replace(/\s/g, ""));
  const bytes = sealed && unseal(sealed);
  if (!bytes) return "damaged";
  const unfolded = unfold(bytes);
  return unfolded === "other-format" ? "other-version" : unfolded;
}
