import assert from "node:assert/strict";
import { parseTrackId, trackId } from "./world_track.ts";

Deno.test("parseTrackId() reads what trackId() gives", () => {
  for (const [agent, n] of [["a", 0], ["drone 3", 17], ["0f".repeat(32), 2 ** 31 - 1]] as const) {
    assert.deepEqual(parseTrackId(trackId(agent, n)), { agent, n });
  }
});

Deno.test("parseTrackId() is null for what trackId() never gives", () => {
  const bad = [
    "",
    "a",
    ":1",
    "a:",
    "a:01",
    "a:-1",
    "a:1.5",
    "a:1e3",
    "a: 1",
    "a:b:1",
    "a:2147483648",
  ];
  for (const id of [...bad, `${"x".repeat(65)}:1`, "a:9".repeat(2)]) {
    assert.equal(parseTrackId(id), null, id);
  }
});
