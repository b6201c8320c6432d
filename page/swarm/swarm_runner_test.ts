import assert from "node:assert/strict";
import { FieldError } from "../../field/errors.ts";
import type { SwarmFrame } from "../../field/swarm/swarm_options.ts";
import type { SwarmReport } from "../../field/swarm/swarm_report.ts";
import { STEP_MS } from "./pace.ts";
import type { FromSwarm } from "./swarm_messages.ts";
import { type RunnableSwarm, SwarmRunner, transferred } from "./swarm_runner.ts";

const LINKS = { latencyMs: [5, 20] as const, loss: 0, partition: false };

/** A swarm that does nothing but count its time; `step` is awaited in each run. */
class CountedSwarm implements RunnableSwarm {
  ms = 0;
  links: RunnableSwarm["links"] = LINKS;
  readonly ground = { width: 1, height: 1, data: new Uint8ClampedArray([1, 2, 3, 255]) };
  readonly #step: () => Promise<void>;

  constructor(step: () => Promise<void> = () => Promise.resolve()) {
    this.#step = step;
  }

  async run(ms: number): Promise<void> {
    await this.#step();
    this.ms += ms;
  }

  report(): SwarmReport {
    return {
      ...{ atMs: this.ms, seed: 7, beganMs: 0, groundM: [10, 8], truth: [], drones: [] },
      ...{ grid: { corner: [0, 0], tileM: 2 }, links: this.links, shared: [], differences: [] },
      ...{ agreedSinceMs: null, healing: null },
    };
  }

  end(): void {}
}

/** A runner whose time moves by sleeping alone; `during` is called at each message. */
function setUp(during: (message: FromSwarm, runner: SwarmRunner) => void = () => {}) {
  const posted: FromSwarm[] = [];
  let nowMs = 0;
  const runner: SwarmRunner = new SwarmRunner({
    post(message) {
      posted.push(message);
      during(message, runner);
    },
    now: () => nowMs,
    sleep: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
  });
  return { runner, posted, pass: (ms: number) => void (nowMs += ms), now: () => nowMs };
}

function reports(posted: readonly FromSwarm[]): number[] {
  return posted.flatMap((one) => one.kind === "report" ? one.report.atMs : []);
}

function until(holds: () => boolean): Promise<void> {
  return holds() ? Promise.resolve() : Promise.resolve().then(() => until(holds));
}

function frame(drone: number): SwarmFrame {
  const data = new Uint8ClampedArray([drone, 0, 0, 255]);
  return { width: 1, height: 1, data, drone, atMs: 0, corner: [drone, 2] };
}

Deno.test("SwarmRunner tells the ground and the first report before time passes", () => {
  const { runner, posted } = setUp();
  runner.begin(new CountedSwarm());
  assert.deepEqual(posted.map(({ kind }) => kind), ["begun", "report"]);
  const [begun] = posted;
  assert.ok(begun.kind === "begun");
  assert.deepEqual([...new Uint8Array(begun.ground.rgba)], [1, 2, 3, 255]);
  assert.deepEqual(begun.groundM, [10, 8]);
  assert.deepEqual(transferred(begun), [begun.ground.rgba]);
});

Deno.test("SwarmRunner runs in steps as they fall due, until it is told to stop", async () => {
  const { runner, posted, now } = setUp((message, it) => {
    if (message.kind === "report" && message.report.atMs >= 4 * STEP_MS) it.run(false);
  });
  const swarm = new CountedSwarm();
  runner.run(true);
  runner.begin(swarm);
  await until(() => swarm.ms >= 4 * STEP_MS);
  await until(() => reports(posted).length === 5);
  assert.deepEqual(reports(posted), [0, 1, 2, 3, 4].map((n) => n * STEP_MS));
  assert.equal(now(), 4 * STEP_MS);
});

Deno.test("SwarmRunner never runs two steps at once, however often it is told to go on", async () => {
  let [running, most] = [0, 0];
  const swarm = new CountedSwarm(async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  });
  const { runner } = setUp((message, it) => {
    if (message.kind === "report") it.run(message.report.atMs < 6 * STEP_MS);
  });
  runner.begin(swarm);
  runner.run(true);
  runner.run(false);
  runner.run(true);
  await until(() => swarm.ms >= 6 * STEP_MS);
  assert.equal(most, 1);
});

Deno.test("SwarmRunner hands copies of frames over and resolves with what the page says of that batch", async () => {
  const { runner, posted } = setUp();
  const frames = [frame(0), frame(3)];
  const detections = runner.detect(frames);
  const [asked] = posted;
  assert.ok(asked.kind === "detect");
  assert.deepEqual(asked.frames.map(({ drone, corner }) => ({ drone, corner })), [
    { drone: 0, corner: [0, 2] },
    { drone: 3, corner: [3, 2] },
  ]);
  assert.notEqual(asked.frames[1].rgba, frames[1].data.buffer);
  const cat = { label: "cat", score: 0.8, box: { x: 0, y: 0, width: 1, height: 1 } };
  runner.detected(asked.batch + 1, [[], []]);
  runner.detected(asked.batch, [[cat], []]);
  assert.deepEqual(await detections, [[cat], []]);
});

Deno.test("SwarmRunner tells the page why it has ended when the detector fails", async () => {
  const failure = { code: "model-missing", message: "The model is not here." } as const;
  const { runner, posted } = setUp((message, it) => {
    if (message.kind === "detect") it.notDetected(message.batch, failure);
  });
  runner.begin(new CountedSwarm(async () => void await runner.detect([frame(0)])));
  runner.run(true);
  await until(() => posted.some(({ kind }) => kind === "failed"));
  const last = posted.at(-1);
  assert.ok(last?.kind === "failed");
  assert.equal(last.failure.code, new FieldError("model-missing", "").code);
  assert.equal(last.failure.message, failure.message);
});

Deno.test("SwarmRunner changes the links at once and tells of it, also while time stands still", () => {
  const { runner, posted } = setUp();
  const swarm = new CountedSwarm();
  runner.begin(swarm);
  runner.links = { ...LINKS, partition: true };
  const last = posted.at(-1);
  assert.ok(last?.kind === "report" && last.report.links.partition);
});
