/** One measurement. `ratio`: ours / peer. */
export interface Row {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
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

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
