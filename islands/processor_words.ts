/** What looks and why, as the user reads it. */
import type {
  Processor,
  ProcessorMode,
  ProcessorReason,
  ProcessorStatus,
} from "../field/messages.ts";
import { formats, until } from "./format.ts";

export const PROCESSOR_NAMES: Readonly<Record<Processor, string>> = {
  gpu: "Graphics processor",
  wasm: "Processor",
};

export const MODE_NAMES: Readonly<Record<ProcessorMode, string>> = {
  auto: "Automatic",
  ...PROCESSOR_NAMES,
};

/** What a mode means here: what was measured, or what it is. */
export function modeHint(mode: ProcessorMode, { times }: ProcessorStatus): string {
  switch (mode) {
    case "auto":
      return "The faster of the two on this device";
    case "gpu":
      return times ? `${milliseconds(times.gpuMs)} a frame` : "Faster on many devices, not on all";
    case "wasm":
      return times ? `${milliseconds(times.wasmMs)} a frame` : "There on every device";
  }
}

/** Why it is this one: one or two sentences. `now`: ms since the epoch. */
export function reasonFor(status: ProcessorStatus, now: number): string {
  const happened = HAPPENED[status.why];
  if (happened) return happened + afterwards(status, now);
  const { inUse, why } = status;
  switch (why) {
    case "forced":
      return "You chose it.";
    case "faster":
      return measured(status);
    case "not-tried":
      return "The graphics processor is tried once the first frame has been looked at.";
    case "trying":
      return "The graphics processor is being made ready.";
    case "measuring":
      return "Both are being measured, in turns.";
    case "model":
      return "This model runs on the processor only.";
    case "software":
      return "This device offers a graphics processor in software only, which is never the faster.";
    case "no-webgpu":
      return "This browser has no WebGPU in the background.";
    default:
      return `${PROCESSOR_NAMES[inUse] ?? "Another"} looks.`; // of a newer worker
  }
}

/** What is an event, and may pass. */
const HAPPENED: Readonly<Partial<Record<ProcessorReason, string>>> = {
  "no-adapter": "This device gave web apps no graphics processor",
  "no-device": "The browser refused the graphics processor",
  lost: "The graphics processor was lost",
  memory: "The graphics processor ran out of memory",
  refused: "The graphics processor did not take this model",
  wrong: "The graphics processor did not give the known answer",
  late: "The graphics processor did not answer in time",
  failed: "The graphics processor failed",
};

function afterwards({ failedAt, retryAt }: ProcessorStatus, now: number): string {
  const at = failedAt === undefined ? "" : ` at ${formats.minute(failedAt)}`;
  return `${at}. The processor looks, and no frame was lost. ${nextTry(retryAt, now)}`;
}

function nextTry(retryAt: number | undefined, now: number): string {
  if (retryAt === undefined) return "It is not tried again until you choose anew.";
  if (retryAt <= now) return "It is tried again with the next frame.";
  return `It is tried again ${until(retryAt, now)}.`;
}

function measured({ inUse, times }: ProcessorStatus): string {
  if (!times) return "It is the faster one here.";
  const [gpu, wasm] = [milliseconds(times.gpuMs), milliseconds(times.wasmMs)];
  if (inUse === "gpu") {
    return `It is the faster one here: ${gpu} a frame, ${wasm} on the processor.`;
  }
  const other = `${wasm} a frame, ${gpu} on the graphics processor.`;
  return times.gpuMs < times.wasmMs
    ? `The graphics processor gains too little for the power it takes: ${other}`
    : `It is the faster one here: ${other}`;
}

function milliseconds(ms: number): string {
  return `${formats.count(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms))} ms`;
}
