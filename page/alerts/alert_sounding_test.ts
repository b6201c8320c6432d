import assert from "node:assert/strict";
import type { AlertAction } from "../../field/decide/rule.ts";
import { soundAlert } from "./alert_sounding.ts";

const ALARM: AlertAction = { kind: "alert", sound: "alarm", vibration: "long", notification: true };

function setUp({ mine = true, mayPlay = true } = {}) {
  const done: string[] = [];
  const ports = {
    duty: () => Promise.resolve(mine),
    player: { play: () => Promise.resolve((done.push("tones"), mayPlay)) },
    vibrate: () => void done.push("shakes"),
  };
  return { done, sound: (alert = ALARM) => soundAlert("d1", alert, ports) };
}

Deno.test("soundAlert() sounds and shakes in the page whose duty it is, and nowhere else", async () => {
  const here = setUp();
  assert.equal(await here.sound(), "here");
  assert.deepEqual(here.done, ["shakes", "tones"]);
  const there = setUp({ mine: false });
  assert.equal(await there.sound(), "elsewhere");
  assert.deepEqual(there.done, []);
});

Deno.test("soundAlert() says when the browser keeps it silent, and a silent alert is no such case", async () => {
  assert.equal(await setUp({ mayPlay: false }).sound(), "silent");
  const { sound, done } = setUp({ mayPlay: false });
  assert.equal(await sound({ ...ALARM, sound: "none", vibration: "none" }), "here");
  assert.deepEqual(done, []);
});
