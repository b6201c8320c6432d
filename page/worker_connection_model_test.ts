import assert from "node:assert/strict";
import fc from "fast-check";
import { FieldError } from "../field/errors.ts";
import type { Call, FromWorker } from "../field/messages.ts";
import { FakeTiming, FakeWorker } from "./fakes_for_tests.ts";
import { WorkerConnection } from "./worker_connection.ts";

type Step =
  | { readonly do: "call"; readonly transferred: boolean; readonly abortable: boolean }
  | { readonly do: "answer" | "drop" | "twice"; readonly at: number }
  | { readonly do: "restart" }
  | { readonly do: "boot-notice" }
  | { readonly do: "abort" }
  | { readonly do: "wait"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("call" as const),
    transferred: fc.boolean(),
    abortable: fc.boolean(),
  }),
  fc.record({
    do: fc.constantFrom("answer" as const, "drop" as const, "twice" as const),
    at: fc.nat(5),
  }),
  fc.constantFrom<Step>({ do: "restart" }, { do: "boot-notice" }, { do: "abort" }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.nat(8_000) }),
);

interface Outcome {
  readonly name: string;
  readonly transferred: boolean;
  readonly abort: AbortController;
  settled: number;
  value?: unknown;
  error?: unknown;
}

/** Silence that the connection may take for a lost worker: see SILENCE_MS there. */
const PATIENCE_MS = 25_000;

/** Drives a connection and a worker through steps, and keeps how each call ended. */
class Run {
  readonly timing = new FakeTiming();
  readonly worker = new FakeWorker();
  readonly connection: WorkerConnection;
  readonly outcomes: Outcome[] = [];
  /** An answer was lost by a worker that lived on, or it was silent for long: calls may be lost. */
  #mayLose = false;
  #silentMs = 0;

  constructor() {
    let ids = 0;
    this.connection = new WorkerConnection(this.timing, () => `id-${ids++}`);
    this.worker.tell = (message) => this.#tell(message);
    this.connection.attach(this.worker.post);
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "call":
        return this.#call(step.transferred, step.abortable);
      case "wait":
        this.#silentMs += step.ms;
        this.#mayLose ||= this.#silentMs > PATIENCE_MS;
        return await this.timing.pass(step.ms);
      case "restart":
        return this.worker.restart();
      case "boot-notice":
        return this.worker.notify({ notice: "boot" });
      case "abort":
        return this.outcomes.findLast((one) => !one.abort.signal.aborted)?.abort.abort();
      default:
        return this.#deal(step.do, step.at);
    }
  }

  /** From here on the worker is well: it answers all that it gets. */
  async recover(): Promise<void> {
    for (let second = 0; second < 200; second++) {
      while (this.worker.received.length > 0) this.#deal("answer", 0);
      await this.timing.pass(1_000);
    }
  }

  check(): void {
    for (const outcome of this.outcomes) {
      const { name, settled, value, error, abort, transferred } = outcome;
      assert.equal(settled, 1, `call ${name} settled ${settled} times`);
      if (value !== undefined) assert.deepEqual(value, resultFor(name, transferred));
      if (error === undefined || abort.signal.aborted) continue;
      assert.ok(error instanceof FieldError && error.code === "worker-lost", String(error));
      assert.ok(transferred || this.#mayLose, `call ${name} could have been sent again`);
    }
    assert.equal(this.timing.pending, 0, "an idle connection leaves no timer behind");
  }

  #call(transferred: boolean, abortable: boolean): void {
    const name = String(this.outcomes.length);
    const abort = new AbortController();
    const outcome: Outcome = { name, transferred, abort, settled: 0 };
    this.outcomes.push(outcome);
    const rgba = new ArrayBuffer(4);
    const signal = abortable ? abort.signal : undefined;
    const call: Promise<unknown> = transferred
      ? this.connection.call(
        "frame",
        { source: name, width: 1, height: 1, rgba, at: 0 },
        { transfer: [rgba], signal },
      )
      : this.connection.call("observations", { query: { limit: Number(name) } }, { signal });
    call.then(
      (value) => Object.assign(outcome, { value, settled: outcome.settled + 1 }),
      (error) => Object.assign(outcome, { error, settled: outcome.settled + 1 }),
    );
  }

  #deal(how: "answer" | "drop" | "twice", at: number): void {
    const [call] = this.worker.received.splice(at, 1);
    if (!call) return;
    if (how === "drop") {
      this.#mayLose ||= call.kind !== "ping";
      return;
    }
    this.#tell(this.#answer(call));
    if (how === "twice") this.#tell(this.#answer(call));
  }

  #answer(call: Call): FromWorker {
    if (call.kind === "frame") {
      return this.worker.goodAnswer<"frame">(call, resultFor(call.source, true));
    }
    if (call.kind === "observations") {
      return this.worker.goodAnswer(call, resultFor(String(call.query.limit), false));
    }
    return this.worker.goodAnswer(call, null);
  }

  #tell(message: FromWorker): void {
    this.#silentMs = 0;
    this.connection.receive(message);
  }
}

/** A value that names its call, so that a mix-up shows. */
function resultFor(name: string, transferred: true): { looked: true; detections: []; ms: number };
function resultFor(name: string, transferred: boolean): [];
function resultFor(name: string, transferred: boolean) {
  return transferred ? { looked: true, detections: [], ms: Number(name) } : [];
}

Deno.test("call() settles exactly once, with its own value, whatever becomes of the worker", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const run = new Run();
      for (const step of steps) await run.take(step);
      await run.recover();
      run.check();
    }),
    { numRuns: 200 },
  );
});
