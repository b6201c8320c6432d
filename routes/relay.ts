/** WebSocket /relay?id&token: `field/link/relay_frames.ts` says what goes over it. */
import type { Context } from "hono";
import { isOwnOrigin } from "../hub/own_origin.ts";
import type { HubEnv } from "./_middleware.ts";

export function connect(c: Context<HubEnv>): Response {
  const { relay } = c.var.hub;
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    c.header("Upgrade", "websocket");
    return c.text("This address speaks WebSocket only\n", 426);
  }
  if (!isOwnOrigin(c.req.raw)) return c.text("Pages of other sites may not connect here\n", 403);
  const address = c.env.address ?? "unknown";
  if (!relay.hasRoomFor(address)) return c.text("Too many connections\n", 503);
  return relay.accept(c.req.raw, address);
}
