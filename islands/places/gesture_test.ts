import assert from "node:assert/strict";
import { moved, NO_GESTURE, pressed, released, viewAfter, wheelFactor } from "./gesture.ts";
import { toPlan, toSite } from "./plan_view.ts";

const SIZE = { width: 400, height: 400 };
const VIEW = { centre: [0, 0], pxPerM: 2 } as const;
const one = pressed(NO_GESTURE, { id: 1, x: 100, y: 100 });
const two = pressed(one, { id: 2, x: 200, y: 100 });

Deno.test("moved() by less than a thumb rolls is still a tap", () => {
  assert.equal(moved(one, { id: 1, x: 105, y: 104 }).isDrag, false);
  assert.equal(moved(one, { id: 1, x: 109, y: 100 }).isDrag, true);
});

Deno.test("moved() away and back is a drag", () => {
  const away = moved(one, { id: 1, x: 150, y: 100 });
  assert.equal(moved(away, { id: 1, x: 100, y: 100 }).isDrag, true);
});

Deno.test("moved() of a finger that is not down changes nothing", () => {
  assert.equal(moved(one, { id: 7, x: 0, y: 0 }), one);
});

Deno.test("viewAfter() a finger pans the plan with it, once it is no tap", () => {
  const rolled = moved(one, { id: 1, x: 103, y: 100 });
  assert.equal(viewAfter(VIEW, SIZE, one, rolled), VIEW);
  const dragged = viewAfter(VIEW, SIZE, one, moved(one, { id: 1, x: 130, y: 80 }));
  assert.deepEqual(dragged, { centre: [-15, -10], pxPerM: 2 });
});

Deno.test("viewAfter() two fingers apart zooms, and each stays on its place", () => {
  const [left, right] = [{ x: 100, y: 100 }, { x: 200, y: 100 }].map((at) =>
    toSite(VIEW, SIZE, at)
  );
  const apart = moved(two, { id: 2, x: 300, y: 100 });
  const view = viewAfter(VIEW, SIZE, two, apart);
  assert.equal(view.pxPerM, 4);
  assert.deepEqual(toPlan(view, SIZE, left), { x: 100, y: 100 });
  assert.deepEqual(toPlan(view, SIZE, right), { x: 300, y: 100 });
});

Deno.test("viewAfter() two fingers together pans", () => {
  const both = moved(moved(two, { id: 1, x: 120, y: 130 }), { id: 2, x: 220, y: 130 });
  assert.deepEqual(viewAfter(VIEW, SIZE, two, both), { centre: [-10, 15], pxPerM: 2 });
});

Deno.test("viewAfter() two fingers at one point, or one more of them, keeps the scale", () => {
  const same = pressed(one, { id: 2, x: 100, y: 100 });
  assert.equal(viewAfter(VIEW, SIZE, same, moved(same, { id: 2, x: 140, y: 100 })).pxPerM, 2);
  assert.equal(viewAfter(VIEW, SIZE, one, two), VIEW);
});

Deno.test("released() of one of two goes on as a drag: lifting the other is no tap", () => {
  assert.equal(released(two, 2).isDrag, true);
  assert.equal(released(released(two, 2), 1), NO_GESTURE);
});

Deno.test("wheelFactor() goes in upwards and out downwards, and is bounded", () => {
  assert.ok(wheelFactor(-100, 0, false) > 1.1);
  assert.ok(Math.abs(wheelFactor(-100, 0, false) * wheelFactor(100, 0, false) - 1) < 1e-12);
  assert.equal(wheelFactor(-1e6, 0, false), wheelFactor(-240, 0, false));
  assert.equal(wheelFactor(-3, 1, false), wheelFactor(-99, 0, false));
  assert.ok(wheelFactor(-10, 0, true) > wheelFactor(-10, 0, false));
});
