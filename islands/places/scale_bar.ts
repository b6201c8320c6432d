/** A length in metres that is a round figure, and how long it is on the plan. */
export interface ScaleBar {
  readonly lengthM: number;
  readonly lengthPx: number;
  /** "20 m", "2 km", "50 cm". */
  readonly words: string;
}

const ROUND = [5, 2, 1] as const;

/** The longest of 1, 2 and 5 × 10ⁿ m that takes at most so many pixels. */
export function scaleBar(pxPerM: number, mostPx: number): ScaleBar {
  const lengthM = roundBelow(mostPx / pxPerM);
  return { lengthM, lengthPx: lengthM * pxPerM, words: lengthWords(lengthM) };
}

/** The largest of 1, 2 and 5 × 10ⁿ that is not above `value` (> 0). */
export function roundBelow(value: number): number {
  const slack = value * (1 + 1e-9);
  const power = powerOfTen(Math.floor(Math.log10(slack)));
  return (ROUND.find((digit) => digit * power <= slack) ?? 1) * power;
}

export function lengthWords(lengthM: number): string {
  if (lengthM >= 1000) return `${plain(lengthM / 1000)} km`;
  return lengthM < 1 ? `${plain(lengthM * 100)} cm` : `${plain(lengthM)} m`;
}

/** A grid's lines within an interval, at whole multiples of the step. */
export function gridLines(from: number, to: number, step: number): readonly number[] {
  const [first, last] = [Math.ceil(from / step), Math.floor(to / step)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** 0.01 itself, where 10 ** -2 is off by a bit. */
function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`);
}

function plain(value: number): string {
  return String(Number(value.toPrecision(3)));
}
