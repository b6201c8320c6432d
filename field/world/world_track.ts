/** Metres east and north of the site's origin, or metres a second. */
export type Vector = readonly [number, number];

/** Of a position: xx, xy, yy in m². Symmetric, so three numbers are all. */
export type Covariance = readonly [number, number, number];

/** What one agent says of an object. */
export interface TrackSource {
  readonly agent: string;
  readonly label: string;
  /** Mean over the frames that showed that label, 0..1. */
  readonly confidence: number;
  /** When the agent saw it last, ms since the epoch. */
  readonly atMs: number;
}

/** An object as all agents have it. Metres east and north of the site's origin. */
export interface WorldTrack {
  /** The same on all agents: `<agent>:<n>` of the earliest track of it. */
  readonly id: string;
  /** By confidence-weighted vote over the agents; `confidence` is its mean share, 0..1. */
  readonly label: string;
  readonly confidence: number;
  readonly position: Vector;
  readonly velocity: Vector;
  readonly covariance: Covariance;
  /** One an agent, in the order of the agents' ids. */
  readonly sources: readonly TrackSource[];
  /** ms since the epoch. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** The `n`-th track that an agent began. */
export function trackId(agent: string, n: number): string {
  return `${agent}:${n}`;
}

const MOST_AGENT_LENGTH = 64;
const MOST_NUMBER = 2 ** 31;

/** The inverse of {@link trackId}; null when it is not what that gives. */
export function parseTrackId(id: string): { readonly agent: string; readonly n: number } | null {
  const colon = id.lastIndexOf(":");
  const [agent, digits] = [id.slice(0, Math.max(0, colon)), id.slice(colon + 1)];
  if (!isAgent(agent) || !/^(?:0|[1-9]\d{0,9})$/.test(digits)) return null;
  const n = Number(digits);
  return isTrackNumber(n) ? { agent, n } : null;
}

export function isAgent(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MOST_AGENT_LENGTH &&
    !value.includes(":");
}

export function isTrackNumber(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < MOST_NUMBER;
}
