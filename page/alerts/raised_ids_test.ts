import assert from "node:assert/strict";
import { RaisedIds, type TabStorage } from "./raised_ids.ts";

const MINUTE_MS = 60_000;

/** A tab: its storage stays while its pages come and go. */
function tab() {
  const kept = new Map<string, string>();
  const clock = { ms: 1_000_000 };
  const storage: TabStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
  const load = () => new RaisedIds({ storage: () => storage, nowMs: () => clock.ms });
  return { kept, clock, load };
}

Deno.test("isNew() is true once for each alert", () => {
  const page = tab().load();
  assert.deepEqual(["a", "b", "a", "b"].map((id) => page.isNew(id)), [true, true, false, false]);
});

Deno.test("isNew() knows what the page before a reload raised, and another tab does not", () => {
  const { load } = tab();
  load().isNew("a");
  const reloaded = load();
  assert.deepEqual([reloaded.isNew("a"), reloaded.isNew("b")], [false, true]);
  assert.equal(load().isNew("b"), false, "nor does it forget what the first had raised");
  assert.equal(tab().load().isNew("a"), true);
});

Deno.test("isNew() knows it for five minutes, also where the clock is set back", () => {
  const { load, clock } = tab();
  load().isNew("a");
  clock.ms += 5 * MINUTE_MS;
  assert.equal(load().isNew("a"), false);
  clock.ms -= 60 * MINUTE_MS;
  assert.equal(load().isNew("a"), false);
  clock.ms += 60 * MINUTE_MS + 1;
  assert.equal(load().isNew("a"), true);
});

Deno.test("isNew() keeps no more than 256, and those the newest", () => {
  const { load, kept } = tab();
  const page = load();
  for (let n = 0; n < 1_000; n++) page.isNew(`r/track ${"a".repeat(64)}:${n}/0`);
  assert.equal(page.isNew(`r/track ${"a".repeat(64)}:999/0`), false);
  assert.ok([...kept.values()].join("").length < 32_000);
});

Deno.test("isNew() goes on without a storage, and with what another wrote there", () => {
  const blocked = new RaisedIds({
    storage: () => {
      throw new DOMException("blocked", "SecurityError");
    },
    nowMs: () => 0,
  });
  assert.deepEqual([blocked.isNew("a"), blocked.isNew("a")], [true, false]);
  for (const text of ["{", "7", "[1]", '[["a"]]', '[["a","b"]]', "null"]) {
    const { load, kept } = tab();
    kept.set("fieldmesh.raised", text);
    assert.deepEqual([load().isNew("a"), load().isNew("a")], [true, false], text);
  }
});
