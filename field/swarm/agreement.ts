/** Whether all drones have one map, since when, and how soon after a partition. */
import type { WorldTrack } from "../world/world_track.ts";
import type { Difference, Healing } from "./swarm_report.ts";

/** Tracks that two maps have further apart than this are in two places; while messages are under way they differ. */
const SAME_PLACE_M = 0.5;
const MOST_DIFFERENCES = 100;

/** What one drone's map is, as far as it is compared. */
export interface ComparedMap {
  readonly drone: number;
  readonly tracks: readonly WorldTrack[];
}

/** Between each drone and the first one, both ways. */
export function differencesOf([first, ...others]: readonly ComparedMap[]): readonly Difference[] {
  return others.flatMap((other) => [...beyond(first, other, true), ...beyond(other, first, false)])
    .slice(0, MOST_DIFFERENCES);
}

/** What `a` has and `b` has not or otherwise; that it is otherwise is said once, with `isFirst`. */
function beyond(a: ComparedMap, b: ComparedMap, isFirst: boolean): readonly Difference[] {
  const known = new Map(b.tracks.map((track) => [track.id, track]));
  return a.tracks.flatMap((track): Difference[] => {
    const other = known.get(track.id);
    const about = { drones: [a.drone, b.drone], track: track.id, place: track.position } as const;
    if (!other) return [{ ...about, kind: "missing" }];
    if (!isFirst) return [];
    if (other.label !== track.label) return [{ ...about, kind: "label" }];
    return isApart(track, other) ? [{ ...about, kind: "place" }] : [];
  });
}

function isApart({ position: a }: WorldTrack, { position: b }: WorldTrack): boolean {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 > SAME_PLACE_M ** 2;
}

/** Follows agreement over time, ms since the start. */
export class Agreement {
  #sinceMs: number | null = null;
  #healing: Healing | null = null;
  #agreedMs = 0;
  #lastMs = 0;

  get sinceMs(): number | null {
    return this.#sinceMs;
  }

  get healing(): Healing | null {
    return this.#healing;
  }

  /** In all, ms. */
  get agreedMs(): number {
    return this.#agreedMs;
  }

  /** It is waited for that they agree after a partition. */
  get isHealing(): boolean {
    return this.#healing?.tookMs === null;
  }

  /** Links between both sides begin to be made now. */
  healed(ms: number): void {
    this.#healing = { atMs: ms, tookMs: null };
  }

  parted(): void {
    if (this.isHealing) this.#healing = null;
  }

  /** `haveHealed`: one in what any of them knew when the partition ended. */
  observe(areOne: boolean, ms: number, haveHealed = areOne): void {
    if (this.#sinceMs !== null) this.#agreedMs += ms - this.#lastMs;
    this.#lastMs = ms;
    this.#sinceMs = areOne ? this.#sinceMs ?? ms : null;
    if (haveHealed && this.#healing?.tookMs === null) {
      this.#healing = { ...this.#healing, tookMs: ms - this.#healing.atMs };
    }
  }
}

/** What drones know at a moment: tracks on any of their maps, and tiles marked by any. */
export interface KnownThen {
  readonly tracks: ReadonlySet<string>;
  readonly tiles: ReadonlySet<string>;
}

export function knownTo(
  maps: readonly ComparedMap[],
  tiles: readonly (readonly string[])[],
): KnownThen {
  return {
    tracks: new Set(maps.flatMap(({ tracks }) => tracks.map(({ id }) => id))),
    tiles: new Set(tiles.flat()),
  };
}

/** Are they one in that? What is seen for the first time later is news under way, and no business of the partition. */
export function areOneIn(
  known: KnownThen,
  maps: readonly ComparedMap[],
  tiles: readonly (readonly string[])[],
): boolean {
  const then = maps.map(({ drone, tracks }) => ({
    drone,
    tracks: tracks.filter(({ id }) => known.tracks.has(id)),
  }));
  return differencesOf(then).length === 0 &&
    tiles.every((own) => hasAll(new Set(own), known.tiles));
}

function hasAll(all: ReadonlySet<string>, some: ReadonlySet<string>): boolean {
  return [...some].every((one) => all.has(one));
}
