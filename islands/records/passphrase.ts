/** How long a passphrase is, in words: length is what keeps a stolen file shut. */

/** Shorter ones are guessed by whoever has the file. */
export const LEAST_LENGTH = 8;
/** From here on guessing does not pay. */
export const STRONG_LENGTH = 20;
const FAIR_LENGTH = 14;

/** What a user would count as characters. */
export function lengthOf(passphrase: string): number {
  return Array.from(passphrase).length;
}

/** What its length means. */
export function strengthWords(passphrase: string): string {
  const length = lengthOf(passphrase);
  if (length === 0) return "Four or more unrelated words are long and easy to keep in mind.";
  if (length < LEAST_LENGTH) return `Too short: ${LEAST_LENGTH} characters at least.`;
  if (length < FAIR_LENGTH) return "Short: a computer may guess it. Add a word or two.";
  if (length < STRONG_LENGTH) return "Fair. One more word makes it strong.";
  return "Strong.";
}

/** What keeps the pair from being used; "" when nothing does. */
export function passphraseProblem(first: string, second: string): string {
  if (lengthOf(first) < LEAST_LENGTH) {
    return `The passphrase needs ${LEAST_LENGTH} characters at least.`;
  }
  if (first !== second) return "The two do not match.";
  return "";
}
