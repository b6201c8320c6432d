import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { rebuilds } from "../hub/rebuilds.ts";
import type { HubEnv } from "./_middleware.ts";

/** GET /dev/events (only with --dev): `reload`, with the version, whenever the app was rebuilt. */
export function handler(c: Context<HubEnv>): Response {
  const { dist, stopping } = c.var.hub;
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    // A first line, so that the browser knows at once that it is connected.
    await stream.write(": connected\n\n");
    for await (const version of rebuilds(dist, AbortSignal.any([stopping, gone.signal]))) {
      await stream.writeSSE({ event: "reload", data: version });
    }
  });
}
