import assert from "node:assert/strict";
import { SwarmScene } from "../../field/swarm/swarm_scene.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { demoPictures } from "../../tests/fixtures/pictures.ts";
import { AgentCamera, agentChance } from "./agent_camera.ts";

const START_MS = Date.UTC(2027, 0, 15, 12);
const SCENE = new SwarmScene(await demoPictures(), 7, 5);

function camera(drone: number): AgentCamera {
  return new AgentCamera(SCENE, drone, agentChance(7, drone));
}

function middleOf({ corner }: { readonly corner: Vector }): Vector {
  return SCENE.middleOf(corner);
}

function apart([a, b]: Vector, [c, d]: Vector): number {
  return Math.hypot(a - c, b - d);
}

Deno.test("AgentCamera shows one scene to all at one time: the same place is the same pixels", () => {
  const [one, other] = [camera(1).frame(START_MS), camera(1).frame(START_MS)];
  assert.deepEqual(one.corner, other.corner);
  assert.deepEqual(new Uint8Array(one.rgba), new Uint8Array(other.rgba));
});

Deno.test("AgentCamera flies on as time passes, and says where with a receiver's error", () => {
  const drone = camera(2);
  const from = middleOf(drone.frame(START_MS));
  let last = from;
  for (let ms = 250; ms <= 4_000; ms += 250) {
    const frame = drone.frame(START_MS + ms);
    const at = middleOf(frame);
    assert.ok(apart(last, at) <= 9 * 0.25 + 0.5, `${ms} ms: ${last} to ${at}`);
    assert.ok(apart(frame.pose.position, at) < 3);
    last = at;
  }
  assert.ok(apart(from, last) > 5);
});

Deno.test("AgentCamera goes on where it was after a pause, instead of leaping", () => {
  const drone = camera(0);
  const before = middleOf(drone.frame(START_MS));
  const after = middleOf(drone.frame(START_MS + 3_600_000));
  assert.ok(apart(before, after) <= 10);
});

Deno.test("AgentCamera flies to where it is sent, stays for a look, and returns to its way", () => {
  const drone = camera(0);
  drone.frame(START_MS);
  const place: Vector = [40, 30];
  drone.sendThere("other:1", place);
  const seen: { readonly far: number; readonly isSent: boolean }[] = [];
  for (let ms = 0; ms <= 20_000; ms += 250) {
    const frame = drone.frame(START_MS + ms);
    seen.push({ far: apart(middleOf(frame), place), isSent: frame.sentTo !== null });
  }
  assert.ok(Math.min(...seen.map(({ far }) => far)) < 1, "it never came there");
  assert.ok(seen[1].isSent);
  const last = seen[seen.length - 1];
  assert.ok(!last.isSent && last.far > 5, `it stayed: ${last.far} m`);
});
