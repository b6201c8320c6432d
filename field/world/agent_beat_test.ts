import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeCbor } from "../cbor.ts";
import { asTold, encodeBeat, parseBeat } from "./agent_beat.ts";
import type { CameraPose } from "./camera_pose.ts";
import { isSoundPose, parsePose } from "./pose_bounds.ts";

const POSE: CameraPose = {
  ...{ position: [-12.5, 3.25], heightM: 4.2, headingDeg: 350.5, tiltDeg: 20, fovDeg: 66 },
  ...{ aspect: 4 / 3, rangeM: 80 },
};
const NOW = 1_800_000_000_000;

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const anyPose: fc.Arbitrary<CameraPose> = fc.record({
  position: fc.tuple(between(-100_000, 100_000), between(-100_000, 100_000)),
  heightM: between(0.001, 10_000),
  headingDeg: between(-360, 360),
  tiltDeg: between(-90, 90),
  fovDeg: between(0.001, 179.999),
  aspect: between(0.1, 10),
  rangeM: between(0.001, 100_000),
});

Deno.test("parseBeat() reads any sound pose that encodeBeat() wrote, to half a step", () => {
  fc.assert(
    fc.property(anyPose, (pose) => {
      const told = parseBeat(encodeBeat({ atMs: NOW, pose }))?.pose;
      assert.ok(told);
      assert.deepEqual(told, asTold(pose));
      assert.deepEqual(asTold(told), told, "told again, nothing changes");
      const turn = (pose.headingDeg - told.headingDeg) / 360;
      assert.ok(Math.abs(turn - Math.round(turn)) * 360 <= 0.000_51);
      for (const key of ["heightM", "tiltDeg", "fovDeg", "rangeM"] as const) {
        assert.ok(Math.abs(pose[key] - told[key]) <= 0.000_51, key);
      }
      assert.ok(Math.abs(pose.aspect - told.aspect) <= 0.000_051);
      told.position.forEach((at, i) => assert.ok(Math.abs(at - pose.position[i]) <= 0.000_51));
    }),
    { seed: 11, numRuns: 500 },
  );
});

Deno.test("parseBeat() knows an agent without a camera, and the time to the millisecond", () => {
  assert.deepEqual(parseBeat(encodeBeat({ atMs: NOW + 0.7, pose: null })), {
    ...{ atMs: NOW, pose: null },
  });
});

Deno.test("parseBeat() takes nothing but what encodeBeat() gives", () => {
  const row = [-12_500, 3_250, 4_200, 350_500, 20_000, 66_000, 13_333, 80_000];
  assert.deepEqual(parseBeat(encodeCbor([1, NOW, row])), { atMs: NOW, pose: asTold(POSE) });
  const changed = (at: number, to: unknown) => row.map((one, i) => i === at ? to : one);
  const bad = [
    ...[[1, NOW], [2, NOW, row], [1, -1, row], [1, 0.5, row], [1, NOW, row, 0], [1, NOW, null]],
    ...[row.slice(1), [...row, 0], changed(0, 1e9), changed(2, 0), changed(3, 360_000)],
    ...[changed(3, -1), changed(4, 90_001), changed(5, 0), changed(5, 180_000), changed(6, 999)],
    ...[changed(6, 100_001), changed(7, 0), changed(7, 0.5), changed(1, "3"), changed(0, 2 ** 60)],
  ].map((one) => typeof one[0] === "number" && one.length <= 4 ? one : [1, NOW, one]);
  for (const one of bad) assert.equal(parseBeat(encodeCbor(one)), null, JSON.stringify(one));
  assert.equal(parseBeat(new Uint8Array(65)), null);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const beat = parseBeat(bytes);
      assert.ok(beat === null || beat.pose === null || isSoundPose(beat.pose));
    }),
    { seed: 12, numRuns: 2000 },
  );
});

Deno.test("encodeBeat() and parsePose() refuse a pose that is none", () => {
  assert.deepEqual(parsePose({ ...POSE, more: 1 }), POSE);
  const bad = [
    ...[{ heightM: 0 }, { heightM: NaN }, { tiltDeg: 91 }, { fovDeg: 180 }, { fovDeg: 0 }],
    ...[{ aspect: 0 }, { rangeM: Infinity }, { headingDeg: 361 }, { position: [0] }],
    ...[{ position: [0, NaN] }, { position: [0, 1e6] }, { position: "00" }, { rangeM: "9" }],
  ];
  for (const one of bad) {
    const pose = { ...POSE, ...one };
    assert.equal(parsePose(pose), null, JSON.stringify(one));
    assert.throws(() => encodeBeat({ atMs: NOW, pose: pose as CameraPose }), JSON.stringify(one));
  }
  for (const one of [null, undefined, 7, "pose", []]) assert.equal(parsePose(one), null);
});
