import { sha256, toHex } from "../field/bytes.ts";
import { FieldError } from "../field/errors.ts";
import type { ProcessorMode } from "../kernels/chosen_engine.ts";
import type { Engine } from "../kernels/engine.ts";
import type { ShippedDetector } from "../models/shipped_detector.ts";

/** Where models and what runs them come from. */
export interface ModelFiles {
  readonly engineFor: (detector: ShippedDetector, processor: ProcessorMode) => Engine;
  /** What `engineFor` would be called, without making it. */
  readonly engineName: (detector: ShippedDetector) => string;
  /** What a model needs on this device: itself, and the runtime that only it uses. */
  readonly filesOf: (
    detector: ShippedDetector,
  ) => readonly { readonly url: string; readonly bytes: number }[];
  /** Reads a file of the app, from the device if it is there. */
  readonly read: (url: string) => Promise<ArrayBuffer>;
  readonly has: (url: string) => Promise<boolean>;
  /** Drops a file that turned out damaged, so that it is fetched anew. */
  readonly forget: (url: string) => Promise<void>;
  /** A monotonic clock, ms. */
  readonly nowMs: () => number;
}

export interface LoadedModel {
  readonly detector: ShippedDetector;
  readonly engine: Engine;
  readonly readMs: number;
  readonly loadMs: number;
}

/** Reads a model, holds it to its hash and loads it. Throws `model-missing` or `model-damaged`. */
export async function loadModel(
  detector: ShippedDetector,
  files: ModelFiles,
  processor: ProcessorMode,
): Promise<LoadedModel> {
  const start = files.nowMs();
  const bytes = new Uint8Array(await read(detector, files));
  const readAt = files.nowMs();
  await assertWhole(detector, bytes, files);
  const engine = files.engineFor(detector, processor);
  try {
    await engine.load(bytes);
  } catch (cause) {
    await engine.dispose();
    const message = `Cannot load model ${detector.name}: ${engine.name} does not take it.`;
    throw new FieldError("model-damaged", message, { cause });
  }
  return { detector, engine, readMs: readAt - start, loadMs: files.nowMs() - readAt };
}

async function read(detector: ShippedDetector, files: ModelFiles): Promise<ArrayBuffer> {
  try {
    await bringRuntime(detector, files);
    return await files.read(detector.url);
  } catch (cause) {
    const message =
      `Model ${detector.name} is not on this device yet. Open the app once with a network.`;
    throw new FieldError("model-missing", message, { cause });
  }
}

/** What only this model runs on: a network that fails then is told as such, not as a damaged model. */
async function bringRuntime(detector: ShippedDetector, files: ModelFiles): Promise<void> {
  for (const { url } of files.filesOf(detector)) {
    if (url !== detector.url && !await files.has(url)) await files.read(url);
  }
}

/** Throws `model-damaged` unless the bytes hash to what they must. */
export async function assertWhole(
  detector: ShippedDetector,
  bytes: Uint8Array<ArrayBuffer>,
  { forget }: Pick<ModelFiles, "forget">,
): Promise<void> {
  if (toHex(await sha256(bytes)) === detector.sha256) return;
  await forget(detector.url);
  throw new FieldError(
    "model-damaged",
    `Cannot load model ${detector.name}: its SHA-256 is not the one it must have. Reload the app with a network.`,
  );
}
