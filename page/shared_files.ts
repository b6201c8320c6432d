import { AT_HEADER, NAME_HEADER, SHARED_CACHE, SHARED_PREFIX } from "../field/shared_file.ts";

/** A file that another app handed over, waiting for the user's word. */
export interface SharedFile {
  /** Where it lies. */
  readonly key: string;
  readonly file: File;
  /** ms since the epoch. */
  readonly at: number;
}

type Caches = Pick<CacheStorage, "open" | "has">;

/** What waits, the newest first. The bytes stay on disk until they are read. */
export async function waitingFiles(caches: Caches): Promise<readonly SharedFile[]> {
  // opening would make it
  if (!await caches.has(SHARED_CACHE)) return [];
  const cache = await caches.open(SHARED_CACHE);
  const found: SharedFile[] = [];
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    const kept = pathname.startsWith(SHARED_PREFIX) && await cache.match(request);
    if (kept) found.push(await readShared(pathname, kept));
  }
  return found.sort((a, b) => b.at - a.at);
}

/** It was taken in, or is not wanted. */
export async function dropFile(key: string, caches: Caches): Promise<void> {
  await (await caches.open(SHARED_CACHE)).delete(key);
}

async function readShared(key: string, kept: Response): Promise<SharedFile> {
  const at = Number(kept.headers.get(AT_HEADER));
  const file = new File([await kept.blob()], nameIn(kept));
  return { key, file, at: Number.isFinite(at) ? at : 0 };
}

function nameIn({ headers }: Response): string {
  try {
    return decodeURIComponent(headers.get(NAME_HEADER) ?? "") || "a file";
  } catch (_notEncoded) {
    return "a file";
  }
}
