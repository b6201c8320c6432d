import {
  AT_HEADER,
  MOST_SHARED,
  MOST_SHARED_BYTES,
  NAME_HEADER,
  SHARE_PATH,
  SHARED_CACHE,
  SHARED_PREFIX,
  sharedPage,
  type ShareOutcome,
} from "../field/shared_file.ts";

export interface SharePorts {
  readonly caches: Pick<CacheStorage, "open">;
  readonly newId: () => string;
  /** ms since the epoch. */
  readonly nowMs: () => number;
  /** Why a file was not kept, for the console; the page says it to the user. */
  readonly onFailure: (cause: unknown) => void;
}

export function isShare(url: URL): boolean {
  return url.pathname === SHARE_PATH;
}

/**
 * Answers what the share sheet posts: keeps the files for the page and sends the browser there (303, so
 * that a reload does not post again). Nothing is taken into the records here: that is for the user to
 * say, in the page.
 */
export async function receiveShare(request: Request, ports: SharePorts): Promise<Response> {
  return Response.redirect(new URL(sharedPage(await outcomeOf(request, ports)), request.url), 303);
}

async function outcomeOf(request: Request, ports: SharePorts): Promise<ShareOutcome> {
  if (request.method !== "POST") return "nothing";
  try {
    const files = await filesIn(request);
    if (files.length === 0) return "nothing";
    if (files.some(({ size }) => size > MOST_SHARED_BYTES)) return "too-large";
    return await keep(files, ports);
  } catch (cause) {
    ports.onFailure(cause);
    return "not-kept";
  }
}

/** An empty file input is posted as a file of no name and no bytes. */
async function filesIn(request: Request): Promise<File[]> {
  const form = await request.formData();
  return [...form.values()].filter((value): value is File =>
    value instanceof File && value.size > 0
  );
}

/** All of them or none. */
async function keep(files: readonly File[], ports: SharePorts): Promise<ShareOutcome> {
  const cache = await ports.caches.open(SHARED_CACHE);
  if ((await cache.keys()).length + files.length > MOST_SHARED) return "full";
  const kept: string[] = [];
  try {
    for (const file of files) {
      const address = SHARED_PREFIX + ports.newId();
      kept.push(address);
      await cache.put(address, asResponse(file, ports.nowMs()));
    }
    return "here";
  } catch (cause) {
    for (const address of kept) await cache.delete(address);
    throw cause;
  }
}

function asResponse(file: File, atMs: number): Response {
  const headers = {
    "content-type": "application/octet-stream",
    [NAME_HEADER]: encodeURIComponent(file.name.toWellFormed()),
    [AT_HEADER]: String(atMs),
  };
  return new Response(file, { headers });
}
