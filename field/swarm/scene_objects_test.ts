import assert from "node:assert/strict";
import { Chance } from "./chance.ts";
import { groundOf, MARGIN_M } from "./layout.ts";
import { placeAt, placeObjects } from "./scene_objects.ts";

/** Of the widest and the highest, m. */
const [WIDEST, HIGHEST] = [7.8, 7];
const SEEDS = 50;

Deno.test("placeObjects() and placeAt(): nothing comes upon anything else or leaves the searched part, in any seed", () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const drones of [2, 5, 8]) {
      const objects = placeObjects(new Chance(seed), drones);
      const [width, height] = groundOf(drones);
      for (let ms = 0; ms < 60_000; ms += 2500) {
        const places = objects.map((object) => placeAt(object, ms));
        places.forEach(([east, north], i) => {
          assert.ok(east > MARGIN_M && east < width - MARGIN_M);
          assert.ok(north - HIGHEST / 2 > MARGIN_M && north + HIGHEST / 2 < height - MARGIN_M);
          for (const other of places.slice(i + 1)) {
            const isApart = Math.abs(east - other[0]) > WIDEST - 0.5 ||
              Math.abs(north - other[1]) > HIGHEST;
            assert.ok(isApart, `seed ${seed}, ${drones} drones at ${ms}: ${objects[i].id}`);
          }
        });
      }
    }
  }
});

Deno.test("placeAt() walks to and fro without a jump, no faster than a stroll", () => {
  const walkers = placeObjects(new Chance(1), 5).filter(({ from, to }) => from !== to);
  assert.equal(walkers.length, 4);
  for (const walker of walkers) {
    let most = 0;
    for (let ms = 0; ms < 3 * walker.wayMs; ms += 100) {
      const [[x], [y]] = [placeAt(walker, ms), placeAt(walker, ms + 100)];
      most = Math.max(most, Math.abs(x - y) * 10);
    }
    assert.ok(most > 0.4 && most < 1.1, `${walker.id}: ${most} m/s`);
  }
});

Deno.test("placeObjects() gives each its own id, and all of the labels", () => {
  const objects = placeObjects(new Chance(3), 5);
  assert.equal(new Set(objects.map(({ id }) => id)).size, objects.length);
  assert.deepEqual(new Set(objects.map(({ label }) => label)), new Set(["person", "cat", "cup"]));
  assert.deepEqual(placeObjects(new Chance(3), 5), objects);
  assert.notDeepEqual(placeObjects(new Chance(4), 5), objects);
});
