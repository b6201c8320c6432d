/** The networks of the suite `gpu`, as ours and as onnxruntime-web runs them. */
import type { EntrantInput } from "./browser/entrant.ts";
import { modelBytes } from "../models/model_bytes.ts";
import { buildNanodet } from "../models/nanodet_g/build.ts";
import type { GpuEngine, GpuEntrant } from "./browser/gpu_questions.ts";
import { demoFrame } from "./frame.ts";
import type { LabFiles } from "./lab.ts";
import { INPUT, mobileNetV2, planarInput } from "./networks/mobilenet_v2.ts";
import { mobileNetV2Onnx } from "./networks/mobilenet_v2_onnx.ts";
import { mobileNetV2Plan } from "./networks/mobilenet_v2_plan.ts";
import { randomNumbers } from "./networks/random_numbers.ts";

const SEED = 416;
const NANODET_SIDE = 416;

export interface GpuNetwork {
  readonly name: string;
  readonly plan: Uint8Array;
  /** float32 */
  readonly onnx: Uint8Array;
  readonly ours: GpuInput;
  readonly theirs: GpuInput;
  /** Whether the first outputs of both say the same, so that they can be held to each other. */
  readonly isComparable: boolean;
}

export type GpuInput = Omit<EntrantInput, "address"> & { readonly bytes: Uint8Array };

export async function gpuNetworks(): Promise<GpuNetwork[]> {
  return [await classifier(), await detector()];
}

/** What the entrants of these networks read, but for the engines. */
export function networkFiles(networks: readonly GpuNetwork[]): LabFiles {
  return new Map(networks.flatMap(({ name, plan, onnx, ours, theirs }) => [
    [`/networks/${name}.plan`, plan],
    [`/networks/${name}.onnx`, onnx],
    [`/inputs/${name}.plan`, ours.bytes],
    [`/inputs/${name}.onnx`, theirs.bytes],
  ]));
}

export function entrantOf({ name, ours, theirs }: GpuNetwork, engine: GpuEngine): GpuEntrant {
  const isPeer = engine === "onnxruntime-webgpu";
  const file = `${name}.${isPeer ? "onnx" : "plan"}`;
  const { bytes: _, ...input } = isPeer ? theirs : ours;
  return {
    name: `${engine} ${name}`,
    engine,
    network: `/networks/${file}`,
    input: { ...input, address: `/inputs/${file}` },
  };
}

/** Random weights; floats in, 1000 floats out. */
async function classifier(): Promise<GpuNetwork> {
  const input: GpuInput = {
    name: INPUT.name,
    type: "float32",
    shape: [1, INPUT.channels, INPUT.side, INPUT.side],
    bytes: bytesOf(planarInput()),
  };
  return {
    name: "mobilenetv2",
    plan: await mobileNetV2Plan(),
    onnx: mobileNetV2Onnx(mobileNetV2(), "fp32"),
    ours: input,
    theirs: input,
    isComparable: true,
  };
}

/** Ours from a camera's frame to detections, onnxruntime-web the network alone. */
async function detector(): Promise<GpuNetwork> {
  const { width, height, data } = await demoFrame();
  const next = randomNumbers(SEED);
  const planes = Float32Array.from({ length: 3 * NANODET_SIDE ** 2 }, () => next() * 4 - 2);
  return {
    name: "nanodet-g-416",
    plan: await modelBytes("nanodet-g"),
    onnx: await buildNanodet(NANODET_SIDE),
    ours: {
      name: "image",
      type: "uint8",
      shape: [height, width, 4],
      bytes: new Uint8Array(data.buffer),
    },
    theirs: {
      name: "image",
      type: "float32",
      shape: [1, 3, NANODET_SIDE, NANODET_SIDE],
      bytes: bytesOf(planes),
    },
    isComparable: false,
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
