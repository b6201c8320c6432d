import assert from "node:assert/strict";
import { Hono } from "hono";
import type { HubState } from "../hub/state.ts";
import type { HubEnv } from "./_middleware.ts";
import { connect } from "./relay.ts";

const HANDSHAKE = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** Asks a relay that says where it was reached from. */
async function ask(headers: Record<string, string>, hasRoom = true): Promise<string> {
  const relay = {
    hasRoomFor: () => hasRoom,
    accept: (_request: Request, address: string) => new Response(`let in from ${address}`),
  };
  const app = new Hono<HubEnv>();
  app.use(async (c, next) => {
    c.set("hub", { relay } as unknown as HubState);
    await next();
  });
  app.get("/relay", connect);
  const request = new Request("http://hub.local:8000/relay?id=a&token=b", { headers });
  const response = await app.fetch(request, { address: "192.0.2.7" });
  return `${response.status} ${await response.text()}`;
}

Deno.test("/relay lets own pages and programs in, with the address they come from", async () => {
  assert.equal(await ask(HANDSHAKE), "200 let in from 192.0.2.7");
  const own = { ...HANDSHAKE, Origin: "http://hub.local:8000" };
  assert.equal(await ask(own), "200 let in from 192.0.2.7");
});

Deno.test("/relay refuses pages of other sites, plain requests, and one too many", async () => {
  assert.match(await ask({ ...HANDSHAKE, Origin: "http://evil.example" }), /^403 /);
  assert.match(await ask({}), /^426 /);
  assert.match(await ask(HANDSHAKE, false), /^503 /);
});
