/** One link, as `field/sync/link_quality.ts` measures it. */
export interface LinkState {
  /** Median round trip, ms; null before the first. */
  readonly rttMs: number | null;
  /** Share of questions not answered in time, 0..1. On a reliable channel it means congestion. */
  readonly loss: number;
  /** How full its queue is, 0..1. */
  readonly pressure: number;
}

/** Messages a second: what live tracks change at, and what still shows that somebody is there. */
export const MOST_SENDS = 5;
export const LEAST_SENDS = 0.5;
/** A picture of the world that is a round trip old gains nothing from two messages within it. */
const FREE_RTT_MS = 1000 / MOST_SENDS;

/** Messages a second that a link bears; falls with round trip, loss and pressure. */
export function linkSendRate({ rttMs, loss, pressure }: LinkState): number {
  const trips = rttMs === null ? 1 : Math.min(1, FREE_RTT_MS / rttMs);
  // half by the loss alone, half by what its repetitions take away from what is new
  const kept = (1 - bounded(loss)) ** 2;
  return Math.max(LEAST_SENDS, MOST_SENDS * trips * kept * (1 - bounded(pressure)));
}

/**
 * Messages a second for all links: what the best of them bears, since a slow link's outbox keeps only the
 * newest of a topic, and so holds up nobody. 0 without links.
 */
export function sendRate(links: readonly LinkState[]): number {
  return Math.max(0, ...links.map(linkSendRate));
}

function bounded(share: number): number {
  return Math.min(1, Math.max(0, share));
}
