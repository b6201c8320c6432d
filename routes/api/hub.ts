import type { Context } from "hono";
import type { HubEnv } from "../_middleware.ts";

/** GET /api/hub: the hub as a member of a crew, in numbers: whoever asks may know them. `member` is null when it is in none. */
export async function handler(c: Context<HubEnv>): Promise<Response> {
  c.header("Cache-Control", "no-store");
  return c.json({ member: await c.var.hub.memberStatus() });
}
