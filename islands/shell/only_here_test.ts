import assert from "node:assert/strict";
import type { PeerStatus, Status } from "../../field/messages.ts";
import { onlyHere, onlyHereToSay, sinceWhen } from "./only_here.ts";

function statusOf(saved: number, peers: readonly Partial<PeerStatus>[], crew = true): Status {
  return {
    saved,
    pending: 0,
    crew: crew ? { id: "aa", role: "admin", members: peers.length + 1 } : null,
    peers,
  } as unknown as Status;
}

const away = (missing: number) => ({ missing, connected: false });
const here = (missing: number) => ({ missing, connected: true });

Deno.test("onlyHere() counts what the best supplied of the others lacks", () => {
  assert.equal(onlyHere(statusOf(40, [away(12), away(30)])), 12);
  assert.equal(onlyHere(statusOf(40, [away(0), away(30)])), 0);
  assert.equal(onlyHere(statusOf(5, [away(112)])), 5);
  assert.equal(onlyHere(statusOf(5, [])), 5);
});

Deno.test("onlyHere() is for a crew: without one that goes without saying", () => {
  assert.equal(onlyHere(statusOf(5, [], false)), 0);
  const removed = statusOf(5, [away(5)]);
  const crew = { id: "bb", role: "sensor", members: 2, removedBy: "bb" } as const;
  assert.equal(onlyHere({ ...removed, crew }), 0);
});

Deno.test("onlyHereToSay() says it at once while nobody is connected", () => {
  const alone = statusOf(12, [away(12)]);
  const since = sinceWhen(null, alone, 1000);
  assert.equal(since, 1000);
  assert.equal(onlyHereToSay(alone, since, 1000), 12);
  assert.equal(onlyHereToSay(null, null, 1000), null);
});

Deno.test("onlyHereToSay() gives a link time to carry it, and speaks when it does not", () => {
  const linked = statusOf(12, [here(1)]);
  assert.equal(onlyHereToSay(linked, 1000, 15_999), null);
  assert.equal(onlyHereToSay(linked, 1000, 16_000), 1);
});

Deno.test("sinceWhen() begins anew after everything was elsewhere", () => {
  assert.equal(sinceWhen(1000, statusOf(3, [here(1)]), 9000), 1000);
  assert.equal(sinceWhen(1000, statusOf(3, [here(0)]), 9000), null);
});
