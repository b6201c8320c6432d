/** What sync is held to: bytes on a link both ways, shares of 1, ms on the link of `timed_link.ts`. */
export const GOALS = {
  /** Nothing new, with all state about the other lost. */
  nothingNewBytes: 300,
  /** 100 more on each side. */
  plusBytes: 6_000,
  /** 10,000 observations, to one who has none. */
  coldBytes: 150_000,
  /** Held for a peer that stopped to read while it was given 50 MB of pictures. */
  heldBytes: 1_000_000,
  /** From when it reads again until it has the next alert. */
  alertMs: 100,
  /** Bytes on the link / payload - 1. */
  overhead: 0.05,
} as const;
