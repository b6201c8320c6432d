/**
 * Thumbnails as object URLs, shared by all that show the same picture. A URL lives while it is shown
 * and a little longer; the oldest unused ones are revoked.
 */

interface Held {
  readonly url: string;
  users: number;
}

export interface Thumbnails {
  /** The picture's URL, null when it has not arrived. Every URL that was given is let go once. */
  take(hash: string): Promise<string | null>;
  letGo(hash: string): void;
}

export interface ThumbnailSource {
  fetch(hash: string): Promise<Blob | null>;
  makeUrl(blob: Blob): string;
  revokeUrl(url: string): void;
}

/** Unused pictures that are kept for scrolling back. */
const KEPT_UNUSED = 120;

export function makeThumbnails(source: ThumbnailSource, keptUnused = KEPT_UNUSED): Thumbnails {
  // A Map keeps insertion order: re-inserting on every use puts the least recently used first.
  const held = new Map<string, Held>();

  function use(hash: string, entry: Held): string {
    entry.users++;
    held.delete(hash);
    held.set(hash, entry);
    return entry.url;
  }

  function dropUnused(): void {
    const unused = [...held].filter(([, entry]) => entry.users === 0);
    for (const [hash, entry] of unused.slice(0, Math.max(0, unused.length - keptUnused))) {
      held.delete(hash);
      source.revokeUrl(entry.url);
    }
  }

  return {
    async take(hash) {
      const known = held.get(hash);
      if (known) return use(hash, known);
      const blob = await source.fetch(hash);
      if (!blob) return null;
      // Someone else may have fetched the same picture meanwhile.
      return use(hash, held.get(hash) ?? { url: source.makeUrl(blob), users: 0 });
    },
    letGo(hash) {
      const entry = held.get(hash);
      if (!entry || entry.users === 0) return;
      entry.users--;
      dropUnused();
    },
  };
}
