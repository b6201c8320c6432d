import type { LatestWins, Waiting } from "./latest_wins.ts";

export interface BatchPolicy {
  /** Frames that the engine runs at once; one goes in any case. */
  readonly most: number;
  /** The longest that a frame waits for others to join it, ms. */
  readonly lingerMs: number;
  /** Sources that may still offer a frame: with one of each here there is nothing to wait for. */
  readonly sources: number;
  /** May a frame of this source go now? All may, without it. */
  readonly isReady?: (source: string) => boolean;
}

export type Batch<T> =
  | { readonly frames: readonly Waiting<T>[] }
  /** Not yet: ask again when another frame has come, or after so long. Null: nothing waits. */
  | { readonly waitMs: number | null };

/** The next batch, of different sources that are ready, who waited longest first; or how long to wait for it. */
export function formBatch<T>(queue: LatestWins<T>, nowMs: number, policy: BatchPolicy): Batch<T> {
  const { most, isReady } = policy;
  const first = queue.next(isReady);
  if (!first) return { waitMs: null };
  const waitedMs = nowMs - first.sinceMs;
  // a clock that was set back: how long it waited is not known, so it waits no longer
  const isDue = waitedMs >= policy.lingerMs || waitedMs < 0;
  if (!isDue && queue.size < Math.min(most, policy.sources)) {
    return { waitMs: policy.lingerMs - waitedMs };
  }
  const frames: Waiting<T>[] = [];
  for (let one = queue.take(isReady); one; one = queue.take(isReady)) {
    frames.push(one);
    if (frames.length >= most) break;
  }
  return { frames };
}
