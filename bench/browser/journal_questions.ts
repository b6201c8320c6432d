/** What the journal's benchmark asks of its service worker; bundled into the page and the worker from this file. */

/** How observations come in: as the app's watcher hands them over; straight to the feed; or, not ours, see `PlainRows`. */
export const WAYS = ["recorder", "replica", "plain-rows"] as const;
export type Way = (typeof WAYS)[number];

/** What an observations' list is asked for; each its first page of 100. Of a `no-such-pair` both words are on every page. */
export const QUERIES = [
  "newest",
  "rare-class",
  "comment-word",
  "device",
  "bounds",
  "no-such-word",
  "no-such-pair",
  "facets",
  "count",
] as const;
export type QueryName = (typeof QUERIES)[number];

export type Question =
  /** Records so many of this device's own, in a database that has none. Figures: `ms`. */
  | {
    readonly ask: "ingest";
    readonly database: string;
    readonly count: number;
    readonly way: Way;
  }
  /** Records one more, which follows on the newest. Figures: `ms`. */
  | { readonly ask: "save"; readonly database: string }
  /** Takes in so many that another member of the crew has recorded. Figures: `ms`. */
  | { readonly ask: "gather"; readonly database: string; readonly count: number }
  /** Writes so many comments, spread over all that is there. Figures: `ms`. */
  | { readonly ask: "comment"; readonly database: string; readonly count: number }
  /** Opens it, as far as the newest 100 observations. Figures: `ms`, and of it `storeMs`, `replicaMs`, `newestMs`. */
  | { readonly ask: "open"; readonly database: string }
  /** Figures: `ms`, `found`. */
  | { readonly ask: "query"; readonly database: string; readonly query: QueryName }
  /** Builds the index and the snapshots anew from the entries. Figures: `ms`. */
  | { readonly ask: "rebuild"; readonly database: string }
  /** Checks every signature and every link of every feed. Figures: `ms`, `entries`. */
  | { readonly ask: "verify"; readonly database: string }
  /** Deletes it. */
  | { readonly ask: "drop"; readonly database: string };

/** By name; the unit is in it. */
export type Figures = Readonly<Record<string, number>>;

export type Reply = { readonly figures: Figures } | { readonly error: string };

declare global {
  /** In the page of the journal's benchmark. Adds `fromPageMs`: from the question to its answer. */
  var askJournal: (question: Question) => Promise<Figures>;
}
