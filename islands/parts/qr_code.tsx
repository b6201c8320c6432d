import { useMemo } from "preact/hooks";
import encodeQR from "qr";

interface QrCodeProps {
  readonly text: string;
  readonly label: string;
}

/** Scanners need four light modules around the code (ISO/IEC 18004, 9.1). */
const QUIET_ZONE = 4;

/** A QR code as one SVG path, dark on light in every theme. */
export default function QrCode({ text, label }: QrCodeProps) {
  const { path, size } = useMemo(() => qrPath(text), [text]);
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}>
      <path d={path} />
    </svg>
  );
}

/** The dark modules as one path, a unit a module; one rectangle a run keeps it short. */
export function qrPath(text: string): { readonly path: string; readonly size: number } {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET_ZONE });
  const runs = rows.flatMap((row, y) =>
    runsOf(row).map(({ x, length }) => `M${x} ${y}h${length}v1h-${length}z`)
  );
  return { path: runs.join(""), size: rows.length };
}

function runsOf(row: readonly boolean[]): { readonly x: number; readonly length: number }[] {
  const runs: { x: number; length: number }[] = [];
  row.forEach((dark, x) => {
    if (!dark) return;
    if (row[x - 1]) runs[runs.length - 1].length++;
    else runs.push({ x, length: 1 });
  });
  return runs;
}
