import assert from "node:assert/strict";
import { type ErrorCode, FieldError } from "../field/errors.ts";
import type { ProcessorMode } from "../field/messages.ts";
import type { ChoosingEngine } from "../kernels/chosen_engine.ts";
import type { Engine, Tensors } from "../kernels/engine.ts";
import type { Frame } from "../models/model.ts";
import type { ShippedDetector } from "../models/shipped_detector.ts";
import { detectorOf } from "../tests/fixtures/detectors.ts";
import { EngineHost, type EngineHostPorts } from "./engine_host.ts";

const PLAN = new TextEncoder().encode("a network");
const OTHER_PLAN = new TextEncoder().encode("another network");
const FRAME: Frame = { width: 1, height: 1, data: new Uint8ClampedArray(4) };

const CUP = { score: 0.8, box: { x: 0, y: 0, width: 1, height: 1 } };

function frameOf(width: number): Frame {
  return { width, height: 1, data: new Uint8ClampedArray(4 * width) };
}

const DETECTOR = await detectorOf("test", PLAN);
const OTHER = await detectorOf("other", OTHER_PLAN);

/** An engine that counts, and fails when the test says so. */
class CountingEngine implements Engine {
  readonly name = "counting";
  loads = 0;
  runs = 0;
  disposed = 0;
  underWay = 0;
  loadFailure: Error | null = null;
  runFailure: Error | null = null;
  duringRun: () => Promise<void> = () => Promise.resolve();

  load(): Promise<void> {
    this.loads++;
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

  async runBatch(batch: readonly Tensors[]): Promise<Tensors[]> {
    const outputs: Tensors[] = [];
    for (const inputs of batch) outputs.push(await this.run(inputs));
    return outputs;
  }

  dispose(): Promise<void> {
    this.disposed++;
    return Promise.resolve();
  }
}

/** An engine that has a choice of what it runs on. */
class ObedientEngine extends CountingEngine implements ChoosingEngine {
  readonly preferred: ProcessorMode[] = [];

  constructor(readonly mode: ProcessorMode) {
    super();
  }

  get choice() {
    const mode = this.preferred.at(-1) ?? this.mode;
    return { mode, inUse: "gpu", why: "forced" } as const;
  }

  prefer(mode: ProcessorMode): void {
    this.preferred.push(mode);
  }
}

interface Other {
  readonly read?: (url: string) => Promise<ArrayBuffer>;
  readonly detector?: ShippedDetector;
  readonly settings?: Record<string, unknown>;
  readonly engineFor?: EngineHostPorts["engineFor"];
}

async function hostOf({ read, detector = DETECTOR, settings = {}, engineFor }: Other = {}) {
  const engine = new CountingEngine();
  const clock = { now: 0, reads: 0, forgotten: 0 };
  const plans = new Map([[detector.url, PLAN], [OTHER.url, OTHER_PLAN]]);
  const ports: EngineHostPorts = {
    detectors: [detector, OTHER],
    engineFor: engineFor ?? (() => engine),
    engineName: () => "counting",
    filesOf: (one) => [one],
    read: (url) => {
      clock.reads++;
      return read?.(url) ?? Promise.resolve(plans.get(url)!.slice().buffer);
    },
    has: (url) => Promise.resolve(url === detector.url),
    forget: () => {
      clock.forgotten++;
      return Promise.resolve();
    },
    nowMs: () => clock.now,
    store: {
      setting: (key) => Promise.resolve(settings[key]),
      commit: ({ settings: changed }) => {
        Object.assign(settings, changed);
        return Promise.resolve();
      },
    },
  };
  return { host: await EngineHost.open(ports), engine, clock, ports };
}

const failsWith = (code: ErrorCode) => (error: unknown) =>
  error instanceof FieldError && error.code === code;

Deno.test("infer() loads the network at the first frame, once, and looks at one frame at a time", async () => {
  const { host, engine, clock } = await hostOf();
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
  const { host, engine } = await hostOf({
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
  const { host, engine, clock } = await hostOf({
    read: () => Promise.resolve(new TextEncoder().encode("something else").buffer),
  });
  await assert.rejects(host.infer(FRAME), failsWith("model-damaged"));
  assert.equal(engine.loads, 0);
  assert.equal(clock.forgotten, 1);
  assert.equal(host.status.failure?.code, "model-damaged");
});

Deno.test("infer() gives a code of the model when the engine cannot load it, and tries again", async () => {
  const { host, engine } = await hostOf();
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
  const { host, engine } = await hostOf();
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
  const { host } = await hostOf({ detector: { ...DETECTOR, decode } });
  await assert.rejects(host.infer(FRAME), failsWith("inference-failed"));
});

Deno.test("inferBatch() gives each frame its own detections, in one run of the engine, by one model", async () => {
  const { host, engine } = await hostOf({
    detector: {
      ...DETECTOR,
      prepare: ({ width }) => ({ image: { data: Uint8Array.of(width), shape: [1] } }),
      decode: ({ image }, { width }) => [{ ...CUP, label: `${image.data[0]} of ${width}` }],
    },
  });
  engine.runBatch = (batch) => {
    engine.runs++;
    return Promise.resolve([...batch]);
  };
  const { detections, model } = await host.inferBatch([1, 2, 3].map(frameOf));
  const labels = detections.map((found) => found.map(({ label }) => label));
  assert.deepEqual(labels, [["1 of 1"], ["2 of 2"], ["3 of 3"]]);
  assert.deepEqual(model, host.model);
  assert.equal(engine.runs, 1);
});

Deno.test("inferBatch() of nothing is nothing, and counts for nothing", async () => {
  const { host } = await hostOf();
  assert.deepEqual((await host.inferBatch([])).detections, []);
  const { p50Ms, fps, coldStart } = host.status;
  assert.deepEqual({ p50Ms, fps, coldStart }, { p50Ms: null, fps: 0, coldStart: null });
});

Deno.test("inferBatch() fails for all of its frames with inference-failed, and goes on with the next", async () => {
  const { host, engine } = await hostOf();
  engine.runFailure = new Error("out of memory");
  await assert.rejects(host.inferBatch([FRAME, FRAME]), failsWith("inference-failed"));
  assert.equal((await host.inferBatch([FRAME, FRAME])).detections.length, 2);
});

Deno.test("status counts the frames of a batch, each with its part of the time", async () => {
  const { host, engine, clock } = await hostOf();
  engine.runBatch = (batch) => {
    clock.now += 100;
    return Promise.resolve(batch.map(() => ({})));
  };
  const { ms } = await host.inferBatch([FRAME, FRAME, FRAME, FRAME]);
  const { p50Ms, fps } = host.status;
  assert.deepEqual([ms, p50Ms, host.inferenceMs, fps], [100, 25, 25, 1]);
});

Deno.test("mostAtOnce is more than one only while a GPU looks", async () => {
  const engine = new ObedientEngine("auto");
  const { host } = await hostOf({ engineFor: () => engine });
  assert.equal(host.mostAtOnce, 1);
  await host.infer(FRAME);
  assert.equal(host.mostAtOnce, 4);
  const wasm = await hostOf();
  await wasm.host.infer(FRAME);
  assert.equal(wasm.host.mostAtOnce, 1);
});

Deno.test("status tells the median of the last inferences and frames a second", async () => {
  const { host, engine, clock } = await hostOf();
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
  const { host, engine, clock } = await hostOf();
  engine.duringRun = () => {
    clock.now += 25;
    return Promise.resolve();
  };
  for (let n = 0; n < 200; n++) await host.infer(FRAME);
  assert.equal(host.status.fps, 40);
});

Deno.test("choose() looks with the other model from then on, and after a restart", async () => {
  const { host, engine, ports } = await hostOf();
  await host.infer(FRAME);
  await host.choose(OTHER.id);
  assert.deepEqual((await host.infer(FRAME)).model, { id: OTHER.id, sha256: OTHER.sha256 });
  assert.equal(engine.disposed, 1);
  const restarted = await EngineHost.open(ports);
  assert.equal(restarted.status.modelId, OTHER.id);
  assert.deepEqual((await restarted.models()).map(({ id, here, chosen }) => [id, here, chosen]), [
    [DETECTOR.id, true, false],
    [OTHER.id, false, true],
  ]);
});

Deno.test("choose() of a model that is refused leaves the one before, and says why", async () => {
  const settings = {};
  const { host, engine } = await hostOf({ settings });
  await host.infer(FRAME);
  engine.loadFailure = new Error("Cannot load the plan: it does not give its known answer");
  await assert.rejects(host.choose(OTHER.id), failsWith("model-damaged"));
  await assert.rejects(host.choose("unheard-of"), failsWith("model-missing"));
  assert.equal((await host.infer(FRAME)).model.id, DETECTOR.id);
  assert.deepEqual(settings, {});
});

Deno.test("infer() looks with the first model when the chosen one does not load, and says so", async () => {
  const settings = { "engine.model": OTHER.id };
  const away = (url: string) =>
    url === OTHER.url ? Promise.reject(new Error("offline")) : Promise.resolve(PLAN.slice().buffer);
  const { host } = await hostOf({ settings, read: away });
  assert.equal(host.status.modelId, OTHER.id);
  assert.equal((await host.infer(FRAME)).model.id, DETECTOR.id);
  assert.equal(host.status.state, "ready");
  assert.equal(host.status.failure?.code, "model-missing");
  assert.deepEqual(settings, { "engine.model": OTHER.id });
});

Deno.test("open() forgets a choice that no longer ships", async () => {
  const { host } = await hostOf({ settings: { "engine.model": "of-last-year" } });
  assert.equal(host.status.modelId, DETECTOR.id);
});

Deno.test("status tells what the first detections took, of reading, loading and looking", async () => {
  const { host, engine, clock } = await hostOf({
    read: () => {
      clock.now += 5;
      return Promise.resolve(PLAN.slice().buffer);
    },
  });
  engine.duringRun = () => {
    clock.now += 30;
    return Promise.resolve();
  };
  assert.equal(host.status.coldStart, null);
  await host.infer(FRAME);
  await host.infer(FRAME);
  assert.deepEqual(host.status.coldStart, { readMs: 5, loadMs: 0, firstMs: 30 });
});

Deno.test("chooseProcessor() keeps the choice, and tells the engine that looks", async () => {
  const settings: Record<string, unknown> = {};
  const engines: ObedientEngine[] = [];
  const engineFor = (_: ShippedDetector, mode: ProcessorMode) => {
    engines.push(new ObedientEngine(mode));
    return engines[engines.length - 1];
  };
  const { host, ports } = await hostOf({ settings, engineFor });
  assert.deepEqual(host.status.processor, { mode: "auto", inUse: "wasm", why: "not-tried" });
  await host.chooseProcessor("gpu");
  assert.deepEqual(host.status.processor, { mode: "gpu", inUse: "wasm", why: "not-tried" });
  await host.infer(FRAME);
  assert.deepEqual([engines[0].mode, engines[0].preferred], ["gpu", []]);
  assert.deepEqual(host.status.processor, { mode: "gpu", inUse: "gpu", why: "forced" });
  await host.chooseProcessor("wasm");
  assert.deepEqual(engines[0].preferred, ["wasm"]);
  assert.equal(host.status.p50Ms, null, "times are of the one before");
  await host.choose(OTHER.id);
  assert.equal(engines[1].mode, "wasm");
  const restarted = await EngineHost.open(ports);
  assert.deepEqual(restarted.status.processor, { mode: "wasm", inUse: "wasm", why: "forced" });
});

Deno.test("chooseProcessor() while a model loads is not forgotten", async () => {
  const engine = new ObedientEngine("auto");
  const gate = Promise.withResolvers<void>();
  engine.load = () => gate.promise;
  const { host } = await hostOf({ engineFor: () => engine });
  const looking = host.infer(FRAME);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await host.chooseProcessor("gpu");
  assert.deepEqual(engine.preferred, []);
  gate.resolve();
  await looking;
  assert.deepEqual(engine.preferred, ["gpu"]);
});

Deno.test("chooseProcessor() that cannot be kept changes nothing", async () => {
  const engine = new ObedientEngine("auto");
  const { host, ports } = await hostOf({ engineFor: () => engine });
  await host.infer(FRAME);
  ports.store.commit = () => Promise.reject(new Error("full"));
  await assert.rejects(host.chooseProcessor("gpu"), /full/);
  assert.deepEqual([engine.preferred, host.status.processor?.mode], [[], "auto"]);
});

Deno.test("status says that a model without a plan has no choice; what was kept damaged is automatic", async () => {
  const detector = { ...DETECTOR, runtime: "onnxruntime" } as const;
  const settings = { "engine.processor": "fastest" };
  const { host } = await hostOf({ detector, settings });
  await host.infer(FRAME);
  assert.deepEqual(host.status.processor, { mode: "auto", inUse: "wasm", why: "model" });
});
