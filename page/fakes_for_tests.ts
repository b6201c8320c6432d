/** What this folder's tests stand on: time that only moves when told, and a worker that obeys. */
import assert from "node:assert/strict";
import type { Answer, Args, Call, CallKind, Notice, Results } from "../field/messages.ts";
import type { FromWorker, Status } from "../field/messages.ts";
import type { Timing } from "./timing.ts";
import type { CallOptions, WorkerCalls } from "./worker_connection.ts";

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

/** Waits for real work off this thread (hashing) as well. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000; turn++) {
    if (isTrue()) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
  assert.fail(`never became true: ${isTrue}`);
}

export class FakeTiming implements Timing {
  #nowMs = 0;
  #timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Runs what falls due in the next `ms`, in order, each with time set to when it was due. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (let timer = this.#next(endMs); timer; timer = this.#next(endMs)) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      timer.run();
      await settled();
    }
    this.#nowMs = endMs;
  }

  /** The machine slept: time has gone by and nothing ran. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }

  #next(endMs: number) {
    const due = [...this.#timers].filter((timer) => timer.atMs <= endMs);
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }
}

/** The worker's side of `postMessage`: keeps what it was sent until a test lets it answer. */
export class FakeWorker {
  readonly received: Call[] = [];
  /** Ids that this boot has seen: it drops them, as the real one does. */
  #seen = new Set<string>();
  #boots = 1;
  /** What it posts goes here. */
  tell: (message: FromWorker) => void = () => {};

  get boot(): string {
    return `boot-${this.#boots}`;
  }

  post = (call: Call): void => {
    if (this.#seen.has(call.id)) return;
    this.#seen.add(call.id);
    this.received.push(call);
  };

  /** Killed and started: nothing is left of what it had not answered. */
  restart(): void {
    this.#boots++;
    this.#seen.clear();
    this.received.length = 0;
  }

  take(kind: CallKind): Call {
    const at = this.received.findIndex((call) => call.kind === kind);
    assert.notEqual(at, -1, `no ${kind} among ${this.received.map((call) => call.kind)}`);
    return this.received.splice(at, 1)[0];
  }

  answer<K extends CallKind>(kind: K, value: Results[K]): void {
    this.tell(this.goodAnswer(this.take(kind), value));
  }

  goodAnswer<K extends CallKind>(call: Call, value: Results[K]): Answer<K> {
    return { id: call.id, boot: this.boot, ok: true, value };
  }

  notify(notice: Notice extends infer N ? N extends Notice ? Omit<N, "boot"> : never : never) {
    this.tell({ ...notice, boot: this.boot } as Notice);
  }
}

type Handler = (args: never, options: CallOptions) => unknown;

/** Calls that are answered at once by the handlers given; what has none is never answered. */
export class FakeCalls implements WorkerCalls {
  readonly made: { readonly kind: CallKind; readonly args: Readonly<Record<string, unknown>> }[] =
    [];
  readonly #handlers: { [K in CallKind]?: Handler };

  constructor(
    handlers: { [K in CallKind]?: (args: Args<K>) => Results[K] | Promise<Results[K]> },
  ) {
    this.#handlers = handlers as { [K in CallKind]?: Handler };
  }

  call<K extends CallKind>(kind: K, args: Args<K>, options: CallOptions = {}): Promise<Results[K]> {
    this.made.push({ kind, args: args as Record<string, unknown> });
    const handler = this.#handlers[kind];
    const { promise, resolve, reject } = Promise.withResolvers<Results[K]>();
    options.signal?.addEventListener("abort", () => reject(options.signal?.reason));
    if (handler) {
      try {
        resolve(handler(args as never, options) as Results[K]);
      } catch (error) {
        reject(error);
      }
    }
    return promise;
  }

  kinds(): CallKind[] {
    return this.made.map((call) => call.kind);
  }
}

export const someStatus: Status = {
  device: { id: "d0", name: "Phone" },
  boot: "boot-1",
  version: "1",
  source: null,
  saved: 0,
  pending: 0,
  total: 0,
  missingMedia: 0,
  engine: { name: "e", model: "m", state: "ready", p50Ms: null, fps: 0 },
  crew: null,
  peers: [],
  storage: { usedBytes: 0, quotaBytes: 1, persistent: false },
};
