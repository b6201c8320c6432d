/** What it costs to decide whether a frame is worth the detector, and what that saves. */
import { frameDigest } from "../field/schedule/frame_digest.ts";
import { FrameGate } from "../field/schedule/frame_gate.ts";
import { type Frame, greyThumbnail } from "../field/schedule/grey_thumbnail.ts";
import { CameraScene, texture } from "../tests/fixtures/camera_scene.ts";
import { interleave } from "./interleave.ts";
import { median, type Row, row } from "./row.ts";
import { watchedScenes } from "./watched_scenes.ts";

const ROUNDS = 12;
const SAMPLES = 20;
const NOISE = 3;

const SIZES = [{ width: 640, height: 480 }, { width: 1280, height: 960 }] as const;

export async function schedule(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { width, height } of SIZES) {
    const scene = new CameraScene(texture(width, height), NOISE);
    rows.push(...await rowsOf(`${width}x${height}`, [scene.frame(), scene.frame()]));
  }
  return [...rows, ...await watchedScenes()];
}

async function rowsOf(size: string, frames: readonly [Frame, Frame]): Promise<Row[]> {
  const gate = settledGate(frames[0]);
  const work = {
    thumbnail: (i: number) => greyThumbnail(frames[i % 2]),
    digest: (i: number) => frameDigest(frames[i % 2]),
    "judge-still": () => gate.judge(frames[1], 1),
    "judge-duplicate": () => gate.judge(frames[0], 1),
  };
  const names = Object.keys(work) as (keyof typeof work)[];
  // deno-lint-ignore require-await
  const taken = await interleave(names, ROUNDS, async (name) => timesOf(work[name]));
  return [...taken].map(([name, ms]) => ({
    ...row("schedule", `${name}-${size}`, median(ms), "ms"),
    also: { bestMs: Math.min(...ms) },
  }));
}

/** One that has looked at this frame and finds nothing more to look at. */
function settledGate(frame: Frame): FrameGate {
  const gate = new FrameGate();
  for (let i = 0; i < 5; i++) {
    const verdict = gate.judge(frame, 0);
    if (verdict.look) gate.looked(verdict, []);
  }
  return gate;
}

function timesOf(work: (i: number) => unknown): number[] {
  return Array.from({ length: SAMPLES }, (_, i) => {
    const from = performance.now();
    work(i);
    return performance.now() - from;
  });
}
