import assert from "node:assert/strict";
import { areaAround, mapFrame, pointsOf } from "./map_frame.ts";

Deno.test("mapFrame() shows all of the ground, north upwards, at one scale", () => {
  const frame = mapFrame([40, 30], 400);
  assert.equal(frame.height, 300);
  assert.deepEqual(frame.at([0, 30]), { x: 0, y: 0 });
  assert.deepEqual(frame.at([40, 0]), { x: 400, y: 300 });
  assert.deepEqual(frame.at([10, 20]), { x: 100, y: 100 });
});

Deno.test("pointsOf() gives corners in pixels, to a tenth", () => {
  const frame = mapFrame([40, 30], 400);
  assert.equal(pointsOf(frame, [[0, 30], [10.123, 20]]), "0.0,0.0 101.2,100.0");
  assert.equal(pointsOf(frame, []), "");
});

Deno.test("areaAround() is in the middle of its place", () => {
  const frame = mapFrame([40, 30], 400);
  const area = areaAround(frame, [10, 20], [4, 2]);
  assert.deepEqual(area, { x: 80, y: 90, width: 40, height: 20 });
});
