/**
 * PeerServer's protocol under `/signal`: what the stock `peerjs` client makes of
 * `{ path: "/signal" }`. The messages are `hub/signalling.ts`'s affair.
 */
import type { Context } from "hono";
import { isOwnOrigin } from "../hub/own_origin.ts";
import { SIGNAL_KEY } from "../hub/signalling.ts";
import type { HubEnv } from "./_middleware.ts";

/** GET /signal/:key/id: an id that nobody has. */
export function newId(c: Context<HubEnv>): Response {
  if (c.req.param("key") !== SIGNAL_KEY) return c.text("Invalid key provided\n", 401);
  c.header("Cache-Control", "no-store");
  return c.text(crypto.randomUUID());
}

/** WebSocket /signal/peerjs?key&id&token&version. */
export function connect(c: Context<HubEnv>): Response {
  const { signalling } = c.var.hub;
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    c.header("Upgrade", "websocket");
    return c.text("This address speaks WebSocket only\n", 426);
  }
  if (!isOwnOrigin(c.req.raw)) return c.text("Pages of other sites may not connect here\n", 403);
  if (!signalling.hasRoom) return c.text("Too many connections\n", 503);
  return signalling.accept(c.req.raw);
}
