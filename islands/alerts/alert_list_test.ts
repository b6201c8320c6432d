import assert from "node:assert/strict";
import type { Decision } from "../../field/decide/decision.ts";
import type { Urgency } from "../../field/decide/rule.ts";
import {
  type ShownAlert,
  shownAlert,
  silenced,
  withAlertShown,
  withoutAlertShown,
} from "./alert_list.ts";

const decision: Decision = {
  ...{ id: "r/track a:1/0", rule: "Gate", urgency: "alarm", atMs: 1, occasion: null, more: 0 },
  reason: { kind: "held-back", rules: [] },
  ...{ asks: [], unmet: [] },
};
const alert = { kind: "alert", sound: "alarm", vibration: "long", notification: false } as const;
const look = { kind: "confirm", agent: "me", subject: "track a:1", place: [0, 0] } as const;

Deno.test("shownAlert() is for who is to be told, or to look", () => {
  assert.equal(shownAlert(decision, "w", "me"), null);
  assert.deepEqual(shownAlert({ ...decision, asks: [alert] }, "w", "me"), {
    ...{ id: decision.id, words: "w", urgency: "alarm", look: null, silent: false },
  });
  const asked = shownAlert({ ...decision, asks: [look] }, "w", "me");
  assert.deepEqual(asked?.look, { track: "a:1" });
  assert.equal(shownAlert({ ...decision, asks: [look] }, "w", "other"), null);
  const agent = shownAlert({ ...decision, asks: [{ ...look, subject: "agent a" }] }, "w", "me");
  assert.deepEqual(agent?.look, { track: null });
});

function some(id: string, urgency: Urgency): ShownAlert {
  return { id, words: id, urgency, look: null, silent: false };
}

Deno.test("withAlertShown() keeps three, the most urgent first, and each once", () => {
  let list: readonly ShownAlert[] = [];
  for (
    const one of [some("a", "note"), some("b", "alarm"), some("c", "warning"), some("d", "note")]
  ) {
    list = withAlertShown(list, one);
  }
  assert.deepEqual(list.map(({ id }) => id), ["b", "c", "d"]);
  assert.equal(withAlertShown(list, some("b", "alarm")), list);
  assert.deepEqual(withAlertShown(list, some("e", "alarm")).map(({ id }) => id), ["e", "b", "c"]);
});

Deno.test("silenced() and withoutAlertShown() are about one", () => {
  const list = [some("a", "note"), some("b", "note")];
  assert.deepEqual(silenced(list, "b").map(({ silent }) => silent), [false, true]);
  assert.deepEqual(withoutAlertShown(list, "a").map(({ id }) => id), ["b"]);
});
