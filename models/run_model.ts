import { detectorById, detectors } from "./catalogue.ts";
import { loadedEngine } from "./deno_engine.ts";
import { detect, type Frame, type ModelDetection } from "./model.ts";
import { readPicture } from "./picture_file.ts";

/** `deno task model run`: what a model of the catalogue sees in a picture, one line each, best first. */
export async function runModel(id: string, picture: string): Promise<string> {
  const detector = detectorById(id);
  if (!detector) {
    const known = detectors.map((known) => known.id).join(", ");
    throw new Error(`There is no model ${id}; there is: ${known}`);
  }
  const frame = await readPicture(picture);
  const engine = await loadedEngine(detector);
  try {
    return report(await detect(engine, detector, frame), frame);
  } finally {
    await engine.dispose();
  }
}

function report(detections: readonly ModelDetection[], frame: Frame): string {
  if (detections.length === 0) return "nothing that the model knows";
  return detections.map(({ label, score, box }) => {
    const left = Math.round(box.x * frame.width);
    const top = Math.round(box.y * frame.height);
    const width = Math.round(box.width * frame.width);
    const height = Math.round(box.height * frame.height);
    return `${label} ${score.toFixed(3)} at ${left},${top} size ${width}×${height}`;
  }).join("\n");
}
