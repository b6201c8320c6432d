import assert from "node:assert/strict";
import { readKernels } from "../../models/kernels_wasm.ts";
import { readShaders } from "../../models/kernels_wgsl.ts";
import { stripWgsl } from "../../models/strip_wgsl.ts";
import { gpuTest } from "../../tests/fixtures/gpu_only.ts";
import { frameOf } from "../../tests/fuzz/networks.ts";
import { smallPlans } from "../../tests/fuzz/small_plans.ts";
import { type AbsentGpu, ChosenEngine, type FoundGpu } from "../chosen_engine.ts";
import type { Tensors } from "../engine.ts";
import { PlanEngine } from "../plan_engine.ts";
import { areSameBits } from "../same_bits.ts";
import { WasmBackend } from "../wasm_engine.ts";
import { findAdapter } from "./gpu_device.ts";
import { GpuProblem } from "./gpu_failure.ts";
import { openGpu, type OpenGpuPorts } from "./open_gpu.ts";

const backend = new WasmBackend({ readKernels });
const [{ file: plan }] = await smallPlans(backend);
/** As they are shipped. */
const shaders = Object.fromEntries(
  Object.entries(await readShaders()).map(([path, source]) => [path, stripWgsl(source)]),
);
const PORTS: OpenGpuPorts = {
  readPlan: () => Promise.resolve(plan),
  readShaders: () => Promise.resolve(shaders),
  proofOn: () => ({ oracle: backend }),
  recallTiles: () => Promise.resolve(null),
  rememberTiles: () => Promise.resolve(),
  onFailure: (thrown) => assert.fail(String(thrown)),
};
const MINUTE = 60_000;
const FRAMES = 100;

/** This machine's adapter, whose devices are told to `onDevice`. */
async function adapterOf(onDevice: (device: GPUDevice) => void = () => {}) {
  const adapter = await findAdapter();
  assert.ok(!("absent" in adapter));
  return {
    ...adapter,
    open: async () => {
      const opened = await adapter.open();
      if (!("absent" in opened)) onDevice(opened.device);
      return opened;
    },
  };
}

function frame(seed: number): Tensors {
  const [width, height] = [16 + seed % 13, 11 + seed % 17];
  return {
    input0: {
      data: Uint8Array.from(frameOf(width, height, seed).data),
      shape: [height, width, 4],
    },
  };
}

gpuTest("openGpu() opens a device with the plan on it, and gives it back", async () => {
  const adapter = await adapterOf();
  const gpu = await openGpu(adapter, PORTS);
  assert.ok("engine" in gpu);
  const wasm = new PlanEngine(backend);
  await wasm.load(plan);
  assert.deepEqual(await gpu.engine.run(frame(1)), await wasm.run(frame(1)));
  gpu.dispose();
  assert.equal((await gpu.ended).kind, "lost");
});

gpuTest("openGpu() proves the plan's answer once a kind of device", async () => {
  const asked: string[] = [];
  const adapter = await adapterOf();
  const proofOn = (device: string) => {
    asked.push(device);
    return { oracle: backend };
  };
  const gpu = await openGpu(adapter, { ...PORTS, proofOn });
  assert.ok("engine" in gpu);
  assert.equal(asked.length, 1);
  assert.ok(asked[0].startsWith(adapter.id), asked[0]);
  gpu.dispose();
});

gpuTest(
  "openGpu() tells what a GPU does not take, answers wrongly, and losing it, apart",
  async () => {
    const wrong = {
      ...shaders,
      "gpu/requantize": shaders["gpu/requantize"].replace("0x4000", "0x7fff"),
    };
    const cases = [
      ["refused", {
        ...PORTS,
        readShaders: () => Promise.resolve({ ...shaders, "conv/conv": "fn" }),
      }],
      ["wrong", { ...PORTS, readShaders: () => Promise.resolve(wrong) }],
      ["failed", { ...PORTS, readShaders: () => Promise.reject(new Error("no such file")) }],
    ] as const;
    for (const [kind, ports] of cases) {
      const failing = openGpu(await adapterOf(), ports);
      await assert.rejects(failing, (thrown) => {
        assert.ok(thrown instanceof GpuProblem);
        assert.equal(thrown.failure.kind, kind, thrown.message);
        return true;
      });
    }
    const lost = openGpu(await adapterOf((device) => device.destroy()), PORTS);
    await assert.rejects(lost, (thrown) => {
      assert.ok(thrown instanceof GpuProblem);
      return thrown.failure.kind === "lost";
    });
  },
);

gpuTest("openGpu() tunes an adapter that is none in software, once", async () => {
  const adapter = { ...await adapterOf(), isSoftware: false };
  const kept: unknown[] = [];
  const rememberTiles = (gpu: string, record: unknown) => {
    assert.equal(gpu, adapter.id);
    kept.push(record);
    return Promise.resolve();
  };
  const first = await openGpu(adapter, { ...PORTS, rememberTiles });
  assert.ok("engine" in first);
  first.dispose();
  assert.equal(kept.length, 1);
  const again = { ...await adapterOf(), isSoftware: false };
  const recallTiles = () => Promise.resolve(kept[0]);
  const second = await openGpu(again, { ...PORTS, recallTiles, rememberTiles });
  assert.ok("engine" in second);
  second.dispose();
  assert.equal(kept.length, 1);
});

gpuTest("a device's failure that nobody asked for ends it", async () => {
  let device: GPUDevice | undefined;
  const gpu = await openGpu(await adapterOf((opened) => device = opened), PORTS);
  assert.ok(device && "engine" in gpu);
  device.createBuffer({ size: 4, usage: 0 });
  const { kind, message } = await gpu.ended;
  assert.equal(kind, "failed");
  assert.notEqual(message, "");
  gpu.dispose();
});

/** mulberry32, 0..1 */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Session {
  readonly engine: ChosenEngine;
  readonly devices: GPUDevice[];
  /** ms since the epoch: moves when the test says so. */
  date: number;
}

async function openSession(): Promise<Session> {
  const wasm = new PlanEngine(backend);
  const devices: GPUDevice[] = [];
  const findGpu = async (): Promise<FoundGpu | AbsentGpu> => {
    const adapter = await adapterOf((device) => devices.push(device));
    return { ...adapter, open: () => openGpu(adapter, PORTS) };
  };
  const session: Session = {
    devices,
    date: 0,
    engine: new ChosenEngine({
      wasm,
      mode: "gpu",
      findGpu,
      recall: () => Promise.resolve({}),
      remember: () => Promise.resolve(),
      isSame: areSameBits,
      nowMs: () => performance.now(),
      dateMs: () => session.date,
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      onFailure: (thrown) => assert.fail(String(thrown)),
    }),
  };
  await session.engine.load(plan);
  return session;
}

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** Frames go on until the GPU answers them. */
async function untilInUse({ engine }: Session): Promise<void> {
  for (let n = 0; n < 1000 && engine.choice.inUse !== "gpu"; n++) {
    await engine.run(frame(n));
    await turn();
  }
  assert.equal(engine.choice.inUse, "gpu", JSON.stringify(engine.choice));
}

gpuTest(
  "100 frames while the device is lost again and again: each gets the right bits",
  async () => {
    const random = randomNumbers(6);
    const session = await openSession();
    const { engine, devices } = session;
    const oracle = new PlanEngine(backend);
    await oracle.load(plan);
    await untilInUse(session);
    let [losses, byGpu] = [0, 0];
    for (let n = 0; n < FRAMES; n++) {
      const wasInUse = engine.choice.inUse === "gpu";
      const isLost = wasInUse && random() < 0.1;
      const isDuring = random() < 0.5;
      if (isLost && !isDuring) devices.at(-1)?.destroy();
      const answer = engine.run(frame(n));
      if (isLost && isDuring) devices.at(-1)?.destroy();
      assert.deepEqual(await answer, await oracle.run(frame(n)), `frame ${n}`);
      if (isLost) {
        losses++;
        await turn();
        const { inUse, why, cause } = engine.choice;
        assert.equal(inUse, "wasm");
        assert.match(why, /^(lost|failed)$/, `${cause}`); // a lost device may first fail what it is given
        session.date += 31 * MINUTE;
        engine.prefer("gpu"); // else the fifth loss would be the last
        await untilInUse(session);
      } else if (wasInUse) byGpu++;
    }
    assert.ok(losses >= 5 && byGpu >= 50, `${losses} losses, ${byGpu} frames on the GPU`);
    await engine.dispose();
  },
);

gpuTest("a lost GPU comes back by itself when its time has come", async () => {
  const session = await openSession();
  const { engine, devices } = session;
  await untilInUse(session);
  devices[0].destroy();
  await turn();
  assert.equal(engine.choice.retryAt, MINUTE);
  for (let n = 0; n < 5; n++) await engine.run(frame(n)).then(turn);
  assert.equal(devices.length, 1);
  session.date = MINUTE;
  await untilInUse(session);
  assert.equal(devices.length, 2);
  await engine.dispose();
});
