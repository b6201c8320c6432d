import assert from "node:assert/strict";
import type { AlertAction, Urgency } from "../../field/decide/rule.ts";
import { decisionOf } from "../../field/decide/decision.ts";
import {
  ALERT,
  DECIDE_START_MS,
  IN_NORTH,
  occasionAt,
  ruleOf,
} from "../../tests/fixtures/decisions.ts";
import { FakeNotifications } from "../../tests/fixtures/world_workers.ts";
import type { WindowClient } from "../scope.ts";
import { notify } from "./notifier.ts";
import { showPlaces } from "./show_places.ts";

function decided(alert: Partial<AlertAction>, urgency: Urgency = "warning") {
  const rule = ruleOf({ when: IN_NORTH, actions: [{ ...ALERT, ...alert }], urgency });
  const nowMs = DECIDE_START_MS;
  return decisionOf(rule, occasionAt(nowMs), 0, { agents: [], nowMs });
}

Deno.test("notify() shows an alert under the decision's id, once, and an alarm until it is dismissed", async () => {
  const system = new FakeNotifications();
  const alarm = decided({ vibration: "long" }, "alarm");
  await notify(system.notifier, alarm, "Because.");
  await notify(system.notifier, alarm, "Because.");
  assert.equal(system.shown.length, 1);
  const [{ title, options }] = system.shown;
  assert.equal(title, "Gate watch");
  assert.deepEqual([options.tag, options.body, options.requireInteraction, options.silent], [
    ...[alarm.id, "Because.", true, false],
  ]);
  assert.deepEqual("vibrate" in options && options.vibrate, [500, 200, 500, 200, 500]);
  const quiet = new FakeNotifications();
  await notify(quiet.notifier, decided({ sound: "none", vibration: "none" }), "Because.");
  assert.equal(quiet.shown[0].options.silent, true);
  assert.ok(!("vibrate" in quiet.shown[0].options), "browsers refuse a silent one that vibrates");
});

Deno.test("notify() shows nothing without the user's permission, or where the rule wants none", async () => {
  const system = new FakeNotifications();
  await notify(system.notifier, decided({ notification: false }), "Because.");
  await notify(system.notifier, { ...decided({}), asks: [] }, "Because.");
  system.isAllowed = false;
  await notify(system.notifier, decided({}), "Because.");
  assert.deepEqual(system.shown, []);
});

Deno.test("showPlaces() goes to the window that shows the places, and else opens one", async () => {
  const done: string[] = [];
  const windowAt = (url: string): WindowClient => ({
    ...{ id: url, url, postMessage: () => {}, navigate: () => assert.fail("it may be watching") },
    focus: () => Promise.resolve(done.push(`focus ${url}`)),
  });
  const clients = (...urls: string[]) => ({
    matchAll: () => Promise.resolve(urls.map(windowAt)),
    openWindow: (url: string) => Promise.resolve(done.push(`open ${url}`)),
  });
  await showPlaces(clients("https://a.example/", "https://a.example/places?x=1"));
  await showPlaces(clients("https://a.example/"));
  assert.deepEqual(done, ["focus https://a.example/places?x=1", "open /places"]);
});
