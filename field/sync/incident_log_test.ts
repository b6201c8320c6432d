import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { IncidentLog } from "./incident_log.ts";
import { MOST_INCIDENTS } from "./incidents.ts";

const NOBODY = { isMember: false };
const [MAL, EVE] = [idOf(1), idOf(2)];
const member = (device: string) => ({ device, isMember: true });

Deno.test("record() counts what is the same, and tells of the newest first", () => {
  const log = new IncidentLog();
  log.record("forged", "a", 1, NOBODY);
  log.record("forged", "a", 2, NOBODY);
  log.record("forged", "a", 3, member(MAL));
  log.record("silent", "b", 4, NOBODY);
  log.record("forged", "a", 5, NOBODY);
  assert.deepEqual(log.incidents, [
    { kind: "forged", at: 5, message: "a", times: 3 },
    { kind: "silent", at: 4, message: "b", times: 1 },
    { kind: "forged", at: 3, message: "a", times: 1, device: MAL },
  ]);
});

Deno.test("however much strangers do, and under however many keys, what members did stays", () => {
  const log = new IncidentLog();
  log.record("forked", "a", 0, member(MAL));
  for (let n = 0; n < 1000; n++) {
    log.record("silent", String(n), 2 * n, NOBODY);
    log.record("wrong-role", "b", 2 * n + 1, { device: idOf(n & 255), isMember: false });
  }
  assert.ok(log.incidents.length <= MOST_INCIDENTS);
  assert.equal(log.incidents.at(-1)?.device, MAL);
  assert.equal(log.incidents[0].at, 1999);
});

Deno.test("a member who is loud drives out what he did himself, not what others did", () => {
  const log = new IncidentLog();
  log.record("forked", "a", 0, member(MAL));
  for (let n = 1; n < 1000; n++) log.record("forged", String(n), n, member(EVE));
  assert.ok(log.incidents.length <= MOST_INCIDENTS);
  assert.equal(log.incidents.at(-1)?.device, MAL);
  assert.equal(log.incidents[0].at, 999);
});

Deno.test("withdraw() takes back what was a mistake, and nothing else", () => {
  const log = new IncidentLog();
  log.record("wrong-role", "called", 1, { device: EVE, isMember: false });
  log.record("wrong-role", "wrote", 2, member(MAL));
  assert.ok(log.withdraw(({ device }) => device === EVE));
  assert.ok(!log.withdraw(({ device }) => device === EVE));
  assert.deepEqual(log.incidents.map(({ device }) => device), [MAL]);
});
