import { encodeQR } from "qr";

export interface Announcement {
  /** Where the app is. */
  readonly url: string;
  /** Other addresses of the same. */
  readonly others: readonly string[];
  /** With the hub's own authority: how a new device comes to trust it. */
  readonly trust: {
    readonly url: string;
    readonly fingerprint: string;
    readonly isNew: boolean;
  } | null;
  /** Show the address as a QR code too. */
  readonly qr: boolean;
}

/** What the hub says when it is up. The first line is read by programs: `ready: <url>`. */
export function announcement(
  { url, others, trust, qr }: Announcement,
  { color }: { readonly color: boolean },
): string {
  const lines = [`Fieldmesh is ready: ${url}`];
  if (others.length > 0) lines.push(`Also at: ${others.join(" ")}`);
  if (trust) {
    if (trust.isNew) lines.push("A new certificate authority was made: no device trusts it yet.");
    lines.push(
      "",
      `1. Once on each device: open ${trust.url} and do what it says.`,
      `   It shows this fingerprint: ${trust.fingerprint}`,
      "",
      ...(qr ? [qrCode(trust.url, color), ""] : []),
      `2. Then open the app: ${url}`,
      "",
    );
  }
  if (qr) lines.push(qrCode(url, color));
  return lines.join("\n");
}

const ESCAPE = "\x1b";
/** Bright white on black, whatever the terminal's own colours are: not every reader takes negatives. */
const WHITE_ON_BLACK = `${ESCAPE}[97;40m`;
const PLAIN = `${ESCAPE}[0m`;

/** Half blocks: two rows of modules a line, so that the code is square and fits a small window. */
function qrCode(text: string, color: boolean): string {
  const code = encodeQR(text, "ascii", { border: 2 }).trimEnd();
  if (!color) return code;
  return code.split("\n").map((line) => `${WHITE_ON_BLACK}${line}${PLAIN}`).join("\n");
}
