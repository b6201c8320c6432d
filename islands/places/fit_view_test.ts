import assert from "node:assert/strict";
import fc from "fast-check";
import { boundsOf, fitView, snappedOut, steadyBounds } from "./fit_view.ts";
import { toPlan } from "./plan_view.ts";

const SIZE = { width: 390, height: 500 };
const PADDING = { top: 60, left: 36, right: 72, bottom: 48 };
const metres = fc.double({ min: -20_000, max: 20_000, noNaN: true });

Deno.test("fitView() has all points within the padding", () => {
  const sites = fc.array(fc.tuple(metres, metres), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sites, (points) => {
      const view = fitView(boundsOf(points), SIZE, PADDING);
      for (const point of points) {
        const { x, y } = toPlan(view, SIZE, point);
        assert.ok(x >= 36 - 1e-3 && x <= 390 - 72 + 1e-3, `x ${x}`);
        assert.ok(y >= 60 - 1e-3 && y <= 500 - 48 + 1e-3, `y ${y}`);
      }
    }),
    { seed: 74 },
  );
});

Deno.test("fitView() uses the room there is", () => {
  const { pxPerM } = fitView({ west: -50, east: 50, south: 0, north: 10 }, SIZE, PADDING);
  assert.equal(pxPerM, (390 - 36 - 72) / 100);
});

Deno.test("fitView() of nothing, or of one point, shows its surroundings", () => {
  const padding = { top: 0, left: 0, right: 0, bottom: 0 };
  assert.deepEqual(fitView(null, SIZE, padding), { centre: [0, 0], pxPerM: 19.5 });
  const { centre } = fitView(boundsOf([[7, 9]]), SIZE, padding);
  assert.deepEqual(centre, [7, 9]);
});

Deno.test("fitView() of a plan that is smaller than the padding is a view all the same", () => {
  const { pxPerM } = fitView(boundsOf([[0, 0], [9, 9]]), { width: 10, height: 10 }, PADDING);
  assert.ok(pxPerM > 0 && Number.isFinite(pxPerM));
});

Deno.test("boundsOf() is null without points, snappedOut() goes outwards", () => {
  assert.equal(boundsOf([]), null);
  const bounds = snappedOut({ west: -1, south: 5, east: 11, north: 11 });
  assert.deepEqual(bounds, { west: -5, south: 5, east: 15, north: 15 });
});

Deno.test("steadyBounds() rests while what is needed moves within, and follows what leaves", () => {
  const before = { west: 0, south: 0, east: 100, north: 50 };
  assert.equal(steadyBounds(before, { west: 3, south: 3, east: 97, north: 40 }), before);
  const out = steadyBounds(before, { west: 3, south: 3, east: 101, north: 40 });
  assert.deepEqual(out, { west: 0, south: 0, east: 105, north: 40 });
});

Deno.test("steadyBounds() draws nearer when little is left, and begins with what is needed", () => {
  const before = { west: 0, south: 0, east: 100, north: 50 };
  const few = { west: 10, south: 10, east: 30, north: 30 };
  assert.deepEqual(steadyBounds(before, few), few);
  assert.deepEqual(steadyBounds(null, few), few);
  assert.equal(steadyBounds(before, null), null);
});
