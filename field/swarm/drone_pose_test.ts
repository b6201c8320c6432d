import assert from "node:assert/strict";
import { demoPictures } from "../../tests/fixtures/pictures.ts";
import { FRAME_M } from "./layout.ts";
import { placeAt } from "./scene_objects.ts";
import { Chance } from "./chance.ts";
import { POSE_ERROR, poseAt, PoseDrift } from "./drone_pose.ts";
import { placeSightings, SURE } from "./place_sightings.ts";
import { SwarmScene } from "./swarm_scene.ts";

const scene = new SwarmScene(await demoPictures(), 3, 3);

Deno.test("placeSightings() puts what a frame shows where it is, to the drawn pixel", () => {
  let seen = 0;
  for (const object of scene.objects) {
    const place = placeAt(object, 1000);
    for (const [dx, dy] of [[0, 0], [3, -2], [-4, 5], [6, 6]]) {
      const corner = scene.cornerAt([place[0] + dx, place[1] + dy]);
      const [east, north] = scene.middleOf(corner);
      const isWithin = [place[0] + dx, place[1] + dy].every((at, k) =>
        at > FRAME_M / 2 && at < scene.groundM[k] - FRAME_M / 2
      );
      const off = Math.hypot(east - place[0] - dx, north - place[1] - dy);
      assert.ok(!isWithin || off < 0.05, `the frame is off by ${off} m`);
      const shown = scene.shown(corner, 1000).find(({ id }) => id === object.id);
      if (!shown?.isWhole) continue;
      const pose = poseAt(scene.middleOf(corner));
      const [placed] = placeSightings([{ label: object.label, score: 0.9, box: shown.box }], pose);
      if (!placed) continue; // it touches the edge
      seen++;
      const error = Math.hypot(placed.position[0] - place[0], placed.position[1] - place[1]);
      assert.ok(error < 0.06, `${object.id}: ${error} m`);
    }
  }
  assert.ok(seen > 10, `only ${seen} were placed`);
});

Deno.test("placeSightings() leaves out what is not sure, and what an edge cuts", () => {
  const pose = poseAt([20, 20]);
  const place = (x: number, y: number, score = 0.9) =>
    placeSightings([{ label: "cat", score, box: { x, y, width: 0.3, height: 0.2 } }], pose).length;
  assert.deepEqual([place(0.3, 0.3), place(0.3, 0.3, SURE - 0.01)], [1, 0]);
  for (const [x, y] of [[0.005, 0.3], [0.695, 0.3], [0.3, 0.005], [0.3, 0.795]]) {
    assert.equal(place(x, y), 0, `${x}, ${y}`);
  }
});

Deno.test("PoseDrift is off by as much as is said of it, and drifts slowly", () => {
  const offs: number[] = [];
  let most = 0;
  for (let seed = 0; seed < 200; seed++) {
    const drift = new PoseDrift(new Chance(seed));
    const at = () => drift.told(poseAt([0, 0])).position[0];
    for (let step = 0; step < 20; step++) {
      const before = at();
      drift.pass(0.05);
      most = Math.max(most, Math.abs(at() - before));
    }
    offs.push(at());
  }
  const deviation = Math.sqrt(offs.reduce((sum, one) => sum + one * one, 0) / offs.length);
  assert.ok(Math.abs(deviation - POSE_ERROR.positionM) < 0.08, `${deviation}`);
  assert.ok(most < 0.1, `${most}`);
});
