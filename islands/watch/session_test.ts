import assert from "node:assert/strict";
import type { PeerStatus, Status } from "../../field/messages.ts";
import type { Capture } from "../../page/fieldmesh.ts";
import { figuresOf, nextSession } from "./session.ts";

function statusOf(saved: number, pending: number, missing: readonly number[] = []): Status {
  const peers = missing.map((count, index): PeerStatus => ({
    device: String(index),
    name: `peer ${index}`,
    role: "sensor",
    connected: true,
    have: 40 - count,
    missing: count,
    lastAt: null,
  }));
  return {
    device: { id: "aa", name: "Gate phone" },
    boot: "b",
    version: "1",
    source: null,
    saved,
    pending,
    total: 40,
    missingMedia: 0,
    engine: { name: "e", model: "m", state: "ready", p50Ms: 20, fps: 5 },
    crew: null,
    peers,
    storage: { usedBytes: 0, quotaBytes: 0, persistent: false },
  };
}

function captureOf(id: string): Capture {
  // Only the id matters here; an element cannot be made without a document.
  return {
    id,
    kind: "demo",
    name: "Demo",
    since: 0,
    width: 0,
    height: 0,
    state: "live",
  } as Capture;
}

Deno.test("nextSession() begins with a new capture and keeps its baseline until the next", () => {
  const first = nextSession(null, captureOf("a"), statusOf(20, 1));
  assert.deepEqual(first, { capture: "a", seenBefore: 21 });
  assert.equal(nextSession(first, captureOf("a"), statusOf(30, 0)), first);
  assert.equal(nextSession(first, null, statusOf(30, 0)), first);
  assert.deepEqual(nextSession(first, captureOf("b"), statusOf(30, 0)), {
    capture: "b",
    seenBefore: 30,
  });
});

Deno.test("nextSession() waits for the counts", () => {
  assert.equal(nextSession(null, captureOf("a"), null), null);
});

Deno.test("figuresOf() counts from the session's beginning", () => {
  assert.deepEqual(figuresOf(statusOf(27, 2), { capture: "a", seenBefore: 20 }), {
    seen: 9,
    saved: 7,
    elsewhere: 0,
  });
});

Deno.test("figuresOf() counts everything before the first session", () => {
  assert.deepEqual(figuresOf(statusOf(27, 1), null), { seen: 28, saved: 27, elsewhere: 0 });
});

Deno.test("figuresOf() takes the peer that lacks least, and never claims more than saved", () => {
  assert.equal(figuresOf(statusOf(27, 0, [3, 12]), null).elsewhere, 24);
  assert.equal(figuresOf(statusOf(27, 0, [40]), null).elsewhere, 0);
  assert.equal(figuresOf(statusOf(27, 0, [0]), null).elsewhere, 27);
});
