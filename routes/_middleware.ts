import type { MiddlewareHandler } from "hono";
import { securityHeaders } from "../hub/security_headers.ts";
import type { HubState } from "../hub/state.ts";

/** What handlers find in their context: `c.var.hub`, and `c.env.address`: the network address of who asks, if known. */
export interface HubEnv {
  Bindings: { address: string | null };
  Variables: { hub: HubState };
}

/** Before every route: the hub at hand, the security headers on. */
export function middleware(hub: HubState): readonly MiddlewareHandler<HubEnv>[] {
  return [securityHeaders(), async (c, next) => {
    c.set("hub", hub);
    await next();
  }];
}
