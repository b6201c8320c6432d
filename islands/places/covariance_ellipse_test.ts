import assert from "node:assert/strict";
import fc from "fast-check";
import type { Covariance } from "../../field/world/world_track.ts";
import { DEVIATIONS_95, ellipseOf } from "./covariance_ellipse.ts";

const RADIANS = Math.PI / 180;

Deno.test("ellipseOf() of covariances along the axes has them for half axes", () => {
  assert.deepEqual(ellipseOf([4, 0, 1], 1), { major: 2, minor: 1, angleDeg: 0 });
  const north = ellipseOf([1, 0, 4], 1);
  assert.deepEqual([north?.major, north?.minor, north?.angleDeg], [2, 1, 90]);
});

Deno.test("ellipseOf() leans to the north-east when east and north err together", () => {
  assert.equal(ellipseOf([2, 1, 2], 1)?.angleDeg, 45);
  assert.equal(ellipseOf([2, -1, 2], 1)?.angleDeg, -45);
});

Deno.test("ellipseOf() has the axes whose squares, turned back, are the covariance", () => {
  const side = fc.double({ min: 0.01, max: 50, noNaN: true });
  const turns = fc.double({ min: -90, max: 90, noNaN: true });
  fc.assert(
    fc.property(side, side, turns, (a, b, deg) => {
      const [cos, sin] = [Math.cos(deg * RADIANS), Math.sin(deg * RADIANS)];
      const given: Covariance = [
        a * cos * cos + b * sin * sin,
        (a - b) * sin * cos,
        a * sin * sin + b * cos * cos,
      ];
      const { major, minor, angleDeg } = ellipseOf(given, 1)!;
      const [c, s] = [Math.cos(angleDeg * RADIANS), Math.sin(angleDeg * RADIANS)];
      const back = [
        (major * c) ** 2 + (minor * s) ** 2,
        (major ** 2 - minor ** 2) * s * c,
        (major * s) ** 2 + (minor * c) ** 2,
      ];
      back.forEach((value, i) => assert.ok(Math.abs(value - given[i]) < 1e-6 * (a + b)));
    }),
    { seed: 76 },
  );
});

Deno.test("ellipseOf() holds 95 % of a normal distribution by default", () => {
  assert.ok(Math.abs(1 - Math.exp(-(DEVIATIONS_95 ** 2) / 2) - 0.95) < 1e-4);
  assert.equal(ellipseOf([1, 0, 1])?.major, DEVIATIONS_95);
});

Deno.test("ellipseOf() of what is no covariance is null, of none at all a point", () => {
  assert.equal(ellipseOf([1, 2, 1]), null);
  assert.equal(ellipseOf([NaN, 0, 1]), null);
  assert.deepEqual(ellipseOf([0, 0, 0]), { major: 0, minor: 0, angleDeg: 0 });
});
