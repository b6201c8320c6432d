import assert from "node:assert/strict";
import type { PeerStatus, Status, StorageStatus } from "../../field/messages.ts";
import { makeFormats } from "../format.ts";
import {
  copiesFact,
  freeBytes,
  LITTLE_FREE_BYTES,
  percent,
  protectionFact,
  quarantineFact,
  savingFact,
  shortOfSpace,
} from "./storage_words.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });

function storage(rest: Partial<StorageStatus> = {}): StorageStatus {
  return { usedBytes: 0, quotaBytes: 1e10, persistent: false, ...rest };
}

function statusOf(rest: Partial<Status> = {}): Status {
  return {
    device: { id: "aa", name: "Gate phone" },
    boot: "b",
    version: "1",
    source: null,
    saved: 12,
    pending: 0,
    total: 40,
    missingMedia: 0,
    engine: { name: "e", model: "m", state: "ready", p50Ms: null, fps: 0 },
    crew: null,
    peers: [],
    storage: storage(),
    ...rest,
  };
}

function peerLacking(missing: number): PeerStatus {
  return {
    device: "bb",
    name: "Ridge tablet",
    role: "sensor",
    connected: true,
    have: 40 - missing,
    missing,
    lastAt: null,
  };
}

Deno.test("freeBytes() is unknown where the browser tells no quota, and never negative", () => {
  assert.equal(freeBytes(storage({ quotaBytes: 0 })), null);
  assert.equal(freeBytes(storage({ usedBytes: 3e9 })), 7e9);
  assert.equal(freeBytes(storage({ usedBytes: 2e10 })), 0);
});

Deno.test("shortOfSpace() begins below the bound, and never where the quota is unknown", () => {
  const leaving = (free: number) => storage({ usedBytes: 1e10 - free });
  assert.equal(shortOfSpace(leaving(LITTLE_FREE_BYTES)), null);
  assert.equal(shortOfSpace(leaving(LITTLE_FREE_BYTES - 1)), LITTLE_FREE_BYTES - 1);
  assert.equal(shortOfSpace(storage({ quotaBytes: 0 })), null);
});

Deno.test("savingFact() is good only when what was seen gets on disk", () => {
  assert.deepEqual(savingFact(statusOf(), formats), {
    tone: "good",
    line: "40 observations on this device",
    meaning: "What is counted here is on its disk.",
  });
  assert.equal(
    savingFact(statusOf({ pending: 3 }), formats).meaning,
    "3 more observations on the way to its disk.",
  );
  assert.equal(savingFact(statusOf({ saved: 0, total: 0 }), formats).tone, "open");
});

Deno.test("savingFact() tells of a failure before anything else", () => {
  const failure = { code: "storage-full", message: "The storage is full." } as const;
  const failing = statusOf({ storage: storage({ failure }), unconfirmed: true });
  assert.deepEqual(savingFact(failing, formats), {
    tone: "bad",
    line: "The last save failed",
    meaning: "The storage is full.",
  });
  assert.equal(savingFact(statusOf({ unconfirmed: true }), formats).line, "Nothing is recorded");
});

Deno.test("copiesFact() never claims a copy that may not be there", () => {
  const copies = (missing: number) =>
    copiesFact(statusOf({ peers: [peerLacking(missing)] }), formats);
  assert.equal(copies(0).tone, "good");
  assert.equal(copies(1).line, "11 of its 12 elsewhere too");
  assert.equal(
    copies(1).meaning,
    "Losing this device would lose 1 record until the crew has met again.",
  );
  assert.equal(copies(12).line, "Only on this device");
  assert.equal(copies(30).line, "Only on this device");
  assert.equal(copiesFact(statusOf(), formats).line, "Only on this device");
  assert.equal(copiesFact(statusOf({ saved: 0 }), formats).tone, "open");
});

Deno.test("protectionFact() follows what the browser promised", () => {
  assert.equal(protectionFact(storage({ persistent: true })).tone, "good");
  assert.equal(protectionFact(storage()).tone, "open");
});

Deno.test("quarantineFact() is there when something was not taken", () => {
  assert.equal(quarantineFact(statusOf(), formats), null);
  assert.equal(quarantineFact(statusOf({ quarantined: 0 }), formats), null);
  assert.equal(
    quarantineFact(statusOf({ quarantined: 1 }), formats)?.line,
    "1 thing came in and was not taken",
  );
  assert.equal(
    quarantineFact(statusOf({ quarantined: 2 }), formats)?.line,
    "2 things came in and were not taken",
  );
});

Deno.test("percent() is a hundred only when all is done", () => {
  assert.equal(percent({ done: 0, total: 0 }), "0 %");
  assert.equal(percent({ done: 34_999, total: 100_000 }), "34 %");
  assert.equal(percent({ done: 999, total: 1_000 }), "99 %");
  assert.equal(percent({ done: 1_000, total: 1_000 }), "100 %");
  assert.equal(percent({ done: 1_001, total: 1_000 }), "100 %");
});
