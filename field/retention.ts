/** What may be removed to save space: pictures only, the oldest first. Pure: `sw/retention.ts` carries it out. */
import type { Media, Retention } from "./media.ts";
import type { Hex } from "./observation.ts";

const DAY_MS = 86_400_000;
/** A hundred years: "never" is null. */
const MOST_DAYS = 36_500;

/** A picture that is here, as far as the rule looks at it. */
export type ThinCandidate = Pick<Media, "hash" | "size" | "at">;

/** A rule of outside origin (a page, a setting of another version); null when it is not one. */
export function parseRetention(value: unknown): Retention | null {
  if (typeof value !== "object" || value === null) return null;
  const { mostAgeDays, mostBytes, evenOnlyHere } = value as Readonly<Record<string, unknown>>;
  const isRule = isLimit(mostAgeDays, MOST_DAYS) &&
    isLimit(mostBytes, Number.MAX_SAFE_INTEGER) && typeof evenOnlyHere === "boolean";
  return isRule ? { mostAgeDays, mostBytes, evenOnlyHere } : null;
}

function isLimit(value: unknown, most: number): value is number | null {
  return value === null ||
    typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= most;
}

/** True when a rule never removes anything. */
export function keepsAll({ mostAgeDays, mostBytes }: Retention): boolean {
  return mostAgeDays === null && mostBytes === null;
}

/** May the rule remove this picture at all? What no other device is known to have stays, unless it says otherwise. */
export function mayThin(media: Media, { evenOnlyHere }: Retention): boolean {
  return media.state === "here" && (evenOnlyHere || media.copies.length > 0);
}

/** The time before which pictures are too old, ms since the epoch; -Infinity when there is none. */
export function tooOldBefore({ mostAgeDays }: Retention, nowMs: number): number {
  return mostAgeDays === null ? -Infinity : nowMs - mostAgeDays * DAY_MS;
}

/** Collects which pictures to remove, over any number of them, with memory for those of one step only. */
export class ThinPlan {
  readonly #rule: Retention;
  readonly #most: number;
  readonly #tooOld: number;
  #excess: number;
  /** The oldest that may go, oldest first, at most `#most`. */
  #oldest: ThinCandidate[] = [];

  /** `hereBytes`: all pictures here together. `most`: how many one step removes. */
  constructor(rule: Retention, nowMs: number, hereBytes: number, most: number) {
    this.#rule = rule;
    this.#most = most;
    this.#tooOld = tooOldBefore(rule, nowMs);
    this.#excess = rule.mostBytes === null ? 0 : hereBytes - rule.mostBytes;
  }

  /** False: nothing can have to go, whatever the pictures are. */
  get isNeeded(): boolean {
    return this.#excess > 0 || this.#tooOld > -Infinity;
  }

  consider(media: readonly Media[]): void {
    const candidates = media.filter((one) => mayThin(one, this.#rule) && this.#mayHaveToGo(one));
    if (candidates.length === 0) return;
    this.#oldest = [
      ...this.#oldest,
      ...candidates.map(({ hash, size, at }) => ({ hash, size, at })),
    ]
      .sort(oldestFirst).slice(0, this.#most);
  }

  /** What this step removes: all that is too old, then the oldest until the rest is small enough. */
  chosen(): ThinCandidate[] {
    let excess = this.#excess;
    const chosen: ThinCandidate[] = [];
    for (const one of this.#oldest) {
      if (one.at >= this.#tooOld && excess <= 0) break;
      chosen.push(one);
      excess -= one.size;
    }
    return chosen;
  }

  #mayHaveToGo({ at }: Media): boolean {
    return at < this.#tooOld || this.#excess > 0;
  }
}

/** A total order, so that every run removes the same. */
export function oldestFirst(
  a: { readonly at: number; readonly hash: Hex },
  b: { readonly at: number; readonly hash: Hex },
): number {
  return a.at - b.at || (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0);
}
