/** The benchmark's page: `?engine=` says whose. Deno drives it by `globalThis.bench`. */
import type { Entrant, Runner } from "./entrant.ts";
import { startLiteRt } from "./litert_runner.ts";
import { LoadedRunners } from "./loaded_runners.ts";
import { startTfjs } from "./tfjs_runner.ts";
import { WorkerBench } from "./worker_bench.ts";

const place = new URL(location.href).searchParams.get("engine");
globalThis.bench = place === "worker"
  ? await WorkerBench.register("/worker.js")
  : new LoadedRunners(start);

function start(entrant: Entrant): Promise<Runner> {
  switch (entrant.engine) {
    case "litert-relaxed":
      return startLiteRt("relaxed", entrant);
    case "litert-compat":
      return startLiteRt("compat", entrant);
    case "tfjs-wasm":
      return startTfjs(entrant);
    default:
      throw new Error(`Cannot load ${entrant.name}: ${entrant.engine} does not run in a page`);
  }
}
