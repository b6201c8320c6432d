import type { Context } from "hono";
import { sharedPage } from "../field/shared_file.ts";
import type { HubEnv } from "./_middleware.ts";

/**
 * /share: the share sheet's post is for the app's worker, and comes here only where that does not run yet.
 * The file is not read: records go to no server unasked.
 */
export function handler(c: Context<HubEnv>): Response {
  return c.redirect(sharedPage("missed"), 303);
}
