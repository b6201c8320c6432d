import assert from "node:assert/strict";
import type { PeerStatus, Status } from "../../field/messages.ts";
import { makeFormats } from "../format.ts";
import { crewTruth, inviteInHash, opensElsewhere, peerLine, presence } from "./crew_words.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });
const NOON = Date.UTC(2026, 10, 21, 12);
const MORNING = Date.UTC(2026, 10, 21, 9, 40);

function peer(name: string, rest: Partial<PeerStatus> = {}): PeerStatus {
  return {
    device: name,
    name,
    role: "sensor",
    connected: true,
    have: 12,
    missing: 0,
    lastAt: MORNING,
    ...rest,
  };
}

function statusOf(peers: readonly PeerStatus[], rest: Partial<Status> = {}): Status {
  return {
    device: { id: "aa", name: "Gate phone" },
    boot: "b",
    version: "1",
    source: null,
    saved: 12,
    pending: 0,
    total: 12,
    missingMedia: 0,
    engine: { name: "e", model: "m", state: "ready", p50Ms: null, fps: 0 },
    crew: { id: "aa", role: "admin", members: peers.length + 1 },
    peers,
    storage: { usedBytes: 0, quotaBytes: 0, persistent: false },
    ...rest,
  };
}

Deno.test("peerLine() counts what the peer has of what is here", () => {
  assert.equal(peerLine(peer("a"), formats, NOON), "observations 12/12, last 09:40");
  assert.equal(
    peerLine(peer("a", { have: 1096, missing: 16, lastAt: null }), formats, NOON),
    "observations 1,096/1,112, not heard yet",
  );
});

Deno.test("presence() tells since when and why a peer is away", () => {
  assert.equal(presence(peer("a"), formats, NOON), "Connected");
  assert.equal(
    presence(peer("a", { connected: false, reason: "its app is closed" }), formats, NOON),
    "Away since 09:40: its app is closed",
  );
  assert.equal(presence(peer("a", { connected: false, lastAt: null }), formats, NOON), "Away");
});

Deno.test("crewTruth() is good only when everyone has everything, pictures too", () => {
  const both = statusOf([peer("Ridge")]);
  assert.deepEqual(crewTruth(both, formats), {
    tone: "good",
    line: "Both devices have every observation",
  });
  assert.equal(crewTruth({ ...both, missingMedia: 3 }, formats).tone, "info");
  assert.equal(
    crewTruth(statusOf([peer("a"), peer("b"), peer("c")]), formats).line,
    "All 4 devices have every observation",
  );
});

Deno.test("crewTruth() names who lacks what, and counts when they are many", () => {
  const lacking = (name: string, missing: number) => peer(name, { missing });
  assert.equal(
    crewTruth(statusOf([lacking("Ridge", 16), peer("b"), lacking("River", 1)]), formats).line,
    "Ridge lacks 16 observations and River lacks 1 observation",
  );
  assert.equal(
    crewTruth(statusOf(["a", "b", "c"].map((name) => lacking(name, 2))), formats).line,
    "3 devices lack observations",
  );
});

Deno.test("crewTruth() without others says that this is the only copy", () => {
  assert.equal(
    crewTruth(statusOf([], { crew: null }), formats).line,
    "Only this device has what it recorded",
  );
  assert.equal(crewTruth(statusOf([]), formats).line, "Nobody else is in the crew yet");
});

Deno.test("opensElsewhere() knows addresses that mean this computer only", () => {
  assert.equal(opensElsewhere("http://localhost:8000/crew#join=a"), false);
  assert.equal(opensElsewhere("http://127.0.0.1:8000/crew"), false);
  assert.equal(opensElsewhere("http://[::1]:8000/crew"), false);
  assert.equal(opensElsewhere("https://192.168.1.4:8443/crew"), true);
});

Deno.test("inviteInHash() finds the code behind join", () => {
  assert.equal(inviteInHash("#join=abc_-9"), "abc_-9");
  assert.equal(inviteInHash("#main"), null);
  assert.equal(inviteInHash("#join="), null);
  assert.equal(inviteInHash(""), null);
});

Deno.test("crewTruth() of a removed device says so, whatever it holds of the others", () => {
  const removed = statusOf([peer("Ridge")], {
    crew: { id: "bb", role: "sensor", members: 2, removedBy: "bb" },
  });
  assert.deepEqual(crewTruth(removed, formats), {
    tone: "info",
    line: "This device was removed from the crew",
  });
});
