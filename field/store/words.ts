/** Short texts that were broken up lately, with their words: labels and names of sources come again and again. */
const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 1000;
const MOST_KNOWN_LENGTH = 100;

/** The words of a text for searching: lower case, without accents, sorted, each once. */
export function wordsOf(text: string): readonly string[] {
  const before = known.get(text);
  if (before) return before;
  const words = [...new Set(folded(text).match(/[\p{L}\p{N}]+/gu) ?? [])].sort();
  if (known.size >= MOST_KNOWN) known.clear();
  if (text.length <= MOST_KNOWN_LENGTH) known.set(text, words);
  return words;
}

/** True when a word of `words`, which are sorted, begins with `prefix`. */
export function hasWordWith(prefix: string, words: readonly string[]): boolean {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (words[middle] < prefix) low = middle + 1;
    else high = middle;
  }
  return words[low]?.startsWith(prefix) ?? false;
}

/** Upper case first: it makes `ß` `SS` and `ı` `I`, as case folding does. The final sigma is a sigma. */
function folded(text: string): string {
  return text.normalize("NFKD").toUpperCase().toLowerCase().normalize("NFKD")
    .replace(/\p{M}+/gu, "").replaceAll("ς", "σ");
}
