/** A line comment, or where a block comment opens or closes: blocks nest (WGSL, section 3.3). */
const MARKS = /\/\/[^\n]*|\/\*|\*\//g;

/** WGSL without comments, indentation and blank lines; it has no texts in which a comment could be meant. */
export function stripWgsl(source: string): string {
  return withoutComments(source)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

function withoutComments(source: string): string {
  let [kept, end, depth] = ["", 0, 0];
  MARKS.lastIndex = 0;
  for (let mark = MARKS.exec(source); mark; mark = MARKS.exec(source)) {
    const [text] = mark;
    if (text.startsWith("//") && depth > 0) {
      MARKS.lastIndex = mark.index + 2; // in a block it begins nothing: a mark behind it counts
      if (source[mark.index + 2] === "*") MARKS.lastIndex--; // "//*" opens a block within a block
      continue;
    }
    if (depth === 0) kept += `${source.slice(end, mark.index)} `;
    if (text === "/*") depth++;
    else if (text === "*/") depth--;
    end = MARKS.lastIndex;
    if (depth < 0) throw new Error("Cannot strip a shader: a comment ends that has not begun");
  }
  if (depth > 0) throw new Error("Cannot strip a shader: a comment does not end");
  return kept + source.slice(end);
}
