import assert from "node:assert/strict";
import fc from "fast-check";
import { type LatLon, PlanFrame } from "./plan_frame.ts";
import type { Vector } from "./world_track.ts";

const RADIANS = Math.PI / 180;

/** WGS 84 to metres from the middle of the earth. */
function earthCentred({ latitude, longitude }: LatLon): readonly [number, number, number] {
  const [a, f] = [6_378_137, 1 / 298.257223563];
  const [sin, cos] = [Math.sin(latitude * RADIANS), Math.cos(latitude * RADIANS)];
  const radius = a / Math.sqrt(1 - f * (2 - f) * sin * sin);
  return [
    radius * cos * Math.cos(longitude * RADIANS),
    radius * cos * Math.sin(longitude * RADIANS),
    radius * (1 - f) ** 2 * sin,
  ];
}

/** On the plane that touches the ellipsoid at the origin: another way than the one under test. */
function onTangentPlane(origin: LatLon, place: LatLon): Vector {
  const [from, to] = [earthCentred(origin), earthCentred(place)];
  const [x, y, z] = to.map((value, i) => value - from[i]);
  const [sinLat, cosLat] = [
    Math.sin(origin.latitude * RADIANS),
    Math.cos(origin.latitude * RADIANS),
  ];
  const [sinLon, cosLon] = [
    Math.sin(origin.longitude * RADIANS),
    Math.cos(origin.longitude * RADIANS),
  ];
  return [-sinLon * x + cosLon * y, -sinLat * cosLon * x - sinLat * sinLon * y + cosLat * z];
}

function apart(a: Vector, b: Vector): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

const finite = { noNaN: true, noDefaultInfinity: true };
function originUpTo(latitude: number): fc.Arbitrary<LatLon> {
  return fc.record({
    latitude: fc.double({ min: -latitude, max: latitude, ...finite }),
    longitude: fc.double({ min: -180, max: 180, ...finite }),
  });
}
const within5km = fc.tuple(
  fc.double({ min: -3500, max: 3500, ...finite }),
  fc.double({ min: -3500, max: 3500, ...finite }),
);

Deno.test("toPlan() is off the tangent plane by less than 2 cm within 5 km, 10 cm near the poles", () => {
  for (const [latitude, mostM] of [[70, 0.02], [80, 0.1]]) {
    fc.assert(
      fc.property(originUpTo(latitude), within5km, (origin, point) => {
        const frame = new PlanFrame(origin);
        const place = frame.toLatLon(point);
        assert.ok(apart(frame.toPlan(place), onTangentPlane(origin, place)) < mostM);
      }),
      { seed: 71, numRuns: 2000 },
    );
  }
});

Deno.test("toLatLon() takes back what toPlan() did, to a tenth of a millimetre", () => {
  fc.assert(
    fc.property(originUpTo(80), within5km, (origin, point) => {
      const frame = new PlanFrame(origin);
      assert.ok(apart(frame.toPlan(frame.toLatLon(point)), point) < 1e-4);
    }),
    { seed: 72, numRuns: 1000 },
  );
});

Deno.test("toPlan() counts east and north positive, across the date line too", () => {
  const frame = new PlanFrame({ latitude: -17, longitude: 179.999 });
  const [east, north] = frame.toPlan({ latitude: -16.999, longitude: -179.999 });
  assert.ok(east > 200 && east < 220, `${east}`);
  assert.ok(north > 109 && north < 112, `${north}`);
  const { longitude } = frame.toLatLon([500, 0]);
  assert.ok(longitude < -179.99 && longitude >= -180);
});

Deno.test("a plan has no origin near a pole, nor one that is no place", () => {
  const bad = [[86, 0], [-85.1, 0], [NaN, 0], [0, NaN], [0, 181], [Infinity, 0]];
  for (const [latitude, longitude] of bad) {
    assert.throws(() => new PlanFrame({ latitude, longitude }), /Cannot lay out a plan/);
  }
});
