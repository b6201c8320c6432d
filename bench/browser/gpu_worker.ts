/** The service worker of the suite `gpu`: ours on the GPU, ours in Wasm and onnxruntime-web's WebGPU. */
import type { ExtendableMessageEvent } from "../../sw/scope.ts";
import { readFile } from "./entrant.ts";
import { type GpuQuestion, replyTo } from "./gpu_questions.ts";
import { GpuRunners } from "./gpu_runners.ts";
import { onnxRuntimeWebGpu } from "./onnxruntime_webgpu_runner.ts";

interface AskedEvent extends ExtendableMessageEvent {
  readonly data: GpuQuestion;
  readonly ports: readonly MessagePort[];
}

interface WorkerScope {
  addEventListener(type: "message", listener: (event: AskedEvent) => void): void;
}

const runners = new GpuRunners(readFile, onnxRuntimeWebGpu(readFile));

(globalThis as unknown as WorkerScope).addEventListener("message", (event) => {
  event.waitUntil(
    replyTo(runners, event.data).then((reply) => event.ports[0].postMessage(reply)),
  );
});
