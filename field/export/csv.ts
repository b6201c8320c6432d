/** A value of a table: texts in a list are joined by `|`. Null: nothing is known. */
export type Cell = string | number | boolean | null | readonly string[];

/**
 * Tells Excel that what follows is UTF-8: without it, it takes a file that is opened by a double click
 * for Windows-1252, and "Fähe" becomes "FÃ¤he".
 */
export const BYTE_ORDER_MARK = "\ufeff";

/** A line of a CSV file (RFC 4180) with its end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "boolean") return cell ? "true" : "false";
  if (typeof cell === "number") return decimal(cell);
  const text = harmless(typeof cell === "string" ? cell : joined(cell));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Labels in one text: `|` between them; a `|` or `\` in a label has a `\` before it. */
export function joined(labels: readonly string[]): string {
  return labels.map((label) => label.replace(/[|\\]/g, "\\$&")).join("|");
}

/**
 * A text that no spreadsheet takes for a formula: a `'` goes before = + - @ (and their wide forms), and
 * before a `'`, at the beginning and after a character at which a program that reads the file with another
 * separator begins a new cell; and before a tab or CR at the beginning. A reader gets the text back by
 * taking one `'` away in these places. (OWASP, "CSV Injection".)
 * What is no text at all (control characters) becomes U+FFFD, since many readers end a file there.
 */
function harmless(text: string): string {
  return text.replace(NOT_TEXT, "\ufffd").replace(MAYBE_FORMULA, "$1'").replace(/^[\t\r]/, "'$&");
}

// deno-lint-ignore no-control-regex -- they are what is looked for
const NOT_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const MAYBE_FORMULA = /(^|[;"\t\r\n])(?=['=+\-@＝＋－＠])/g;

/** Decimal digits without an exponent, which some readers take for text. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes("e-") ? value.toFixed(20).replace(/\.?0+$/, "") : text;
}
