import { type Failure, FieldError } from "../field/errors.ts";
import type { WorkerConnection } from "./worker_connection.ts";

/** Joins the connection to the browser's worker, once there is one. */
export function joinWorker(
  connection: WorkerConnection,
  registration: ServiceWorkerRegistration,
): void {
  connection.attach((call, transfer) => {
    // asked each time: after an update it is another one; and this page need not be controlled
    const worker = registration.active;
    if (!worker) {
      throw new FieldError(
        "worker-lost",
        "The app's worker was removed from this browser, as when site data is cleared. Reload this page.",
      );
    }
    worker.postMessage(call, transfer);
  });
}

/** Lets the connection hear the worker, from before it is asked anything. */
export function hearWorker(
  connection: WorkerConnection,
  container: ServiceWorkerContainer,
  onFailure: (failure: Failure) => void,
): void {
  container.addEventListener("message", (event) => connection.receive(event.data));
  container.addEventListener("messageerror", () =>
    onFailure({
      code: "bad-message",
      message: "The worker sent something that this browser cannot read. Reload this page.",
    }));
  container.startMessages();
}
