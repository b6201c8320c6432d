import assert from "node:assert/strict";
import fc from "fast-check";
import { type LatLon, PlanFrame } from "../../field/world/plan_frame.ts";
import type { MapLook } from "./map_archive.ts";
import { mercator, planCamera } from "./plan_camera.ts";

/** Where the stretched picture shows a place, px from the plan's middle: the camera's own definition. */
function onMap(look: MapLook, place: LatLon): readonly [number, number] {
  const { centre, zoom, bearing, stretch } = planCamera(look);
  const [to, from, worldPx] = [mercator(place), mercator(centre), 512 * 2 ** zoom];
  const dx = to.x - from.x;
  const [x, y] = [(dx - Math.round(dx)) * worldPx, (to.y - from.y) * worldPx];
  const turn = -bearing * Math.PI / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [right, down] = [cos * x - sin * y, sin * x + cos * y];
  return [stretch[0] * right, stretch[1] * down];
}

/** By how much the map shows a mark elsewhere than the plan does, px. */
function missPx(look: MapLook, mark: readonly [number, number]): number {
  const place = new PlanFrame(look.origin).toLatLon(mark);
  const [x, y] = onMap(look, place);
  const east = (mark[0] - look.centre[0]) * look.pxPerM;
  const north = (mark[1] - look.centre[1]) * look.pxPerM;
  return Math.hypot(x - east, y + north);
}

const SIZE = { width: 1280, height: 760 };
const part = fc.double({ min: -0.5, max: 0.5, noNaN: true });

Deno.test("planCamera() lays a site of 2 km within 0.3 px of its plan, on every latitude and zoom", () => {
  const looks = fc.record({
    latitude: fc.double({ min: -70, max: 70, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    east: fc.double({ min: -1_000, max: 1_000, noNaN: true }),
    north: fc.double({ min: -1_000, max: 1_000, noNaN: true }),
    // the plan shows between 13 m and 2 km
    pxPerM: fc.double({ min: 0.64, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(looks, part, part, ({ latitude, longitude, east, north, pxPerM }, x, y) => {
      const look = { origin: { latitude, longitude }, centre: [east, north], pxPerM, ...SIZE };
      const mark = [east + x * SIZE.width / pxPerM, north + y * SIZE.height / pxPerM] as const;
      const miss = missPx({ ...look, centre: [east, north] }, mark);
      assert.ok(miss < 0.3, `${miss} px at ${latitude}, ${pxPerM} px/m`);
    }),
    { seed: 81, numRuns: 2_000 },
  );
});

for (const latitude of [0, 52, 70]) {
  Deno.test(`planCamera() keeps marks 5 km off within 1 px on a phone at ${latitude} degrees`, () => {
    const look = { origin: { latitude, longitude: 8 }, centre: [0, 0], width: 390, height: 500 };
    for (const pxPerM of [0.039, 0.1, 1, 8, 100]) {
      const reach = Math.min(5_000, 195 / pxPerM);
      for (const mark of [[reach, 0], [0, reach], [-reach, -reach]] as const) {
        const miss = missPx({ ...look, centre: [0, 0], pxPerM }, mark);
        assert.ok(miss < 1, `${miss} px at ${pxPerM} px/m`);
      }
    }
  });
}

Deno.test("planCamera() has the zoom of a map whose pixels are so many metres", () => {
  const origin = { latitude: 0, longitude: 0 };
  const { zoom, bearing, centre } = planCamera({ origin, centre: [0, 0], pxPerM: 1, ...SIZE });
  // 40,075,017 m around the equator; the meridian is curved more there, by 0.67 %
  assert.ok(
    Math.abs(zoom - Math.log2(40_075_016.7 / 512 * Math.sqrt(1 / 1.00674))) < 1e-3,
    `${zoom}`,
  );
  assert.ok(Math.abs(bearing) < 1e-9);
  assert.deepEqual(centre, origin);
});

Deno.test("planCamera() stretches by the ratio of the ellipsoid's radii alone", () => {
  const origin = { latitude: 0, longitude: 100 };
  const { stretch: [right, down] } = planCamera({ origin, centre: [0, 0], pxPerM: 3, ...SIZE });
  assert.ok(Math.abs(down / right - (1 - 0.00669438)) < 1e-6, `${right} ${down}`);
  assert.ok(Math.abs(right * down - 1) < 1e-9);
});

Deno.test("planCamera() turns by the meridians' convergence, so that hardly anything is left to stretch", () => {
  const origin = { latitude: 70, longitude: 20 };
  const { bearing, stretch } = planCamera({
    ...{ origin, centre: [20_000, 0], pxPerM: 0.01, ...SIZE },
  });
  // meridians lean to the pole: 20 km · tan 70° / 6,397 km, and the plan's up is so far east of north
  assert.ok(Math.abs(bearing - 0.492) < 2e-3, `${bearing}`);
  for (const is of stretch) assert.ok(Math.abs(is - 1) < 2e-3, `${is}`);
});

Deno.test("mercator() has the world's corner at its northern limit and west", () => {
  const { x, y } = mercator({ latitude: 85.0511287798, longitude: -180 });
  assert.ok(Math.abs(x) < 1e-12 && Math.abs(y) < 1e-10);
  assert.deepEqual(mercator({ latitude: 0, longitude: 0 }), { x: 0.5, y: 0.5 });
});
