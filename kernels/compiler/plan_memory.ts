/** Where buffers lie in one arena, so that no two that are needed at the same time overlap. */

/** A buffer that holds something from step `first` to step `last`, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  /** Of each buffer, a multiple of `ALIGNMENT`. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

export const ALIGNMENT = 16;

/** Rounds of moving the highest buffer to the front of the order; networks seen gain nothing after ten. */
const ROUNDS = 64;

type Order = readonly number[];

/**
 * Places each buffer at the lowest offset that is free during its life, for several orders of placing,
 * and keeps the smallest result. Same input, same plan.
 */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const least = leastBytes(lifetimes);
  let best: MemoryPlan | undefined;
  for (const order of orders(lifetimes)) {
    best = smaller(best, improve(lifetimes, order, least));
    if (best.bytes === least) break;
  }
  return best ?? { offsets: [], bytes: 0 };
}

/** What all buffers alive at one step need together: no plan is smaller. */
export function leastBytes(lifetimes: readonly Lifetime[]): number {
  const steps = lifetimes.map(({ first }) => first);
  return Math.max(
    0,
    ...steps.map((step) =>
      lifetimes.filter(({ first, last }) => first <= step && step <= last)
        .reduce((sum, { bytes }) => sum + aligned(bytes), 0)
    ),
  );
}

export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function orders(lifetimes: readonly Lifetime[]): Order[] {
  const by = (key: (lifetime: Lifetime) => number) =>
    lifetimes.map((_, index) => index).sort((a, b) =>
      key(lifetimes[b]) - key(lifetimes[a]) || lifetimes[b].bytes - lifetimes[a].bytes || a - b
    );
  return [
    by(({ bytes }) => bytes),
    by(({ bytes, first, last }) => bytes * (last - first + 1)),
    by(({ first, last }) => last - first),
    by(({ first }) => -first),
    by(({ last }) => last),
  ];
}

/** Places what sticks out of the top earlier, as long as rounds are left. */
function improve(lifetimes: readonly Lifetime[], start: Order, least: number): MemoryPlan {
  let order = start;
  let best = place(lifetimes, order);
  for (let round = 0; round < ROUNDS && best.bytes > least; round++) {
    const plan = place(lifetimes, order);
    best = smaller(best, plan);
    const top = order.findLast((index) =>
      plan.offsets[index] + aligned(lifetimes[index].bytes) === plan.bytes
    );
    if (top === undefined || top === order[0]) break;
    order = [top, ...order.filter((index) => index !== top)];
  }
  return best;
}

function smaller(a: MemoryPlan | undefined, b: MemoryPlan): MemoryPlan {
  return a && a.bytes <= b.bytes ? a : b;
}

function place(lifetimes: readonly Lifetime[], order: Order): MemoryPlan {
  const offsets = lifetimes.map(() => 0);
  const placed: number[] = [];
  for (const index of order) {
    const { first, last, bytes } = lifetimes[index];
    const rivals = placed.filter((other) =>
      lifetimes[other].first <= last && first <= lifetimes[other].last
    );
    offsets[index] = lowestGap(
      rivals.map((other) => ({ start: offsets[other], bytes: aligned(lifetimes[other].bytes) })),
      aligned(bytes),
    );
    placed.push(index);
  }
  const ends = lifetimes.map(({ bytes }, index) => offsets[index] + aligned(bytes));
  return { offsets, bytes: Math.max(0, ...ends) };
}

function lowestGap(
  taken: readonly { readonly start: number; readonly bytes: number }[],
  bytes: number,
): number {
  let offset = 0;
  for (const { start, bytes: length } of taken.toSorted((a, b) => a.start - b.start)) {
    if (offset + bytes <= start) return offset;
    offset = Math.max(offset, start + length);
  }
  return offset;
}
