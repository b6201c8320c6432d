/** The page of the bit suite's service worker: `globalThis.bits` is the worker's. */
import { suiteOf } from "./worker_calls.ts";

const registration = await navigator.serviceWorker.register("/suite.js");
await navigator.serviceWorker.ready;
if (!registration.active) throw new Error("The service worker did not start");
Object.assign(globalThis, { bits: suiteOf(registration.active) });
