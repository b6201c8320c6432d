/**
 * The page of the suite `gpu`: hands Deno's questions on to the service worker. Replies come by a call of their
 * own, because on a software adapter they take longer than a browser's driver waits.
 */
import type { GpuReply } from "./gpu_questions.ts";
import { registered } from "./worker_bench.ts";

const worker = await registered("/worker.js");

globalThis.askGpu = (id, question) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<GpuReply>) => {
    port1.close();
    globalThis.gpuReplied(id, data).catch(console.error);
  };
  worker.postMessage(question, [port2]);
};
