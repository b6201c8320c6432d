import assert from "node:assert/strict";
import { watchBattery } from "./battery.ts";
import { settled } from "./fakes_for_tests.ts";

Deno.test("watchBattery() tells how full it is just now, once the browser has said so", async () => {
  const live = { level: 0.8, charging: true, addEventListener: () => {} };
  const battery = watchBattery({ getBattery: () => Promise.resolve(live) });
  assert.equal(battery(), undefined);
  await settled();
  assert.deepEqual(battery(), { level: 0.8, charging: true });
  Object.assign(live, { level: 0.4, charging: false });
  assert.deepEqual(battery(), { level: 0.4, charging: false });
});

Deno.test("watchBattery() knows nothing where the browser does not tell, may not, or says something else", async () => {
  const silent = [
    {},
    { getBattery: () => Promise.reject(new DOMException("policy", "NotAllowedError")) },
    { getBattery: () => Promise.resolve({ level: "full" }) },
  ];
  for (const navigator of silent) {
    const battery = watchBattery(navigator);
    await settled();
    assert.equal(battery(), undefined);
  }
});
