import assert from "node:assert/strict";
import { Hono } from "hono";
import type { HubEnv } from "./_middleware.ts";
import { handler } from "./share.ts";

Deno.test("handler() sends whoever shared to the page that says it was missed", async () => {
  const app = new Hono<HubEnv>();
  app.all("/share", handler);
  const response = await app.request("/share", { method: "POST", body: "a file" });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/crew?shared=missed");
});
