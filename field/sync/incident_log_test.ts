import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { IncidentLog } from "./incident_log.ts";
import { MOST_INCIDENTS } from "./incidents.ts";

Deno.test("record() counts what is the same in a row, and keeps the newest", () => {
  const log = new IncidentLog();
  log.record("forged", "a", 1);
  log.record("forged", "a", 2);
  log.record("forged", "a", 3, idOf(1));
  log.record("forged", "a", 4);
  assert.deepEqual(log.incidents, [
    { kind: "forged", at: 4, message: "a", times: 1 },
    { kind: "forged", at: 3, message: "a", times: 1, device: idOf(1) },
    { kind: "forged", at: 2, message: "a", times: 2 },
  ]);
  for (let n = 0; n < 2 * MOST_INCIDENTS; n++) log.record("silent", String(n), n);
  assert.equal(log.incidents.length, MOST_INCIDENTS);
  assert.equal(log.incidents[0].message, String(2 * MOST_INCIDENTS - 1));
});
