import assert from "node:assert/strict";
import fc from "fast-check";
import {
  pannedBy,
  planTransform,
  type PlanView,
  toPlan,
  toSite,
  withInSight,
  zoomedAt,
} from "./plan_view.ts";

const SIZE = { width: 390, height: 500 };
const VIEW: PlanView = { centre: [10, 20], pxPerM: 4 };

const metres = fc.double({ min: -500, max: 500, noNaN: true });
const views = fc.record({
  centre: fc.tuple(metres, metres),
  pxPerM: fc.double({ min: 0.05, max: 50, noNaN: true }),
});
const points = fc.record({
  x: fc.integer({ min: 0, max: 390 }),
  y: fc.integer({ min: 0, max: 500 }),
});

function near(actual: number, expected: number, within = 1e-6): void {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
}

Deno.test("toPlan() has north above and east on the right of the middle", () => {
  assert.deepEqual(toPlan(VIEW, SIZE, [10, 20]), { x: 195, y: 250 });
  assert.deepEqual(toPlan(VIEW, SIZE, [11, 20]), { x: 199, y: 250 });
  assert.deepEqual(toPlan(VIEW, SIZE, [10, 21]), { x: 195, y: 246 });
});

Deno.test("toSite() is the inverse of toPlan()", () => {
  fc.assert(
    fc.property(views, points, (view, point) => {
      const back = toPlan(view, SIZE, toSite(view, SIZE, point));
      near(back.x, point.x);
      near(back.y, point.y);
    }),
    { seed: 71 },
  );
});

Deno.test("planTransform() places metres as toPlan() does", () => {
  fc.assert(
    fc.property(views, fc.tuple(metres, metres), (view, place) => {
      const [a, b, c, d, x, y] = planTransform(view, SIZE).slice(7, -1).split(" ").map(Number);
      const point = toPlan(view, SIZE, place);
      near(a * place[0] + c * place[1] + x, point.x, 1e-5);
      near(b * place[0] + d * place[1] + y, point.y, 1e-5);
    }),
    { seed: 72 },
  );
});

Deno.test("pannedBy() moves what is on the plan with the finger", () => {
  const { x, y } = toPlan(pannedBy(VIEW, 30, -12), SIZE, [0, 0]);
  const before = toPlan(VIEW, SIZE, [0, 0]);
  near(x, before.x + 30);
  near(y, before.y - 12);
});

Deno.test("zoomedAt() leaves the place under the finger where it is, within its limits", () => {
  const factors = fc.double({ min: 0.01, max: 100, noNaN: true });
  fc.assert(
    fc.property(views, points, factors, (view, point, factor) => {
      const place = toSite(view, SIZE, point);
      const zoomed = zoomedAt(view, SIZE, point, factor);
      assert.ok(zoomed.pxPerM >= 0.002 && zoomed.pxPerM <= 100);
      if (Math.max(...zoomed.centre.map(Math.abs)) === 30_000) return;
      const { x, y } = toPlan(zoomed, SIZE, place);
      near(x, point.x, 1e-5);
      near(y, point.y, 1e-5);
    }),
    { seed: 73 },
  );
});

Deno.test("withInSight() moves no more than it must, and nothing that is in sight", () => {
  assert.equal(withInSight(VIEW, SIZE, [10, 20], 28), VIEW);
  const { x, y } = toPlan(withInSight(VIEW, SIZE, [500, 20], 28), SIZE, [500, 20]);
  near(x, 390 - 28);
  near(y, 250);
});

Deno.test("pannedBy() does not leave the site", () => {
  assert.deepEqual(pannedBy({ centre: [0, 0], pxPerM: 0.01 }, -1e9, 0).centre, [30_000, 0]);
});
