/**
 * The app's pages as HTML, kept in memory: they never change under this page's code, and a page at hand
 * is shown at once, also while the service worker is busy looking at a frame.
 */

/** Fetches a page's HTML; null when it cannot be had. Aborted by `signal`. */
export type FetchHtml = (url: URL, signal: AbortSignal) => Promise<string | null>;

export interface PageStore {
  /** The page's HTML; null when it cannot be had. */
  get(url: URL, signal: AbortSignal): Promise<string | null>;
  /** Fetches these, one after the other, for later. */
  warm(urls: readonly URL[]): Promise<void>;
}

/** A page that takes longer is fetched when it is visited. */
const WARM_TIMEOUT_MS = 10_000;

/** `isKept`: whether a page says the same to everyone, so that it may be kept. */
export function makePageStore(fetchHtml: FetchHtml, isKept: (url: URL) => boolean): PageStore {
  const kept = new Map<string, string>();

  async function get(url: URL, signal: AbortSignal): Promise<string | null> {
    const known = kept.get(url.pathname);
    if (known !== undefined) return known;
    const html = await fetchHtml(url, signal);
    if (html !== null && isKept(url)) kept.set(url.pathname, html);
    return html;
  }

  return {
    get,
    async warm(urls) {
      for (const url of urls) await get(url, AbortSignal.timeout(WARM_TIMEOUT_MS));
    },
  };
}

/** A page over HTTP, from the service worker or the hub. */
export const fetchPageHtml: FetchHtml = async (url, signal) => {
  try {
    const response = await fetch(url, { headers: { accept: "text/html" }, signal });
    const isPage = response.headers.get("content-type")?.startsWith("text/html") ?? false;
    return response.ok && isPage ? await response.text() : null;
  } catch (_unreachable) {
    return null;
  }
};
