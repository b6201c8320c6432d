import assert from "node:assert/strict";
import { type CameraPose, frameOf } from "../../field/world/camera_pose.ts";
import type { Box } from "../../field/observation.ts";
import { fitHomography } from "../../field/world/homography.ts";
import { WorldTracker } from "../../field/world/world_tracker.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { lookAt, PLACED, POSE } from "../../tests/fixtures/world_workers.ts";
import { type Eye, movingEye, placeDetections } from "./place_detections.ts";

const PLACES: readonly Vector[] = [[5, 5], [0, 12], [9, 3]];
const FRAME = { width: 640, height: 480 };

function near(a: Vector, b: Vector, m: number): boolean {
  return Math.hypot(a[0] - b[0], a[1] - b[1]) < m;
}

function seen(...boxes: readonly Box[]) {
  return { ...FRAME, detections: boxes.map((box) => ({ label: "person", score: 0.7, box })) };
}

Deno.test("placeDetections() puts what a camera shows where it stands, by its pose", () => {
  const placed = placeDetections(PLACED, lookAt(POSE, PLACES, 0));
  assert.equal(placed.length, 3);
  placed.forEach(({ position, label, confidence }, i) => {
    assert.ok(near(position, PLACES[i], 0.01), `${position}`);
    assert.deepEqual([label, confidence], ["person", 0.8]);
  });
});

Deno.test("placeDetections() does so by points of the frame that a user found on the plan", () => {
  const corners: readonly Vector[] = [[-2, 0], [12, 0], [-6, 20], [16, 20], [5, 8]];
  const pairs = corners.map((world) => ({ frame: frameOf(POSE, world) ?? { x: 0, y: 0 }, world }));
  const mapping = fitHomography(pairs);
  assert.ok(!("fault" in mapping));
  const eye: Eye = { kind: "mapping", mapping, tiltDeg: 25 };
  const placed = placeDetections(eye, lookAt(POSE, PLACES, 0));
  placed.forEach(({ position }, i) => assert.ok(near(position, PLACES[i], 0.01), `${position}`));
  assert.equal(placed.length, 3);
});

Deno.test("placeDetections() takes the middle of what is seen from above, and trusts a moving camera less", () => {
  const drone: CameraPose = { ...POSE, position: [0, 0], heightM: 30, tiltDeg: 90 };
  const middle = frameOf(drone, [3, 4]) ?? assert.fail();
  const box = { x: middle.x - 0.05, y: middle.y - 0.05, width: 0.1, height: 0.1 };
  const [placed] = placeDetections(movingEye(drone), seen(box));
  assert.ok(near(placed.position, [3, 4], 0.01), `${placed.position}`);
  const [east] = placed.covariance;
  assert.ok(Math.sqrt(east) > 1.5 && Math.sqrt(east) < 4, `${Math.sqrt(east)} m`);
  const [exact] = placeDetections({ ...PLACED, pose: drone }, seen(box));
  assert.ok(exact.covariance[0] < east / 2);
});

Deno.test("placeDetections() leaves out what the frame's edge cuts off, and what is beyond the camera's range", () => {
  const within = { x: 0.4, y: 0.5, width: 0.1, height: 0.3 };
  const boxes = {
    within,
    left: { ...within, x: 0 },
    right: { ...within, x: 0.9 },
    below: { ...within, y: 0.7 },
    above: { ...within, y: 0, height: 0.8 },
    far: { ...within, y: 0.02, height: 0.05 },
  };
  const isPlaced = (eye: Eye) =>
    Object.entries(boxes).filter(([, box]) => placeDetections(eye, seen(box)).length > 0)
      .map(([name]) => name);
  assert.deepEqual(isPlaced(PLACED), ["within", "above"], "its foot is in the frame");
  const down = { ...PLACED, pose: { ...POSE, tiltDeg: 90 } };
  assert.deepEqual(isPlaced(down), ["within", "far"], "from above all sides count");
});

/** A phone on a tripod: who is nearer than 2.9 m has no foot in the frame. */
const TRIPOD: Extract<Eye, { kind: "pose" }> = {
  ...PLACED,
  pose: {
    ...{ position: [0, 0], heightM: 3, headingDeg: 0, tiltDeg: 20, fovDeg: 67 },
    ...{ aspect: 4 / 3, rangeM: 30 },
  },
};

/** The box of somebody so tall, as far as it is in the frame. */
function standing(eye: Extract<Eye, { kind: "pose" }>, place: Vector, tallM = 1.7): Box {
  const { x, y } = frameOf(eye.pose, place, tallM) ?? assert.fail();
  const bottom = Math.min(1, frameOf(eye.pose, place)?.y ?? 1);
  return { x: x - 0.1, y, width: 0.2, height: bottom - y };
}

Deno.test("placeDetections() puts who is cut off below where their height says", () => {
  const box = standing(TRIPOD, [0.4, 2]);
  assert.equal(box.y + box.height, 1);
  const [placed] = placeDetections(TRIPOD, seen(box));
  assert.ok(near(placed.position, [0.4, 2], 1e-9), `${placed.position}`);
  assert.equal(placed.confidence, 0.7);
  const cup = { ...seen(box), detections: [{ label: "cup", score: 0.7, box }] };
  assert.deepEqual(placeDetections(TRIPOD, cup), [], "cups are of all heights");
  const close: Eye = { ...TRIPOD, pose: { ...TRIPOD.pose, fovDeg: 20, tiltDeg: 30 } };
  const whole = { ...box, y: 0.01, height: 0.99 };
  assert.equal(placeDetections(close, seen(whole)).length, 1);
  const upper = { ...box, y: 0, height: 1 };
  assert.deepEqual(placeDetections(close, seen(upper)), [], "nobody knows where it ends");
  const beside = { ...box, x: 0 };
  assert.deepEqual(placeDetections(TRIPOD, seen(beside)), []);
  const [turned] = placeDetections(TRIPOD, {
    ...{ width: 480, height: 640 },
    detections: seen(standing({ ...TRIPOD, pose: { ...TRIPOD.pose, aspect: 3 / 4 } }, [0, 1.2]))
      .detections,
  });
  assert.ok(near(turned.position, [0, 1.2], 1e-9), "by the frame's own shape");
});

Deno.test("placeDetections() leaves out who is cut off where only points of the ground are known", () => {
  const corners: readonly Vector[] = [[-2, 4], [2, 4], [-6, 20], [6, 20]];
  const pairs = corners.map((world) => ({
    ...{ frame: frameOf(TRIPOD.pose, world) ?? assert.fail(), world },
  }));
  const mapping = fitHomography(pairs);
  assert.ok(!("fault" in mapping));
  const box = standing(TRIPOD, [0, 2]);
  assert.deepEqual(placeDetections({ kind: "mapping", mapping, tiltDeg: 20 }, seen(box)), []);
});

Deno.test("placeDetections() follows as one who comes so near that their foot is lost, tall or short", () => {
  for (const tallM of [1.55, 1.7, 1.85]) {
    const tracker = new WorldTracker("A");
    const error = { positionM: 0.5, heightM: 0.3, headingDeg: 4, tiltDeg: 2, fovDeg: 3 };
    const eye = { ...TRIPOD, error };
    let isCut = 0;
    const begun = new Set<string>();
    for (let step = 0; step < 60; step++) {
      const away = 2.2 + 3 * Math.abs(1 - step / 30);
      const box = standing(eye, [0.2, away], tallM);
      if (box.y + box.height === 1) isCut++;
      const { tracks } = tracker.step(placeDetections(eye, seen(box)), step * 200);
      for (const { id, position, covariance } of tracks) {
        begun.add(id);
        const deviation = Math.sqrt(covariance[2]);
        assert.ok(Math.abs(position[1] - away) < 3 * deviation + 0.1, `${position}, not ${away}`);
      }
    }
    assert.ok(isCut > 10 && isCut < 40, `${isCut}`);
    assert.equal(begun.size, 1, `${tallM} m: ${[...begun]}`);
  }
});

Deno.test("placeDetections() goes by the frame's own shape: the phone may have been turned", () => {
  const upright = { ...POSE, aspect: 3 / 4 };
  const look = { ...lookAt(upright, PLACES, 0), width: 480, height: 640 };
  const placed = placeDetections(PLACED, look);
  assert.deepEqual(placed.map(({ position }, i) => near(position, PLACES[i], 0.01)), [
    ...[true, true, true],
  ]);
});

Deno.test("placeDetections() is as sure as the box is small: a twentieth of it, and two pixels at least", () => {
  const deviation = (width: number) => {
    const box = { x: 0.5 - width / 2, y: 0.4, width, height: 0.1 };
    const [{ covariance, biasCovariance = [0, 0, 0] }] = placeDetections(PLACED, seen(box));
    return Math.sqrt(covariance[0] - biasCovariance[0]);
  };
  assert.ok(Math.abs(deviation(0.4) / deviation(0.2) - 2) < 0.1);
  assert.ok(Math.abs(deviation(0.02) - deviation(0.01)) < 1e-9);
});
