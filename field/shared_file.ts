/**
 * Files that another app hands to this one (the manifest's share target): where the worker puts them and
 * the page finds them. Each lies in a cache of its own under `SHARED_PREFIX` and an id, until it was
 * taken in or thrown away.
 */

/** What the share sheet posts to: the manifest's `share_target.action`. */
export const SHARE_PATH = "/share";
export const SHARED_CACHE = "fieldmesh-shared";
export const SHARED_PREFIX = "/share/";
/** The page that opens afterwards, and the mark in its address that says what came of it. */
export const SHARED_PAGE = "/crew";
export const SHARED_MARK = "shared";
/** The file's name, percent-encoded: a header holds no other letters. */
export const NAME_HEADER = "x-file-name";
/** When it came, ms since the epoch. */
export const AT_HEADER = "x-shared-at";

/** More are not kept: whoever shares may be any app, and any site that posts a form. */
export const MOST_SHARED = 3;
export const MOST_SHARED_BYTES = 1 << 30;

/**
 * "here": it waits for the user. "nothing": no file came. "too-large", "full": beyond the bounds.
 * "not-kept": the browser could not store it. "missed": the app's worker was not there to take it.
 */
export const SHARE_OUTCOMES = [
  "here",
  "nothing",
  "too-large",
  "full",
  "not-kept",
  "missed",
] as const;

export type ShareOutcome = typeof SHARE_OUTCOMES[number];

export function isShareOutcome(value: unknown): value is ShareOutcome {
  return (SHARE_OUTCOMES as readonly unknown[]).includes(value);
}

/** The address of the page that says what came of it. */
export function sharedPage(outcome: ShareOutcome): string {
  return `${SHARED_PAGE}?${SHARED_MARK}=${outcome}`;
}
