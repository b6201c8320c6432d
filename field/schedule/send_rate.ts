/** One link, as `field/sync/link_quality.ts` measures it. */
export interface LinkState {
  /** Median round trip, ms; null before the first. */
  readonly rttMs: number | null;
  /** Share of questions not answered in time, 0..1. On a reliable channel it means congestion. */
  readonly loss: number;
  /** How full its queue is, 0..1. */
  readonly pressure: number;
}

/** Messages a second: what frames come at, at most, and what still shows that somebody is there. */
export const MOST_SENDS = 10;
export const LEAST_SENDS = 0.5;
/**
 * Up to this round trip all are sent, then two a round trip: a picture that is as old gains little from more, and where
 * it is long because messages wait under way, those get through first. (Three devices over links of 2 KB/s know each
 * other's tracks 0.8 s late instead of 9.8; where only the way is long, 0.55 s each way, 1.0 instead of 0.7 s late.)
 */
const FREE_RTT_MS = 2000 / MOST_SENDS;

/** Messages a second that a link bears; falls with round trip, loss and pressure. */
export function linkSendRate({ rttMs, loss, pressure }: LinkState): number {
  const trips = rttMs === null ? 1 : Math.min(1, FREE_RTT_MS / rttMs);
  // half by the loss alone, half by what its repetitions take away from what is new
  const kept = (1 - bounded(loss)) ** 2;
  return Math.max(LEAST_SENDS, MOST_SENDS * trips * kept * (1 - bounded(pressure)));
}

/**
 * Messages a second for all links: what the best of them bears, since a slow link's outbox keeps only the
 * newest of a topic, and so holds up nobody. Without links the most: who comes is told at once.
 */
export function sendRate(links: readonly LinkState[]): number {
  return links.length === 0 ? MOST_SENDS : Math.max(...links.map(linkSendRate));
}

/** The same as ms between two messages. */
export function sendEveryMs(links: readonly LinkState[]): number {
  return 1000 / sendRate(links);
}

function bounded(share: number): number {
  return Math.min(1, Math.max(0, share));
}
