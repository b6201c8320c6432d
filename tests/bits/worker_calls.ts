/** How a page calls the bit suite in its service worker: a message a call, answered on the port it brings. */
import { scope } from "../../sw/scope.ts";
import type { BitSuite } from "./suite.ts";

interface Call {
  readonly method: keyof BitSuite;
  readonly given: readonly unknown[];
}

interface AnswerPort {
  readonly port: MessagePort;
}

type Answer = { readonly value: unknown } | { readonly error: string };

/** To be called when the worker's script runs; elsewhere than in a service worker it does nothing. */
export function answerCalls(suite: BitSuite): void {
  if (!("ServiceWorkerGlobalScope" in globalThis)) return;
  scope.addEventListener("message", (event) => {
    // As a page of ours sends it.
    const { data: { method, given, port } } = event as { readonly data: Call & AnswerPort };
    const outcome = outcomeOf(() => Reflect.apply(suite[method], suite, given));
    event.waitUntil(outcome.then((answer) => port.postMessage(answer)));
  });
}

async function outcomeOf(work: () => Promise<unknown>): Promise<Answer> {
  try {
    return { value: await work() };
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** A worker's suite, as if it were the page's. */
export function suiteOf(worker: ServiceWorker): BitSuite {
  const method = (name: keyof BitSuite) => (...given: unknown[]) =>
    ask(worker, { method: name, given });
  return new Proxy({} as BitSuite, { get: (_, name) => method(name as keyof BitSuite) });
}

function ask(worker: ServiceWorker, call: Call): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    port1.onmessage = ({ data }: MessageEvent<Answer>) => {
      port1.close();
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.value);
    };
    worker.postMessage({ ...call, port: port2 }, [port2]);
  });
}
