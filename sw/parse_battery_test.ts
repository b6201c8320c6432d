import assert from "node:assert/strict";
import { parseBattery } from "./parse_battery.ts";
import { parseCall } from "./parse_call.ts";

Deno.test("parseBattery() takes a level and whether it is charged, and no more", () => {
  const battery = { level: 0.5, charging: false };
  assert.deepEqual(parseBattery({ ...battery, chargingTime: 5 }), { battery });
  assert.deepEqual(parseBattery({ level: 0, charging: true })?.battery?.level, 0);
  assert.deepEqual(parseBattery(undefined), {});
});

Deno.test("parseBattery() is null for what is no battery", () => {
  const none = [null, 5, {}, { level: 0.5 }, { level: 1.01, charging: true }];
  for (const value of [...none, { level: -0.1, charging: true }, { level: NaN, charging: true }]) {
    assert.equal(parseBattery(value), null);
  }
});

Deno.test("parseCall() hands a frame's battery on, and refuses a frame with a damaged one", () => {
  const rgba = new ArrayBuffer(4);
  const frame = { id: "1", kind: "frame", source: "s", width: 1, height: 1, rgba, at: 5 };
  const battery = { level: 0.5, charging: false };
  assert.deepEqual(parseCall({ ...frame, battery }), { ...frame, battery });
  assert.deepEqual(parseCall(frame), frame);
  assert.equal(parseCall({ ...frame, battery: { level: 2 } }), null);
});
