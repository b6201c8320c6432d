import assert from "node:assert/strict";
import { sha256, toHex } from "../field/bytes.ts";
import { type ErrorCode, FieldError } from "../field/errors.ts";
import type { Engine, Tensors } from "../kernels/engine.ts";
import type { Detector, Frame } from "../models/model.ts";
import { EngineHost } from "./engine_host.ts";

const PLAN = new TextEncoder().encode("a network");
const FRAME: Frame = { width: 1, height: 1, data: new Uint8ClampedArray(4) };

const DETECTOR: Detector = {
  id: "test",
  name: "Test net",
  url: "/models/test.onnx",
  sha256: toHex(await sha256(PLAN)),
  bytes: PLAN.length,
  labels: ["cup"],
  minScore: 0.3,
  prepare: () => ({}),
  decode: () => [{ label: "cup", score: 0.5, box: { x: 0, y: 0, width: 1, height: 1 } }],
};

/** An engine that counts, and fails when the test says so. */
class CountingEngine implements Engine {
  readonly name = "counting";
  loads = 0;
  runs = 0;
  underWay = 0;
  loadFailure: Error | null = null;
  runFailure: Error | null = null;
  duringRun: () => Promise<void> = () => Promise.resolve();

  load(plan: Uint8Array): Promise<void> {
    this.loads++;
    assert.deepEqual(plan, new Uint8Array(PLAN));
    const failure = this.loadFailure;
    this.loadFailure = null;
    return failure ? Promise.reject(failure) : Promise.resolve();
  }

  async run(_inputs: Tensors): Promise<Tensors> {
    assert.equal(this.underWay++, 0, "two runs at once");
    this.runs++;
    await this.duringRun();
    this.underWay--;
    const failure = this.runFailure;
    this.runFailure = null;
    if (failure) throw failure;
    return {};
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

function hostOf(other: { read?: () => Promise<ArrayBuffer>; detector?: Detector } = {}) {
  const engine = new CountingEngine();
  const clock = { now: 0, reads: 0 };
  const host = new EngineHost({
    engine,
    detector: other.detector ?? DETECTOR,
    read: (url) => {
      assert.equal(url, DETECTOR.url);
      clock.reads++;
      return other.read?.() ?? Promise.resolve(PLAN.slice().buffer);
    },
    nowMs: () => clock.now,
  });
  return { host, engine, clock };
}

const failsWith = (code: ErrorCode) => (error: unknown) =>
  error instanceof FieldError && error.code === code;

Deno.test("infer() loads the network at the first frame, once, and looks at one frame at a time", async () => {
  const { host, engine, clock } = hostOf();
  assert.equal(host.status.state, "idle");
  assert.equal(clock.reads, 0);
  const all = await Promise.all([host.infer(FRAME), host.infer(FRAME), host.infer(FRAME)]);
  assert.deepEqual(all.map(({ detections }) => detections[0].label), ["cup", "cup", "cup"]);
  assert.deepEqual([clock.reads, engine.loads, engine.runs], [1, 1, 3]);
  assert.equal(host.status.state, "ready");
  assert.deepEqual(host.model, { id: DETECTOR.id, sha256: DETECTOR.sha256 });
});

Deno.test("infer() says model-missing when the network cannot be read, and tries again at the next frame", async () => {
  let away = true;
  const { host, engine } = hostOf({
    read: () => away ? Promise.reject(new Error("offline")) : Promise.resolve(PLAN.slice().buffer),
  });
  await assert.rejects(host.infer(FRAME), failsWith("model-missing"));
  assert.equal(host.status.state, "failed");
  assert.equal(host.status.failure?.code, "model-missing");
  assert.match(host.status.failure?.cause ?? "", /offline/);
  assert.equal(engine.loads, 0);
  away = false;
  await host.infer(FRAME);
  assert.equal(host.status.state, "ready");
  assert.equal(host.status.failure, undefined);
});

Deno.test("infer() says model-damaged when the network does not hash to what it must, and does not load it", async () => {
  const { host, engine } = hostOf({
    read: () => Promise.resolve(new TextEncoder().encode("something else").buffer),
  });
  await assert.rejects(host.infer(FRAME), failsWith("model-damaged"));
  assert.equal(engine.loads, 0);
  assert.equal(host.status.failure?.code, "model-damaged");
});

Deno.test("infer() gives a code of the model when the engine cannot load it, and tries again", async () => {
  const { host, engine } = hostOf();
  engine.loadFailure = new Error("Cannot load a network of 9 bytes: op Foo is unknown");
  await assert.rejects(host.infer(FRAME), (error) => {
    assert.ok(error instanceof FieldError, `not a FieldError: ${error}`);
    return error.code.startsWith("model-");
  });
  await host.infer(FRAME);
  assert.equal(engine.loads, 2);
  assert.equal(host.status.state, "ready");
});

Deno.test("infer() says inference-failed with the cause, and goes on with the next frame", async () => {
  const { host, engine } = hostOf();
  engine.runFailure = new Error("out of memory");
  const [first, second] = await Promise.allSettled([host.infer(FRAME), host.infer(FRAME)]);
  assert.ok(first.status === "rejected" && failsWith("inference-failed")(first.reason));
  assert.match(String(first.reason.cause), /out of memory/);
  assert.equal(second.status, "fulfilled");
  assert.equal(host.status.state, "ready");
});

Deno.test("infer() says inference-failed when the frame cannot be prepared or the output decoded", async () => {
  const decode = () => {
    throw new Error("no output named dets");
  };
  const { host } = hostOf({ detector: { ...DETECTOR, decode } });
  await assert.rejects(host.infer(FRAME), failsWith("inference-failed"));
});

Deno.test("status tells the median of the last inferences and frames a second", async () => {
  const { host, engine, clock } = hostOf();
  assert.equal(host.status.p50Ms, null);
  const took = [100, 10, 30, 20, 40];
  engine.duringRun = () => {
    clock.now += took[engine.runs - 1] ?? 50;
    return Promise.resolve();
  };
  for (let n = 0; n < 5; n++) await host.infer(FRAME);
  assert.equal(host.status.p50Ms, 30);
  for (let n = 0; n < 40; n++) await host.infer(FRAME);
  assert.equal(host.status.p50Ms, 50);
  clock.now += 10_000;
  assert.equal(host.status.fps, 0);
  for (let n = 0; n < 8; n++) {
    clock.now += 450;
    await host.infer(FRAME);
  }
  assert.equal(host.status.fps, 2);
});

Deno.test("status tells up to the frames a second that were looked at, on a fast device", async () => {
  const { host, engine, clock } = hostOf();
  engine.duringRun = () => {
    clock.now += 25;
    return Promise.resolve();
  };
  for (let n = 0; n < 200; n++) await host.infer(FRAME);
  assert.equal(host.status.fps, 40);
});
