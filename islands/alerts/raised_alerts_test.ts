import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { Decision } from "../../field/decide/decision.ts";
import { RaisedIds, type TabStorage } from "../../page/alerts/raised_ids.ts";
import { Emitter } from "../../page/emitter.ts";
import type { FieldmeshEvents } from "../../page/fieldmesh.ts";
import { alerts, closeAlert, connectAlerts } from "./raised_alerts.ts";

const ALARM: Decision = {
  ...{ id: "r/track a:1/0", rule: "Gate", urgency: "alarm", atMs: 1, occasion: null, more: 0 },
  reason: { kind: "held-back", rules: [] },
  asks: [{ kind: "alert", sound: "alarm", vibration: "long", notification: false }],
  unmet: [],
};

/** A page of a tab, from its load to the next: what it sounds is counted over all of them. */
function pageOf(storage: TabStorage, clock: { ms: number }, sounded: string[]) {
  alerts.value = [];
  const events = new Emitter<FieldmeshEvents>();
  const undo = connectAlerts(events, {
    sounding: {
      duty: (id) => Promise.resolve(sounded.push(id) > 0),
      player: { play: () => Promise.resolve(true) },
    },
    raised: new RaisedIds({ storage: () => storage, nowMs: () => clock.ms }),
  });
  const tell = async (decision: Decision) => {
    events.emit("decided", { decision, words: "Person in North." });
    await setImmediate();
    return alerts.value.map(({ id }) => id);
  };
  return { tell, undo };
}

Deno.test("connectAlerts() shows and sounds what is told twice once, also across a reload", async () => {
  const kept = new Map<string, string>();
  const storage: TabStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
  const [clock, sounded]: [{ ms: number }, string[]] = [{ ms: 0 }, []];
  const first = pageOf(storage, clock, sounded);
  assert.deepEqual(await first.tell(ALARM), [ALARM.id]);
  assert.deepEqual(await first.tell(ALARM), [ALARM.id]);
  closeAlert(ALARM.id);
  assert.deepEqual(await first.tell(ALARM), [], "it was put away");
  first.undo();
  clock.ms = 4 * 60_000;
  const reloaded = pageOf(storage, clock, sounded);
  assert.deepEqual(await reloaded.tell(ALARM), []);
  const next = { ...ALARM, id: "r/track a:2/0" };
  assert.deepEqual(await reloaded.tell(next), [next.id]);
  reloaded.undo();
  assert.deepEqual(sounded, [ALARM.id, next.id]);
  alerts.value = [];
});
