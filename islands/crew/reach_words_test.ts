import assert from "node:assert/strict";
import type { PeerStatus, Status } from "../../field/messages.ts";
import { wayOut } from "./reach_words.ts";

const CREW = { id: "aa", role: "admin", members: 2 } as const;
const AWAY = { device: "bb", connected: false } as PeerStatus;
const HERE = { device: "cc", connected: true } as PeerStatus;
const NO_HUB = { hub: false, radio: true };

function statusOf(rest: Partial<Status>): Status {
  return { crew: CREW, joining: null, peers: [AWAY], ...rest } as Status;
}

Deno.test("wayOut() without a hub is pairing by codes", () => {
  const found = wayOut(statusOf({}), NO_HUB);
  assert.equal(found?.title, "No hub in reach: pair by codes");
  assert.equal(found?.codes, true);
  const alone = statusOf({ crew: null, peers: [] });
  assert.equal(wayOut(alone, NO_HUB)?.title, "No hub in reach");
  const joining = { ...alone, joining: { inviter: "bb", expires: 1 } };
  assert.equal(wayOut(joining, NO_HUB)?.title, "No hub in reach: join by code");
});

Deno.test("wayOut() with a hub asks to open the app elsewhere", () => {
  const found = wayOut(statusOf({}), { hub: true, radio: true });
  assert.equal(found?.title, "Nobody is in reach");
  assert.equal(found?.codes, false);
});

Deno.test("wayOut() is silent while somebody is connected, or nobody could be", () => {
  assert.equal(wayOut(statusOf({ peers: [AWAY, HERE] }), NO_HUB), null);
  assert.equal(wayOut(statusOf({ peers: [] }), { hub: true, radio: true }), null);
  assert.equal(wayOut(statusOf({}), { hub: null, radio: true }), null);
  assert.equal(wayOut(statusOf({}), { hub: false, radio: false }), null);
  assert.equal(wayOut(statusOf({ crew: { ...CREW, removedBy: "bb" } }), NO_HUB), null);
});
