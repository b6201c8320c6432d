import assert from "node:assert/strict";
import { SOUNDS, VIBRATIONS } from "../../field/decide/rule.ts";
import { tonesOf, vibrationOf } from "./chime.ts";

Deno.test("tonesOf() has tones for every sound but none, each within what ears and phones do well", () => {
  for (const sound of SOUNDS) {
    const tones = tonesOf(sound);
    assert.equal(tones.length > 0, sound !== "none", sound);
    for (const { hz, fromS, forS } of tones) {
      assert.ok(hz > 300 && hz < 4_000 && fromS >= 0 && forS > 0 && fromS + forS < 5, sound);
    }
  }
});

Deno.test("tonesOf() an alarm lasts longer than a chime, and does not pause", () => {
  const [chime, alarm] = [tonesOf("chime"), tonesOf("alarm")];
  const endOf = (tones: typeof chime) => Math.max(...tones.map(({ fromS, forS }) => fromS + forS));
  assert.ok(endOf(alarm) > 3 * endOf(chime));
  alarm.slice(1).forEach(({ fromS }, i) => {
    assert.ok(Math.abs(fromS - alarm[i].fromS - alarm[i].forS) < 1e-9);
  });
});

Deno.test("vibrationOf() is a pattern that ends with a buzz, and longer for long", () => {
  const total = (pattern: readonly number[]) => pattern.reduce((sum, ms) => sum + ms, 0);
  const [none, short, long] = VIBRATIONS.map((one) => vibrationOf(one));
  assert.deepEqual(none, []);
  assert.ok(short.length % 2 === 1 && long.length % 2 === 1 && total(long) > total(short));
});
