import assert from "node:assert/strict";
import { registerAt, stampAt, tracksOnly } from "../../tests/fixtures/worlds.ts";
import { KeepPace } from "./keep_pace.ts";
import { sayConfirmed, sayRemoved, sayTile } from "./own_world.ts";
import { EMPTY_AGENT } from "./world_state.ts";

const OWN = tracksOnly([0, registerAt(0)]);

Deno.test("isDue() at once, then after a minute for tracks alone, and never for what is kept", () => {
  const pace = new KeepPace();
  assert.ok(!pace.isDue(EMPTY_AGENT, 0));
  assert.ok(pace.isDue(OWN, 0));
  pace.kept(OWN, 0);
  assert.ok(!pace.isDue(OWN, 1e9));
  const moved = { ...OWN, tracks: new Map([[0, registerAt(100)]]) };
  const dueAt = [1, 10_000, 59_999, 60_000].filter((ms) => pace.isDue(moved, ms));
  assert.deepEqual(dueAt, [60_000]);
  assert.ok(!new KeepPace(OWN).isDue(OWN, 0), "read of the feed");
});

Deno.test("isDue() after ten seconds for each thing that a user does, and after the clock was set back", () => {
  const acts = [
    sayRemoved(OWN, "a:0", stampAt(1)),
    sayConfirmed(OWN, "a:0", stampAt(1)),
    sayTile(OWN, "cleared", 3, "added"),
  ];
  for (const own of acts) {
    const pace = new KeepPace();
    pace.kept(OWN, 100_000);
    const dueAt = [100_000, 109_999, 110_000, 99_999].filter((ms) => pace.isDue(own, ms));
    assert.deepEqual(dueAt, [110_000, 99_999]);
  }
});
