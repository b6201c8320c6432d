import type { Bench, Entrant } from "./entrant.ts";
import type { Question, Reply } from "./questions.ts";

/** The benchmark's service worker, as seen from its page. */
export class WorkerBench implements Bench {
  readonly #worker: ServiceWorker;

  private constructor(worker: ServiceWorker) {
    this.#worker = worker;
  }

  static async register(address: string): Promise<WorkerBench> {
    return new WorkerBench(await registered(address));
  }

  async load(entrant: Entrant): Promise<void> {
    await this.#ask({ ask: "load", entrant });
  }

  sample(name: string, budgetMs: number): Promise<number[]> {
    return this.#ask({ ask: "sample", name, budgetMs });
  }

  answer(name: string): Promise<number[]> {
    return this.#ask({ ask: "answer", name });
  }

  #ask(question: Question): Promise<number[]> {
    const { port1, port2 } = new MessageChannel();
    const { promise, resolve, reject } = Promise.withResolvers<number[]>();
    port1.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.numbers);
      port1.close();
    };
    this.#worker.postMessage(question, [port2]);
    return promise;
  }
}

/** A service worker of this script; resolves when it can be asked. */
export async function registered(address: string): Promise<ServiceWorker> {
  const registration = await navigator.serviceWorker.register(address);
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  if (!worker) throw new Error(`Cannot start ${address}: it did not install`);
  await untilActivated(worker);
  return worker;
}

function untilActivated(worker: ServiceWorker): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = () => {
    if (worker.state === "activated") resolve();
    if (worker.state === "redundant") reject(new Error("The worker did not install"));
  };
  worker.addEventListener("statechange", look);
  look();
  return promise;
}
