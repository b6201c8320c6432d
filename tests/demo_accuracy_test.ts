/**
 * The demo scene before the detector that a device watches with: the demo is only worth something if its objects are found,
 * each as what it is, and nothing else is.
 */
import assert from "node:assert/strict";
import { defaultDetector } from "../models/catalogue.ts";
import { loadedEngine } from "../models/deno_engine.ts";
import { detect, type ModelDetection } from "../models/model.ts";
import { overlap } from "../models/suppress.ts";
import { createDemoScene, type DemoScene, type DemoTruth } from "../page/demo_scene.ts";
import { DEMO_SEED, DEMO_SIZE } from "../page/sources/demo_source.ts";
import { demoPictures } from "./fixtures/pictures.ts";

/** About 92 looks. */
const FRAME_MS = 653;
const MINUTE_MS = 60_000;
/** With this score a detection counts towards an observation. */
const SURE = 0.4;
/** Objects less in view than this may be missed or mistaken. */
const MOSTLY_VISIBLE = 0.6;

interface Look {
  readonly tMs: number;
  readonly truth: readonly DemoTruth[];
  readonly detections: readonly ModelDetection[];
}

function corners({ x, y, width, height }: DemoTruth["box"]) {
  return { left: x, top: y, right: x + width, bottom: y + height };
}

function shows(detection: ModelDetection, object: DemoTruth): boolean {
  return detection.label === object.label &&
    overlap(corners(detection.box), corners(object.box)) > 0.5;
}

async function lookAtMinute(scene: DemoScene): Promise<Look[]> {
  const engine = await loadedEngine(defaultDetector);
  const looks: Look[] = [];
  for (let tMs = 0; tMs < MINUTE_MS; tMs += FRAME_MS) {
    const detections = await detect(engine, defaultDetector, scene.render(tMs));
    const sure = detections.filter(({ score }) => score >= SURE);
    looks.push({ tMs, truth: scene.truth(tMs), detections: sure });
  }
  await engine.dispose();
  return looks;
}

/** For each appearance, whether it was found, look by look, while it was mostly visible. */
function foundByAppearance(looks: readonly Look[]): Map<string, boolean[]> {
  const found = new Map<string, boolean[]>();
  for (const { truth, detections } of looks) {
    for (const object of truth.filter((one) => one.visibleFraction > MOSTLY_VISIBLE)) {
      const list = found.get(object.id) ?? [];
      found.set(object.id, [...list, detections.some((one) => shows(one, object))]);
    }
  }
  return found;
}

/** Times at which something was seen that is not there, or one object twice; by class. */
function strays(looks: readonly Look[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { tMs, truth, detections } of looks) {
    const unclaimed = new Set(truth);
    for (const detection of detections) {
      const object = [...unclaimed].find((one) => shows(detection, one)) ??
        [...unclaimed].find((one) => one.visibleFraction < 1 && one.label === detection.label);
      if (object) unclaimed.delete(object);
      else times.set(detection.label, [...times.get(detection.label) ?? [], tMs]);
    }
  }
  return times;
}

Deno.test("of the demo scene the detector sees each object for what it is, and nothing else", async (test) => {
  const scene = createDemoScene(await demoPictures(), { seed: DEMO_SEED, ...DEMO_SIZE });
  const looks = await lookAtMinute(scene);
  const found = foundByAppearance(looks);
  for (const { id } of scene.appearances(0, MINUTE_MS)) {
    await test.step(`${id} is found in nine looks of ten, never missed twice running`, () => {
      const list = found.get(id) ?? [];
      assert.ok(list.length > 12, `mostly visible in only ${list.length} looks`);
      assert.ok(list.filter(Boolean).length >= 0.9 * list.length, `${list}`);
      assert.ok(list.every((seen, k) => seen || k === 0 || list[k - 1]), `${list}`);
    });
  }
  await test.step("nothing else is seen in two looks running", () => {
    for (const [label, times] of strays(looks)) {
      const twice = times.find((tMs, k) => k > 0 && tMs - times[k - 1] <= FRAME_MS);
      assert.equal(twice, undefined, `${label} at ${times} ms`);
    }
  });
});
