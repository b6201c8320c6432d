/**
 * What the plans see beside what the networks they come from see: in full precision, through
 * onnxruntime-web, over frames of the demo camera and views of the shipped pictures. But for the whole
 * pictures the plans were calibrated on none of them.
 */
import { OnnxRuntimeEngine } from "../kernels/onnxruntime.ts";
import { type Crop, cropped, farther, mirrored } from "../models/calibration/variants.ts";
import { loadedEngine } from "../models/deno_engine.ts";
import { detect, type Detector, type Frame } from "../models/model.ts";
import { buildNanodet } from "../models/nanodet_g/build.ts";
import { floatNanodet, nanodetG, nanodetG320 } from "../models/nanodet_g/nanodet_g.ts";
import { readOnnxRuntimeWasm } from "../models/onnxruntime_wasm.ts";
import { buildSsdMobilenetv2 } from "../models/ssd_mobilenetv2/build.ts";
import { floatSsd } from "../models/ssd_mobilenetv2/float_ssd.ts";
import { ssdMobilenetv2 } from "../models/ssd_mobilenetv2/ssd_mobilenetv2.ts";
import { createDemoScene } from "../page/demo_scene.ts";
import { DEMO_SEED, DEMO_SIZE } from "../page/sources/demo_source.ts";
import { demoPictures } from "../tests/fixtures/pictures.ts";
import { type Agreement, NO_FRAMES, withFrame } from "./agreement.ts";
import { type Row, row } from "./row.ts";

const SUITE = "accuracy";
/** Of the demo scene: a minute, in steps that fall on no round time. */
const STEP_MS = 907;
const MINUTE_MS = 60_000;

/** Other parts of the pictures than `calibration_frames.ts` looks at. */
const CROPS: readonly Crop[] = [
  { left: 0.1, top: 0, width: 0.8, height: 0.9 },
  { left: 0, top: 0.1, width: 0.75, height: 0.8 },
  { left: 0.3, top: 0.05, width: 0.7, height: 0.7 },
];

/** A plan and, in floats, what it was made from. */
interface Contest {
  readonly detector: Detector;
  readonly network: () => Promise<Uint8Array>;
  readonly float: Pick<Detector, "prepare" | "decode">;
}

const CONTESTS: readonly Contest[] = [
  { detector: nanodetG, network: () => buildNanodet(416), float: floatNanodet(416) },
  { detector: nanodetG320, network: () => buildNanodet(320), float: floatNanodet(320) },
  { detector: ssdMobilenetv2, network: buildSsdMobilenetv2, float: floatSsd() },
];

/** Rows `<id>-kept` (of fp32 detections from a score of .4) and `<id>-overlap` (of their boxes). */
export async function accuracy(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const contest of CONTESTS) {
    const { id } = contest.detector;
    const { wanted, kept, overlap, extra } = await agreementOf(contest);
    const also = { "fp32-detections": wanted, "extra-detections": extra };
    rows.push({ ...row(SUITE, `${id}-kept`, kept / wanted, "of 1"), also });
    rows.push(row(SUITE, `${id}-overlap`, overlap / kept, "of 1"));
  }
  return rows;
}

async function agreementOf({ detector, network, float }: Contest): Promise<Agreement> {
  const plan = await loadedEngine(detector);
  const runtime = new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  await runtime.load(await network());
  let agreement = NO_FRAMES;
  for await (const frame of frames()) {
    const reference = await detect(runtime, { ...detector, ...float }, frame);
    agreement = withFrame(agreement, reference, await detect(plan, detector, frame));
  }
  await Promise.all([plan.dispose(), runtime.dispose()]);
  return agreement;
}

async function* frames(): AsyncGenerator<Frame> {
  const pictures = await demoPictures();
  for (const picture of Object.values(pictures)) yield* variantsOf(picture);
  const scene = createDemoScene(pictures, { seed: DEMO_SEED, ...DEMO_SIZE });
  for (let tMs = 0; tMs < MINUTE_MS; tMs += STEP_MS) yield scene.render(tMs);
}

function* variantsOf(picture: Frame): Generator<Frame> {
  const views = [picture, ...CROPS.map((crop) => cropped(picture, crop))];
  for (const view of views) {
    yield view;
    yield mirrored(view);
    yield farther(cropped(view, { left: 0.05, top: 0.05, width: 0.9, height: 0.9 }), 2);
  }
}
