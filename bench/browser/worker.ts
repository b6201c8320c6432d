/** The benchmark's service worker: the engines that run there. Its page asks, over a port a question. */
import type { ExtendableMessageEvent } from "../../sw/scope.ts";
import { type Entrant, type Runner, WORKER_ENGINES } from "./entrant.ts";
import { startFieldmesh } from "./fieldmesh_runner.ts";
import { LoadedRunners } from "./loaded_runners.ts";
import { startOnnxRuntime } from "./onnxruntime_runner.ts";
import { answerQuestion, type Question } from "./questions.ts";

interface AskedEvent extends ExtendableMessageEvent {
  readonly data: Question;
  readonly ports: readonly MessagePort[];
}

interface WorkerScope {
  addEventListener(type: "message", listener: (event: AskedEvent) => void): void;
}

const runners = new LoadedRunners(start);

(globalThis as unknown as WorkerScope).addEventListener("message", (event) => {
  event.waitUntil(
    answerQuestion(runners, event.data).then((reply) => event.ports[0].postMessage(reply)),
  );
});

function start(entrant: Entrant): Promise<Runner> {
  switch (entrant.engine) {
    case "onnxruntime":
      return startOnnxRuntime(entrant);
    case "fieldmesh-plain":
      return startFieldmesh("plain", entrant);
    case "fieldmesh-relaxed":
      return startFieldmesh("relaxed", entrant);
    default:
      throw new Error(`Cannot load ${entrant.name}: here run only ${WORKER_ENGINES.join(", ")}`);
  }
}
