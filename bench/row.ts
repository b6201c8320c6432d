/** One measurement. `ratio`: ours / peer. */
export interface Row {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
  /** What else was measured, with its unit in its name, or is to be known; printed beside the others. */
  readonly also?: Readonly<Record<string, number | string>>;
}

export function row(
  suite: string,
  name: string,
  value: number,
  unit: string,
  peer?: { readonly name: string; readonly value: number },
): Row {
  const ours = { suite, name, value: round(value), unit };
  if (!peer) return ours;
  return {
    ...ours,
    peer: peer.name,
    peerValue: round(peer.value),
    ratio: round(value / peer.value),
  };
}

/** One JSON object: what is measured besides becomes fields of their own. */
export function jsonOf({ also = {}, ...row }: Row): string {
  const rounded = Object.entries(also).map(([name, value]) => [name, roundedOrText(value)]);
  return JSON.stringify({ ...row, ...Object.fromEntries(rounded) });
}

export function wordsOf(row: Row): string {
  const { suite, name, value, unit, peer, peerValue, ratio, also = {} } = row;
  const beside = peer === undefined ? "" : `  ${peer} ${peerValue} ${unit}, ratio ${ratio}`;
  const more = Object.entries(also).map(([name, value]) => `, ${name} ${roundedOrText(value)}`)
    .join("");
  return `${suite.padEnd(9)} ${name.padEnd(34)} ${value} ${unit}${beside}${more}`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function roundedOrText(value: number | string): number | string {
  return typeof value === "number" ? round(value) : value;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
