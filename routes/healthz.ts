import type { Context } from "hono";
import { readBuildInfo } from "../hub/build_info.ts";
import type { HubEnv } from "./_middleware.ts";

const UNBUILT = "unbuilt";

/** GET /healthz: is the hub up, which build, since when, for how many. */
export async function handler(c: Context<HubEnv>): Promise<Response> {
  const { dist, signalling, startedAt } = c.var.hub;
  const build = await readBuildInfo(dist);
  c.header("Cache-Control", "no-store");
  return c.json({
    status: "ok",
    version: build?.version ?? UNBUILT,
    uptimeSeconds: Math.floor((performance.now() - startedAt) / 1000),
    signallingClients: signalling.clients,
  });
}
