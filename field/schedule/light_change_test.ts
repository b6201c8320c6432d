import assert from "node:assert/strict";
import fc from "fast-check";
import { BLOCKS, LEVEL, WHITE } from "./grey_thumbnail.ts";
import { differenceBeyondLight, lightGain, UNCHANGED } from "./light_change.ts";

const grey = fc.integer({ min: 20 * LEVEL, max: 150 * LEVEL });
const scene = fc.array(grey, { minLength: BLOCKS, maxLength: BLOCKS })
  .map((greys) => Uint16Array.from(greys));
const percent = fc.integer({ min: 60, max: 160 });

Deno.test("lightGain() is the light's factor, and nothing differs beyond it", () => {
  fc.assert(
    fc.property(scene, percent, (then, light) => {
      const now = then.map((one) => Math.round((one * light) / 100));
      const gain = lightGain(now, then);
      assert.ok(Math.abs(gain / UNCHANGED - light / 100) < 0.005, `${gain}`);
      assert.ok(now.every((one, i) => differenceBeyondLight(one, then[i], gain) < LEVEL));
    }),
    { seed: 1, numRuns: 30 },
  );
});

Deno.test("lightGain() does not mind what changes in four blocks of ten", () => {
  fc.assert(
    fc.property(scene, percent, fc.nat(WHITE), (then, light, other) => {
      const now = then.map((one, i) => i % 10 < 4 ? other : Math.round((one * light) / 100));
      // the median may move among the blocks that are as they were: all of them have the one ratio
      assert.ok(Math.abs(lightGain(now, then) / UNCHANGED - light / 100) < 0.005);
    }),
    { seed: 2, numRuns: 30 },
  );
});

Deno.test("lightGain() sees no light in the dark", () => {
  const then = new Uint16Array(BLOCKS).fill(2 * LEVEL);
  then.fill(100 * LEVEL, 0, BLOCKS / 8 - 1);
  assert.equal(lightGain(new Uint16Array(BLOCKS).fill(200 * LEVEL), then), UNCHANGED);
  then[BLOCKS - 1] = 100 * LEVEL;
  assert.notEqual(lightGain(new Uint16Array(BLOCKS).fill(200 * LEVEL), then), UNCHANGED);
});

Deno.test("differenceBeyondLight() is the plain difference while the light stays", () => {
  const below = fc.nat(240 * LEVEL);
  fc.assert(fc.property(below, below, (now, then) => {
    assert.equal(differenceBeyondLight(now, then, UNCHANGED), Math.abs(now - then));
  }));
});

Deno.test("differenceBeyondLight() forgives a quarter of what the light did, both ways", () => {
  const then = 100 * LEVEL;
  const [lighter, darker] = [UNCHANGED * 1.2, UNCHANGED * 0.8];
  assert.equal(differenceBeyondLight(125 * LEVEL, then, lighter), 0);
  assert.equal(differenceBeyondLight(126 * LEVEL, then, lighter), LEVEL);
  assert.equal(differenceBeyondLight(114 * LEVEL, then, lighter), LEVEL);
  assert.equal(differenceBeyondLight(74 * LEVEL, then, darker), LEVEL);
});

Deno.test("differenceBeyondLight() does not know how bright a clipped block was", () => {
  const darker = UNCHANGED * 0.7;
  assert.equal(differenceBeyondLight(240 * LEVEL, WHITE, darker), 0);
  assert.ok(differenceBeyondLight(100 * LEVEL, WHITE, darker) > 50 * LEVEL);
  assert.equal(differenceBeyondLight(WHITE, 200 * LEVEL, 1.5 * UNCHANGED), 0);
});
