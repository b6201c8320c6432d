/** What watching a scene costs with the gate, as the worker has it, and with a look at every frame. */
import { cpuUsage } from "node:process";
import type { Args } from "../field/messages.ts";
import type { Frame } from "../field/schedule/grey_thumbnail.ts";
import { detectorById } from "../models/catalogue.ts";
import { loadedEngine } from "../models/deno_engine.ts";
import { detect } from "../models/model.ts";
import { createDemoScene } from "../page/demo_scene.ts";
import { DEMO_SEED, DEMO_SIZE } from "../page/sources/demo_source.ts";
import { Lookout } from "../sw/lookout.ts";
import { demoPictures } from "../tests/fixtures/pictures.ts";
import { TRIPOD_MS, TripodScene } from "../tests/fixtures/tripod_scene.ts";
import { type Row, row } from "./row.ts";

const FRAME_MS = 100;
const MODEL = "nanodet-g";
const SENSOR_NOISE = 3;
/** A person and a cat come and go, before a backdrop that is always panned. */
const DEMO_MS = 16_000;

interface Scene {
  readonly name: string;
  readonly lastMs: number;
  readonly render: (ms: number) => Frame;
}

export async function watchedScenes(): Promise<Row[]> {
  const tripod = await TripodScene.open(SENSOR_NOISE);
  const demo = createDemoScene(await demoPictures(), { seed: DEMO_SEED, ...DEMO_SIZE });
  const scenes = [
    { name: "tripod", lastMs: TRIPOD_MS, render: (ms: number) => tripod.frame(ms) },
    { name: "demo", lastMs: DEMO_MS, render: (ms: number) => demo.render(ms) },
  ];
  const rows: Row[] = [];
  for (const scene of scenes) rows.push(await rowOf(scene));
  return rows;
}

/** ms of the processor for a second of the scene at ten frames a second. */
async function rowOf({ name, lastMs, render }: Scene): Promise<Row> {
  const detector = detectorById(MODEL);
  if (!detector) throw new Error(`There is no model ${MODEL}`);
  const engine = await loadedEngine(detector);
  const every = (frame: Frame) => detect(engine, detector, frame);
  const { look, looks } = gated(detector.sha256, every);
  await every(render(0)); // warm
  let [gatedMs, everyMs] = [0, 0];
  for (let ms = 0; ms < lastMs; ms += FRAME_MS) {
    const frame = render(ms);
    const rgba = Uint8Array.from(frame.data).buffer; // a page's frame comes in a buffer of its own
    const both = [
      async () => gatedMs += await timed(() => look({ ...frame, rgba }, ms)),
      async () => everyMs += await timed(() => every(frame)),
    ];
    // in turns: who comes first finds another's data in the processor's cache
    for (const one of ms % (2 * FRAME_MS) === 0 ? both : both.toReversed()) await one();
  }
  await engine.dispose();
  const perSecond = (total: number) => (total * 1000) / lastMs;
  const peer = { name: "every-frame", value: perSecond(everyMs) };
  return {
    ...row("schedule", `watch-${name}-a-second`, perSecond(gatedMs), "ms", peer),
    also: { framesLookedAt: looks() / (lastMs / FRAME_MS) },
  };
}

function gated(sha256: string, every: (frame: Frame) => ReturnType<typeof detect>) {
  let looks = 0;
  const model = { id: MODEL, sha256 };
  const lookout = new Lookout({
    engine: {
      model,
      mostAtOnce: 1,
      inferBatch: async (frames) => {
        looks += frames.length;
        return { detections: await Promise.all(frames.map(every)), ms: 0, model };
      },
    },
    nowMs: () => performance.now(),
    othersFirst: () => Promise.resolve(),
    use: ({ why }) => Promise.resolve({ looked: why !== "still", detections: [], ms: 0, why }),
  });
  lookout.begin("scene");
  const look = (frame: Pick<Args<"frame">, "width" | "height" | "rgba">, at: number) =>
    lookout.look({ source: "scene", at, ...frame });
  return { look, looks: () => looks };
}

/** ms of the processor, to the microsecond: what else runs on the machine is not counted. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = cpuUsage();
  await work();
  const { user, system } = cpuUsage(from);
  return (user + system) / 1000;
}
