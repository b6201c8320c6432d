import assert from "node:assert/strict";
import type { PeerStatus, Status } from "../../field/messages.ts";
import { makeFormats } from "../format.ts";
import { crewTruth } from "./crew_truth.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });
const NOON = Date.UTC(2026, 10, 21, 12);
const MORNING = Date.UTC(2026, 10, 21, 9, 40);
const ALL = { have: 9, of: 9 };

function peer(name: string, rest: Partial<PeerStatus> = {}): PeerStatus {
  return {
    device: name,
    name,
    role: "sensor",
    connected: true,
    have: 12,
    missing: 0,
    lastAt: NOON,
    media: ALL,
    ...rest,
  };
}

const away = (name: string, rest: Partial<PeerStatus> = {}) =>
  peer(name, { connected: false, lastAt: MORNING, ...rest });

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

const truth = (peers: readonly PeerStatus[], rest: Partial<Status> = {}) =>
  crewTruth(statusOf(peers, rest), formats, NOON);
const line = (...peers: PeerStatus[]) => truth(peers).line;

Deno.test("crewTruth() is good only when everyone has everything, pictures too", () => {
  assert.deepEqual(truth([peer("Ridge")]), {
    tone: "good",
    line: "Both devices have everything",
  });
  assert.equal(
    line(...["a", "b", "c", "d"].map((name) => peer(name))),
    "All 5 devices have everything",
  );
  assert.deepEqual(truth([peer("Ridge")], { missingMedia: 3 }), {
    tone: "info",
    line: "3 pictures on the way here",
  });
  const lacking = truth([peer("Ridge", { media: { have: 8, of: 9 } })]);
  assert.deepEqual(lacking, { tone: "info", line: "Ridge lacks 1 picture" });
});

Deno.test("crewTruth() claims no pictures of peers that did not tell of theirs", () => {
  const silent = peer("Ridge", { media: undefined });
  assert.equal(line(silent, peer("b")), "All 3 devices have every observation");
});

Deno.test("crewTruth() names who lacks what, and counts when they are many", () => {
  const ridge = peer("Ridge", { missing: 16, media: { have: 6, of: 9 } });
  assert.equal(
    line(ridge, peer("b")),
    "Ridge lacks 16 observations and 3 pictures",
  );
  const lacking = (name: string) => peer(name, { missing: 2 });
  assert.equal(line(lacking("a"), peer("b"), lacking("c")), "2 devices lack observations");
  assert.equal(
    line(lacking("a"), ridge, peer("c", { waiting: { records: 1, mediaParts: 0 } })),
    "3 devices lack observations, records and pictures",
  );
});

Deno.test("crewTruth() dates what it knows only of earlier, by the oldest word", () => {
  const earlier = MORNING - 24 * 3_600_000;
  assert.equal(
    line(away("a"), peer("b"), away("c", { lastAt: earlier })),
    "All 4 devices have everything, as of 20 Nov, 9:40",
  );
  assert.equal(
    truth([away("Anna’s phone", { missing: 12 }), peer("b")], { missingMedia: 3 }).line,
    "Anna’s phone lacks 12 observations, as of 09:40 · 3 pictures on the way here",
  );
});

Deno.test("crewTruth() claims nothing of a device that nobody has met", () => {
  const unmet = (name: string) => away(name, { lastAt: null, have: 0, missing: 112 });
  assert.deepEqual(truth([peer("a"), unmet("River")]), {
    tone: "info",
    line: "River not met yet",
  });
  assert.equal(line(unmet("a"), unmet("b")), "2 devices not met yet");
});

Deno.test("crewTruth() knows that records other than observations wait", () => {
  const waiting = { records: 4, mediaParts: 0 };
  assert.equal(line(peer("Ridge", { waiting })), "Ridge lacks 4 records");
});

Deno.test("crewTruth() without others says that this is the only copy", () => {
  assert.equal(truth([], { crew: null }).line, "Only this device has what it recorded");
  assert.equal(truth([]).line, "Nobody else is in the crew yet");
});

Deno.test("crewTruth() of a removed device says so, whatever it holds of the others", () => {
  const crew = { id: "bb", role: "sensor", members: 2, removedBy: "bb" } as const;
  assert.deepEqual(truth([peer("Ridge")], { crew }), {
    tone: "info",
    line: "This device was removed from the crew",
  });
});
