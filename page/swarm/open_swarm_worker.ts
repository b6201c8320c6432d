import type { SwarmPort } from "./swarm_port.ts";

/** Put in by the build. */
declare const __SWARM_WORKER__: string;

/** Only in the browser. */
export function openSwarmWorker(
  hear: (data: unknown) => void,
  broken: (cause: unknown) => void,
): SwarmPort {
  const worker = new Worker(__SWARM_WORKER__, { type: "module", name: "swarm" });
  worker.addEventListener("message", ({ data }) => hear(data));
  worker.addEventListener("messageerror", () => broken(new Error("a message cannot be read")));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    broken(event.message || "the script cannot be loaded");
  });
  return { post: (message) => worker.postMessage(message), close: () => worker.terminate() };
}
