import { matchPrecache } from "workbox-precaching";

/** For what is too large for everyone's device and comes when it is chosen. */
const EXTRAS = "fieldmesh-extras";

/**
 * The app's own files: from what every device keeps, else from what it fetched before, else from the
 * network, and then kept. Addresses name their content, so what is kept is never out of date.
 */
export class AppFiles {
  async read(url: string): Promise<ArrayBuffer> {
    const kept = await this.#kept(url);
    if (kept) return await kept.arrayBuffer();
    const response = await fetch(url);
    if (!response.ok) throw new Error(`Cannot read ${url}: ${response.status}`);
    const copy = response.clone();
    const bytes = await response.arrayBuffer();
    await (await caches.open(EXTRAS)).put(url, copy);
    return bytes;
  }

  async has(url: string): Promise<boolean> {
    return await this.#kept(url) !== undefined;
  }

  async forget(url: string): Promise<void> {
    await (await caches.open(EXTRAS)).delete(url);
  }

  /** Drops extras that this version of the app does not know. */
  async prune(known: readonly string[]): Promise<void> {
    const extras = await caches.open(EXTRAS);
    const urls = new Set(known.map((url) => new URL(url, location.href).href));
    for (const { url } of await extras.keys()) if (!urls.has(url)) await extras.delete(url);
  }

  async #kept(url: string): Promise<Response | undefined> {
    return await matchPrecache(url) ?? await (await caches.open(EXTRAS)).match(url);
  }
}
