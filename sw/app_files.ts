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

  /** The same as a response: of what a page asks for. What finds no room is passed on all the same. */
  async respond(url: string): Promise<Response> {
    const kept = await this.#kept(url);
    if (kept) return kept;
    const response = await fetch(url);
    if (!response.ok) return response;
    const extras = await caches.open(EXTRAS);
    await extras.put(url, response.clone())
      .catch((cause) => console.error(`Cannot keep ${url}`, cause));
    return response;
  }

  /**
   * A new version's files, where this device has chosen those of an earlier one: without a network it must
   * not lack them after the update. Rejects when they cannot be fetched: the update then waits.
   */
  async renew(urls: readonly string[]): Promise<void> {
    const extras = await caches.open(EXTRAS);
    const chosen = new Set((await extras.keys()).map(({ url }) => nameOf(url)));
    for (const url of urls) if (chosen.has(nameOf(url))) await this.read(url);
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

/** A file's address without the hash of its content. */
function nameOf(url: string): string {
  return new URL(url, location.href).pathname.replace(/-[^-/]+(?=\.\w+$)/, "");
}
