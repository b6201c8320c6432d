import { Workbox } from "workbox-window";
import type { WorkerInstaller } from "./registration.ts";

const WORKER_URL = "/sw.js";

/** Installs the app's worker by workbox-window. */
export function workboxInstaller(): WorkerInstaller {
  return new Workbox(WORKER_URL);
}
