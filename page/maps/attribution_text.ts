/** Longer thanks are cut: they must not cover what they thank for. */
const MOST_LETTERS = 200;
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", copy: "©", reg: "®" },
};

/**
 * Whose map it is, out of the HTML that archives state it in, for showing as text: without tags, with
 * the commonest entities read, on one line. What is no string says nothing.
 */
export function attributionText(attribution: unknown): string {
  if (typeof attribution !== "string") return "";
  const text = attribution
    .replace(/<(script|style)\b[^]*?<\/\1\s*>/gi, " ")
    .replace(/<\/?[a-z!][^>]*>/gi, "")
    .replace(/&(#x?)?(\w+);/gi, (whole, number, name) => entity(number, name) ?? whole)
    .replace(/\s+/g, " ")
    .trim();
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS).trimEnd()} …` : text;
}

function entity(number: string | undefined, name: string): string | undefined {
  if (!number) return ENTITIES[name];
  const code = Number(number === "#" ? name : `0x${name}`);
  return code > 0x1f && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
