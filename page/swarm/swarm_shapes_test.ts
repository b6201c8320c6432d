import assert from "node:assert/strict";
import { Swarm } from "../../field/swarm/swarm.ts";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import { demoPictures } from "../../tests/fixtures/pictures.ts";
import { swarmEye } from "../../tests/fixtures/swarm_eye.ts";
import type { FromSwarm, ToSwarm } from "./swarm_messages.ts";
import { parseFromSwarm, parseToSwarm } from "./swarm_shapes.ts";

const LINKS = { latencyMs: [5, 20], loss: 0.1, partition: false } as const;
const FAILURE = { code: "internal", message: "It fell." } as const;
const CAT = { label: "cat", score: 0.8, box: { x: 0.4, y: 0.4, width: 0.2, height: 0.1 } };
const rgba = new ArrayBuffer(4);
const POSE = {
  ...{ position: [1, 2] as const, heightM: 18, headingDeg: 0, tiltDeg: 90, fovDeg: 60 },
  ...{ aspect: 1, rangeM: 20 },
};

const TO: readonly ToSwarm[] = [
  { kind: "begin-swarm", seed: 7, links: LINKS },
  { kind: "begin-agent", seed: 7, drone: 3 },
  { kind: "run", on: true },
  { kind: "links", links: LINKS },
  { kind: "detected", batch: 1, detections: [[CAT], []] },
  { kind: "not-detected", batch: 1, failure: FAILURE },
  { kind: "take-frame", atMs: 5 },
  { kind: "send-there", track: "a:0", place: [1, 2] },
];
const FROM: readonly FromSwarm[] = [
  { kind: "begun", ground: { width: 1, height: 1, rgba }, groundM: [10, 8] },
  {
    kind: "detect",
    batch: 2,
    frames: [{ width: 1, height: 1, rgba, drone: 0, corner: [0, 0] }],
  },
  {
    ...{ kind: "frame", width: 1, height: 1, rgba, atMs: 5, pose: POSE },
    ...{ corner: [0, 0], sentTo: null },
  },
  { kind: "failed", failure: FAILURE },
];

Deno.test("parseToSwarm() and parseFromSwarm() take every message as it is", () => {
  for (const message of TO) assert.equal(parseToSwarm(message), message, message.kind);
  for (const message of FROM) assert.equal(parseFromSwarm(message), message, message.kind);
});

Deno.test("parseToSwarm() and parseFromSwarm() refuse a message that lacks any of its fields", () => {
  const refused = (message: object, parse: (value: unknown) => unknown) => {
    for (const key of Object.keys(message)) {
      assert.equal(
        parse({ ...message, [key]: undefined }),
        null,
        `${JSON.stringify(message)} ${key}`,
      );
    }
  };
  for (const message of TO) refused(message, parseToSwarm);
  for (const message of FROM) refused(message, parseFromSwarm);
});

Deno.test("parseToSwarm() and parseFromSwarm() refuse what is no message of that way", () => {
  for (const value of [null, "run", 5, {}, { kind: "toString" }, { kind: "other" }]) {
    assert.equal(parseToSwarm(value), null);
    assert.equal(parseFromSwarm(value), null);
  }
  assert.equal(parseToSwarm(FROM[0]), null);
  assert.equal(parseFromSwarm(TO[0]), null);
});

Deno.test("parseFromSwarm() takes the report of a swarm that has found something", async () => {
  const swarm = await Swarm.begin({
    ...{ seed: 7, pictures: await demoPictures(), automerge: readyAutomerge },
    detect: await swarmEye(7, 5),
  });
  await swarm.run(1_500);
  const message = structuredClone({ kind: "report", report: swarm.report(), speed: 0.4 });
  assert.ok(message.report.drones.some(({ tracks }) => tracks.length > 0), "nothing was found");
  assert.equal(parseFromSwarm(message), message);
  swarm.end();
});
