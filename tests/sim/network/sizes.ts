/** Of every `every` seeds one runs a crew of this size; the first that fits. */
const LARGE = [
  { every: 1000, nodes: 128 },
  { every: 500, nodes: 64 },
  { every: 250, nodes: 32 },
  { every: 125, nodes: 16 },
] as const;
/** The others: small crews are where most people are, and where most seeds fit into the time. */
const SMALL = [2, 3, 2, 4, 2, 3, 2, 3, 5, 2, 2, 3, 2, 4, 2, 3, 2, 2, 3, 8] as const;

/** How many devices the crew of a seed has: 2 to 128. */
export function sizeOf(seed: number): number {
  const large = LARGE.find(({ every }) => seed % every === 0);
  return large?.nodes ?? SMALL[seed % SMALL.length];
}
