import assert from "node:assert/strict";
import { GATE_ALARM, NOW_MS, someSnapshot } from "./places_for_tests.ts";
import { historyOf, withNow } from "./snapshot_history.ts";

const { agents, tracks, tiles } = someSnapshot;
const at = (atMs: number) => ({ atMs, agents, tracks, tiles });
const times = (history: ReturnType<typeof historyOf>) => history.map(({ atMs }) => atMs);

Deno.test("historyOf() gives each moment what had been decided by then", () => {
  const history = historyOf([at(NOW_MS - 6_000), at(NOW_MS - 5_000), at(NOW_MS)], [GATE_ALARM]);
  assert.deepEqual(history.map(({ decisions }) => decisions.length), [0, 1, 1]);
});

Deno.test("withNow() keeps about one a second, and the newest always", () => {
  let history = historyOf([], []);
  for (let ms = 0; ms <= 5_000; ms += 200) {
    history = withNow(history, { now: at(NOW_MS + ms), decisions: [] });
    assert.equal(history.at(-1)?.atMs, NOW_MS + ms);
  }
  assert.deepEqual(times(history).map((ms) => ms - NOW_MS), [0, 1000, 2000, 3000, 4000, 5000]);
});

Deno.test("withNow() goes back with a clock that was set back, and never forgets its order", () => {
  const history = historyOf([at(NOW_MS), at(NOW_MS + 2_000), at(NOW_MS + 4_000)], []);
  const after = withNow(history, { now: at(NOW_MS + 1_000), decisions: [] });
  assert.deepEqual(times(after), [NOW_MS, NOW_MS + 1_000]);
});

Deno.test("withNow() keeps ten minutes", () => {
  let history = historyOf([], []);
  for (let s = 0; s < 700; s++) {
    history = withNow(history, { now: at(NOW_MS + s * 1_000), decisions: [] });
  }
  assert.deepEqual([history.length, history[0].atMs], [600, NOW_MS + 100_000]);
});
