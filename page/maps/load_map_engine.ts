/** The part of the app that knows maps: 1.6 MB that come when a map is chosen, and are kept from then on. */

/** Put in by the build. */
declare const __MAP_ENGINE__: string;
declare const __MAP_WORKER__: string;

export type MapEngine = typeof import("./map_engine.ts");

/** Where its two scripts are. */
export function mapScripts(): { readonly engine: string; readonly worker: string } {
  return { engine: __MAP_ENGINE__, worker: __MAP_WORKER__ };
}

/**
 * Loads it. Rejects when a script is neither kept nor to be had. The app's worker keeps both as they pass
 * (`sw/main.ts`). They are fetched before they are run: a browser may remember that a script failed.
 */
export async function loadMapEngine(): Promise<MapEngine> {
  const { engine, worker } = mapScripts();
  for (const url of [engine, worker]) {
    if (await caches.match(url)) continue;
    const response = await fetch(url);
    if (!response.ok) throw new Error(`Cannot load ${url}: ${response.status}`);
    await response.arrayBuffer();
  }
  return await import(engine);
}

/** Whether both scripts are on this device, for the next time without a network. */
export async function isMapEngineKept(caches: Pick<CacheStorage, "match">): Promise<boolean> {
  const { engine, worker } = mapScripts();
  const kept = await Promise.all([engine, worker].map((url) => caches.match(url)));
  return kept.every((one) => one !== undefined);
}
