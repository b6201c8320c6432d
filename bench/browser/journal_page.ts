/** The page of the journal's benchmark: hands Deno's questions on to the service worker. */
import type { Figures, Reply } from "./journal_questions.ts";
import { registered } from "./worker_bench.ts";

const worker = await registered("/worker.js");

globalThis.askJournal = (question) => {
  const { port1, port2 } = new MessageChannel();
  const { promise, resolve, reject } = Promise.withResolvers<Figures>();
  const start = performance.now();
  port1.onmessage = ({ data }: MessageEvent<Reply>) => {
    port1.close();
    if ("error" in data) reject(new Error(data.error));
    else resolve({ ...data.figures, fromPageMs: performance.now() - start });
  };
  worker.postMessage(question, [port2]);
  return promise;
};
