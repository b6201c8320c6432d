import type { DeviceId, NotedObservation, Place } from "../observation.ts";

/** Two places this far apart are one, beyond what their accuracy explains: a phone moved on its tripod. */
const SAME_PLACE_M = 30;
/** A clock that is off by more is an issue for whoever compares times. */
const CLOCK_ISSUE_MS = 60_000;
/** Mean radius of the Earth (IUGG), metres. */
const EARTH_M = 6_371_009;

/** A camera at one place, as far as its observations tell. Times in ms since the epoch. */
export interface Deployment {
  /** Counted from 1: the same in all passes of one export. */
  readonly ordinal: number;
  /** Named after the oldest observation: it stays as more come in. */
  id: string;
  readonly device: DeviceId;
  readonly source: string;
  /** The most accurate that was seen. */
  place: Place;
  /** First sight of the oldest and of the newest observation with a place. */
  oldest: number;
  readonly newest: number;
  /** Last sight of all. */
  end: number;
  /** A clock that was off by more than a minute; null where no clock was compared. */
  clockIssue: boolean | null;
}

/**
 * The deployments that observations belong to: of each device and source, the stays at one place, one
 * after the other. Told of the observations newest first. Memory grows with the number of stays.
 */
export class Deployments {
  /** By device and source; of each the newest first. */
  readonly #stays = new Map<string, Deployment[]>();
  readonly all: Deployment[] = [];

  /** First pass: an observation with a place begins a stay or prolongs one. */
  add(observation: NotedObservation): void {
    const { place, first } = observation;
    if (!place) return;
    const key = keyOf(observation);
    const stays = this.#stays.get(key);
    const current = stays?.at(-1);
    if (current && isSamePlace(current.place, place)) {
      current.id = idOf(observation);
      current.oldest = Math.min(current.oldest, first);
      if (place.accuracyM < current.place.accuracyM) current.place = place;
      return;
    }
    const begun = begin(observation, place, this.all.length + 1);
    if (stays) stays.push(begun);
    else this.#stays.set(key, [begun]);
    this.all.push(begun);
  }

  /**
   * Where an observation belongs: also one without a place, if its device was at the same place before
   * and after it. Null when that cannot be told.
   */
  of(observation: NotedObservation): Deployment | null {
    const stays = this.#stays.get(keyOf(observation)) ?? [];
    let [low, high] = [0, stays.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stays[middle].oldest <= observation.first) high = middle;
      else low = middle + 1;
    }
    const stay = stays[low];
    return stay && observation.first <= stay.newest ? stay : null;
  }

  /** What an observation tells of the deployment that it belongs to. */
  widen(deployment: Deployment, { last, clockAheadMs }: NotedObservation): void {
    deployment.end = Math.max(deployment.end, last);
    if (clockAheadMs === undefined) return;
    deployment.clockIssue = deployment.clockIssue === true ||
      Math.abs(clockAheadMs) > CLOCK_ISSUE_MS;
  }
}

function begin(observation: NotedObservation, place: Place, ordinal: number): Deployment {
  const { device, source, first, last } = observation;
  return {
    ordinal,
    id: idOf(observation),
    device,
    source,
    place,
    oldest: first,
    newest: first,
    end: last,
    clockIssue: null,
  };
}

function keyOf({ device, source }: NotedObservation): string {
  return `${device} ${source}`;
}

function idOf({ id }: NotedObservation): string {
  return `deployment-${id}`;
}

/** True when their accuracies explain why they differ. */
function isSamePlace(a: Place, b: Place): boolean {
  return metresBetween(a, b) <= SAME_PLACE_M + a.accuracyM + b.accuracyM;
}

/** Along a great circle (haversine formula). */
export function metresBetween(a: Place, b: Place): number {
  const [lat, lon] = [b.latitude - a.latitude, b.longitude - a.longitude].map(radians);
  const share = Math.sin(lat / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(lon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(share)));
}

function radians(degrees: number): number {
  return degrees * Math.PI / 180;
}
