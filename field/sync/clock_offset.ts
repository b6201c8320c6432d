/**
 * By how much a peer's clock is ahead of ours, measured as NTP does (RFC 5905, section 8): of several
 * round trips the shortest bounds the error best. A peer may lie about its clock; what is measured is
 * shown and written beside observations, and decides nothing.
 */

/** One measurement of a peer's clock. */
export interface ClockReading {
  /** By how much the peer's clock is ahead of ours, ms. */
  readonly aheadMs: number;
  /** The truth is within this of it, ms: half the round trip. */
  readonly withinMs: number;
  /** When, ms since the epoch by our clock. */
  readonly at: number;
}

/** Answers that are compared: on a radio link most round trips are long, some are short. */
const KEPT = 8;
/** Crystals drift apart by up to 0.1 ms a second: a reading older than this is worse than a longer round trip. */
const FRESH_MS = 10 * 60_000;
/** One after the other, about a second apart: of a few, one is not delayed. */
const FIRST_PROBES = 4;
const PROBE_EVERY_MS = 2 * 60_000;
/** A clock that has lost its battery shows 1970; one that is further off than a century shows nothing. */
const MOST_AHEAD_MS = 100 * 365 * 86_400_000;
/** After this long somebody may have set a clock. */
const BELIEVED_MS = 7 * 86_400_000;

/**
 * What an answer says of the peer's clock: asked at `askedAt` and answered at `answeredAt` by our clock,
 * heard at `receivedAt` by the peer's and kept there for `heldMs`. All in ms.
 */
export function readingOf(
  askedAt: number,
  answeredAt: number,
  reply: { readonly receivedAt: number; readonly heldMs: number },
): ClockReading {
  const roundTripMs = Math.max(0, answeredAt - askedAt - reply.heldMs);
  const aheadMs = reply.receivedAt - askedAt - roundTripMs / 2;
  // 0 is one number on disk, not also -0
  return {
    aheadMs: Math.round(aheadMs) || 0,
    withinMs: Math.ceil(roundTripMs / 2),
    at: answeredAt,
  };
}

/** The questions and answers of one session. */
export class ClockProbes {
  #readings: ClockReading[] = [];
  #asked: { readonly n: number; readonly at: number } | null = null;
  #n = 0;

  /** The number of the question to ask now; null when it is not time for one. After the first, one each `everyMs`. */
  next(nowMs: number, everyMs = PROBE_EVERY_MS): number | null {
    const sinceMs = nowMs - (this.#asked?.at ?? -Infinity);
    // a clock that was set back does not silence the questions
    if (this.#n >= FIRST_PROBES && sinceMs >= 0 && sinceMs < everyMs) return null;
    this.#asked = { n: ++this.#n, at: nowMs };
    return this.#n;
  }

  /** The best reading so far, with this answer; null when nobody asked for it, or it is no clock's. */
  answered(
    reply: { readonly n: number; readonly receivedAt: number; readonly heldMs: number },
    nowMs: number,
  ): ClockReading | null {
    const asked = this.#asked;
    if (!asked || asked.n !== reply.n || nowMs < asked.at) return null;
    // asked.at stays: it also says when the next question is due
    this.#asked = { n: 0, at: asked.at };
    const reading = readingOf(asked.at, nowMs, reply);
    return Math.abs(reading.aheadMs) <= MOST_AHEAD_MS ? this.#best(reading) : null;
  }

  #best(newest: ClockReading): ClockReading {
    const still = this.#readings.filter((one) =>
      newest.at - one.at <= FRESH_MS && agree(one, newest)
    );
    this.#readings = [...still, newest].slice(-KEPT);
    return this.#readings.reduce((best, one) => one.withinMs <= best.withinMs ? one : best);
  }
}

/** Both can be true at once; else one of the clocks was set in between. */
function agree(a: ClockReading, b: ClockReading): boolean {
  return Math.abs(a.aheadMs - b.aheadMs) <= a.withinMs + b.withinMs + 1;
}

/**
 * By how much our clock is ahead of its peers' (the median of what was measured in the last week, ms) and
 * of how many; null when there is none.
 */
export function aheadOfPeers(
  readings: readonly ClockReading[],
  nowMs: number,
): { readonly aheadMs: number; readonly peers: number } | null {
  const believed = readings.filter(({ at }) => Math.abs(nowMs - at) <= BELIEVED_MS);
  if (believed.length === 0) return null;
  const ahead = believed.map(({ aheadMs }) => -aheadMs).sort((a, b) => a - b);
  const middle = ahead.length >> 1;
  const median = ahead.length % 2 === 1
    ? ahead[middle]
    : Math.round((ahead[middle - 1] + ahead[middle]) / 2);
  return { aheadMs: median === 0 ? 0 : median, peers: ahead.length };
}

/** A reading that was kept on disk, maybe by another version; null when it is not one. */
export function parseReading(value: unknown): ClockReading | null {
  if (typeof value !== "object" || value === null) return null;
  const { aheadMs, withinMs, at } = value as Readonly<Record<string, unknown>>;
  if (!isWhole(aheadMs) || !isWhole(withinMs) || !isWhole(at) || withinMs < 0) return null;
  return { aheadMs, withinMs, at };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
