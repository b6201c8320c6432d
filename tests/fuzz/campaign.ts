/** Many cases, each made from its number, in a worker, so that one which never ends can be named and stopped. */
import type { KernelBuild } from "../../kernels/wasm_engine.ts";
import { readKernels } from "../../models/kernels_wasm.ts";

export interface Campaign {
  readonly kind: string;
  readonly first: number;
  readonly count: number;
  /** What a case is to take at most, each time that it is tried anew. */
  readonly caseMs?: number;
}

/** What a worker is told: which kind of case, from which on, and how many. */
export interface Work extends Required<Campaign> {
  /** Given, because the compiler that makes them takes a worker's messages for its own. */
  readonly kernels: Readonly<Record<KernelBuild, Uint8Array<ArrayBuffer>>>;
}

/** What a worker says: a case is begun, one went wrong, or all are done, and what became of how many. */
export type Said =
  | { readonly kind: "began"; readonly number: number }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "done"; readonly fates: Fates };

export type Fates = Readonly<Record<string, number>>;

const CASE_MS = 1000;
/** What takes so many times as long is not just a machine that has much to do. */
const NEVER_CASES = 10;

/**
 * Runs the cases, or those of the environment's FUZZ_FIRST and FUZZ_COUNT; returns what became of how many.
 * Rejects with the number of the first case that goes wrong, and how to run it again.
 */
export async function runCampaign(campaign: Campaign): Promise<Fates> {
  const worker = new Worker(new URL("./fuzz_worker.ts", import.meta.url), { type: "module" });
  const { kind, caseMs = CASE_MS } = campaign;
  const watch = new Watch(kind, caseMs * NEVER_CASES);
  try {
    const fates = watch.over(worker);
    const work: Work = {
      kind,
      caseMs,
      first: Number(Deno.env.get("FUZZ_FIRST") ?? campaign.first),
      count: Number(Deno.env.get("FUZZ_COUNT") ?? campaign.count),
      kernels: { plain: await readKernels("plain"), relaxed: await readKernels("relaxed") },
    };
    worker.postMessage(work);
    return await fates;
  } finally {
    watch.stop();
    worker.terminate();
  }
}

/** Knows which case a worker is at, and for how long. */
class Watch {
  readonly #kind: string;
  readonly #neverMs: number;
  readonly #outcome = Promise.withResolvers<Fates>();
  #case = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(kind: string, neverMs: number) {
    this.#kind = kind;
    this.#neverMs = neverMs;
  }

  over(worker: Worker): Promise<Fates> {
    worker.onmessage = ({ data }: MessageEvent<Said>) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
    return this.#outcome.promise;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #hear(said: Said): void {
    this.stop();
    switch (said.kind) {
      case "began":
        this.#case = said.number;
        this.#timer = setTimeout(
          () => this.#fail(`it did not end in ${this.#neverMs} ms`),
          this.#neverMs,
        );
        return;
      case "failed":
        return this.#fail(said.why);
      case "done":
        return this.#outcome.resolve(said.fates);
    }
  }

  #fail(why: string): void {
    const again =
      `FUZZ_FIRST=${this.#case} FUZZ_COUNT=1 deno test -A tests/fuzz --filter "${this.#kind}"`;
    this.#outcome.reject(
      new Error(`Case ${this.#case} of ${this.#kind}: ${why}\nOnce more: ${again}`),
    );
  }
}
