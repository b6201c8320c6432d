/**
 * The swarm's scene before the detector that devices watch with: the demo is only worth something if its objects
 * are found, each as what it is, wherever a drone is, and its ground is nothing.
 */
import assert from "node:assert/strict";
import { FRAME_PX } from "../field/swarm/layout.ts";
import { SURE } from "../field/swarm/place_sightings.ts";
import { Chance } from "../field/swarm/chance.ts";
import { placeAt } from "../field/swarm/scene_objects.ts";
import { Swarm } from "../field/swarm/swarm.ts";
import type { SwarmDetector, SwarmFrame } from "../field/swarm/swarm_options.ts";
import { SWARM_LABELS, type SwarmLabel } from "../field/swarm/swarm_report.ts";
import { type ShownObject, SwarmScene } from "../field/swarm/swarm_scene.ts";
import type { Detection } from "../field/observation.ts";
import { defaultDetector } from "../models/catalogue.ts";
import { loadedEngine } from "../models/deno_engine.ts";
import { readyAutomerge } from "./fixtures/automerge.ts";
import { demoPictures } from "./fixtures/pictures.ts";

const pictures = await demoPictures();
/** By class: this many of the looks must find it. */
const LEAST_FOUND = 0.93;
/** Of frames, with something that is not there. */
const MOST_STRAYS = 0.06;
/** A box's middle is off by at most so much in the mean, pixels. */
const MOST_OFF_PX = 6;
const LOOKS = 48;
/** Of a frame's middle from an object's: so that it is mostly whole. */
const MOST_OFF_M = 6;

/** The real one; batches as they come. */
async function realDetector(): Promise<{ detect: SwarmDetector } & AsyncDisposable> {
  const engine = await loadedEngine(defaultDetector);
  return {
    detect: async (frames) => {
      const outputs = await engine.runBatch(frames.map((frame) => defaultDetector.prepare(frame)));
      return outputs.map((output, i) => defaultDetector.decode(output, frames[i]));
    },
    [Symbol.asyncDispose]: () => engine.dispose(),
  };
}

function frameAt(scene: SwarmScene, corner: readonly [number, number], atMs: number): SwarmFrame {
  const size = { width: FRAME_PX, height: FRAME_PX };
  return { ...size, data: scene.render(corner, atMs), drone: 0, atMs, corner };
}

/** How far the middle of one is from the other's, fractions of the frame. */
function offOf({ box }: Detection, shown: ShownObject): number {
  return Math.hypot(
    box.x + box.width / 2 - shown.box.x - shown.box.width / 2,
    box.y + box.height / 2 - shown.box.y - shown.box.height / 2,
  );
}

function isOf(one: Detection, shown: ShownObject): boolean {
  return offOf(one, shown) < 0.12;
}

Deno.test("of the swarm's scene the detector finds each object as what it is, and nothing in its ground", async () => {
  await using detector = await realDetector();
  const scene = new SwarmScene(pictures, 7, 5);
  const chance = new Chance(1);
  const looks = new Map<SwarmLabel, number[]>(SWARM_LABELS.map((label) => [label, []]));
  const offPx = new Map<SwarmLabel, number[]>(SWARM_LABELS.map((label) => [label, []]));
  let strays = 0;
  for (let look = 0; look < LOOKS; look++) {
    const atMs = 1000 * look;
    const [east, north] = placeAt(scene.objects[look % scene.objects.length], atMs);
    const off = () => chance.between(-MOST_OFF_M, MOST_OFF_M);
    const corner = scene.cornerAt([east + off(), north + off()]);
    const [found] = await detector.detect([frameAt(scene, corner, atMs)]);
    const sure = found.filter(({ score }) => score >= SURE);
    const shown = scene.shown(corner, atMs);
    for (const object of shown.filter(({ isWhole }) => isWhole)) {
      const own = sure.find((one) => one.label === object.label && isOf(one, object));
      looks.get(object.label)?.push(own ? 1 : 0);
      if (own) offPx.get(object.label)?.push(offOf(own, object) * FRAME_PX);
    }
    // of an object that is cut anything may be thought: its box is left out by the frame's edge
    const isStray = (one: Detection) =>
      !shown.some((object) => !object.isWhole || isOf(one, object));
    if (sure.some(isStray)) strays++;
  }
  for (const [label, found] of looks) {
    const share = found.reduce((sum, one) => sum + one, 0) / found.length;
    assert.ok(found.length >= 9, `${label}: only ${found.length} looks`);
    assert.ok(share >= LEAST_FOUND, `${label} found in ${share.toFixed(2)} of ${found.length}`);
    const off = offPx.get(label) ?? [];
    const mean = off.reduce((sum, one) => sum + one, 0) / off.length;
    assert.ok(mean <= MOST_OFF_PX, `${label}: middle off by ${mean.toFixed(1)} px`);
  }
  assert.ok(strays / LOOKS <= MOST_STRAYS, `${strays} of ${LOOKS} frames with what is not there`);
});

Deno.test("Swarm with the real detector: four seconds of three drones, one map, and twice the same", async () => {
  await using detector = await realDetector();
  const fly = async () => {
    const batches: number[] = [];
    const detect: SwarmDetector = (frames) => {
      batches.push(frames.length);
      return detector.detect(frames);
    };
    const options = { seed: 3, agents: 3, pictures, detect, automerge: readyAutomerge };
    const swarm = await Swarm.begin({ ...options, isScored: true, links: { loss: 0.3 } });
    await swarm.run(4_000);
    const end = { report: swarm.report(), score: swarm.score(), batches };
    swarm.end();
    return end;
  };
  const first = await fly();
  const { score, report, batches } = first;
  assert.ok(batches.some((length) => length === 3), "frames of one moment go together");
  const seen = report.truth.filter(({ wasInView }) => wasInView).length;
  assert.ok(score.found >= seen - 2 && score.labelsRight > 0.95, `${score.found} of ${seen}`);
  assert.ok(score.mota > 0.4 && score.meanErrorM < 1.2, `${score.mota}, ${score.meanErrorM} m`);
  assert.deepEqual(await fly(), first);
});
