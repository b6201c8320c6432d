/**
 * Ours on the GPU, ours in Wasm and onnxruntime-web's WebGPU provider, all in one service worker of Chromium;
 * or, where there is no browser, ours alone in Deno.
 */
import { macsOf } from "../kernels/compiler/report.ts";
import { decodePlan } from "../kernels/plan_file.ts";
import type { GpuBench, GpuEngine, GpuFacts } from "./browser/gpu_questions.ts";
import { GpuRunners } from "./browser/gpu_runners.ts";
import { engineFiles, GpuLab } from "./gpu_lab.ts";
import { entrantOf, type GpuNetwork, gpuNetworks, networkFiles } from "./gpu_networks.ts";
import { engineRows, type GpuSamples, opRows } from "./gpu_rows.ts";
import { interleave } from "./interleave.ts";
import type { Row } from "./row.ts";
import { similarity } from "./similarity.ts";

const WARM_UP_MS = 1_500;
const ROUNDS = 12;
const TURN_MS = 300;
/** Rounds in which ops are timed. */
const PROFILES = 20;
/** On a software adapter, where a run may take a minute: of an engine, once. */
const SOFTWARE_TURN_MS = 1_000;
/** A first run takes up to three times as long, and Chromium stops a worker after five minutes of one event. */
const LONGEST_RUN_MS = 60_000;
/** Of 8-bit answers to the float one. Another network, or one read wrongly, has about 0. */
const LEAST_SIMILARITY = 0.9;

const WASM = "fieldmesh-wasm";
const PEER = "onnxruntime-webgpu";
const ON_THE_GPU: readonly GpuEngine[] = ["fieldmesh-gpu-packed", "fieldmesh-gpu-plain"];

/** Who is timed on what. */
interface Contest {
  readonly network: GpuNetwork;
  readonly engines: readonly GpuEngine[];
  readonly facts: GpuFacts;
}

/** `inDeno`: without a browser and without the peer. */
export async function gpu(inDeno: boolean): Promise<Row[]> {
  const networks = await gpuNetworks();
  const files = networkFiles(networks);
  if (inDeno) {
    const all = new Map([...files, ...await engineFiles()]);
    const runners = new GpuRunners((address) => readFrom(all, address));
    return await measure(runners, networks, [...ON_THE_GPU, WASM]);
  }
  await using lab = await GpuLab.open(files);
  console.error(await lab.version());
  return await measure(lab, networks, [...ON_THE_GPU, WASM, PEER]);
}

function readFrom(files: ReadonlyMap<string, Uint8Array>, address: string): Promise<ArrayBuffer> {
  const bytes = files.get(address);
  if (!bytes) throw new Error(`Cannot read ${address}`);
  return Promise.resolve(Uint8Array.from(bytes).buffer);
}

async function measure(
  bench: GpuBench,
  networks: readonly GpuNetwork[],
  wanted: readonly GpuEngine[],
): Promise<Row[]> {
  const facts = await bench.facts();
  if (!facts) throw new Error("Cannot measure: there is no WebGPU adapter here");
  const able = wanted.filter((engine) => facts.hasPackedDot || engine !== "fieldmesh-gpu-packed");
  const rows: Row[] = [];
  let peerMsPerMac = 0;
  for (const network of networks) {
    const macs = await macsOfPlan(network.plan);
    const engines = fitting(able, peerMsPerMac * macs);
    const contest = { network, engines, facts };
    console.error(`${facts.adapter}: ${network.name} on ${engines.join(", ")} ...`);
    const samples = await race(bench, contest);
    rows.push(...engineRows(network.name, samples, facts), ...await profile(bench, contest));
    peerMsPerMac = Math.max(0, ...samples.get(PEER) ?? []) / macs;
  }
  return rows;
}

async function macsOfPlan(bytes: Uint8Array): Promise<number> {
  const plan = await decodePlan(bytes);
  return plan.ops.reduce((sum, op) => sum + macsOf(plan, op), 0);
}

/** Without the peer where a run of it would take too long, judged by the network before. */
function fitting(engines: readonly GpuEngine[], peerMs: number): readonly GpuEngine[] {
  if (peerMs <= LONGEST_RUN_MS) return engines;
  console.error(`Without ${PEER}: a run would take ${Math.round(peerMs / 1000)} s`);
  return engines.filter((engine) => engine !== PEER);
}

/** Milliseconds a run by engine. */
async function race(bench: GpuBench, { network, engines, facts }: Contest): Promise<GpuSamples> {
  const sample = (engine: GpuEngine, budgetMs: number) =>
    bench.sample(entrantOf(network, engine).name, budgetMs);
  for (const engine of engines) {
    await bench.load(entrantOf(network, engine));
    // what a plan was proven by has warmed it up
    const isWarm = facts.isSoftware && ON_THE_GPU.includes(engine);
    if (!isWarm) await sample(engine, WARM_UP_MS);
  }
  const samples = facts.isSoftware
    ? await once(engines, (engine) => sample(engine, SOFTWARE_TURN_MS))
    : await interleave(engines, ROUNDS, (engine) => sample(engine, TURN_MS));
  await assertAlike(bench, network, engines);
  return samples;
}

async function once(
  engines: readonly GpuEngine[],
  sample: (engine: GpuEngine) => Promise<number[]>,
): Promise<GpuSamples> {
  const samples = new Map<GpuEngine, number[]>();
  for (const engine of engines) samples.set(engine, await sample(engine));
  return samples;
}

/** Each op's time; on a software adapter in one way only. */
async function profile(bench: GpuBench, { network, engines, facts }: Contest): Promise<Row[]> {
  const plan = await decodePlan(network.plan);
  const rows: Row[] = [];
  const timed = ON_THE_GPU.filter((engine) => engines.includes(engine));
  for (const engine of facts.isSoftware ? timed.slice(0, 1) : timed) {
    const { name } = entrantOf(network, engine);
    const times = await bench.profile(name, facts.isSoftware ? 1 : PROFILES);
    const label = `${network.name}-${engine.slice("fieldmesh-".length)}`;
    if (times.length > 0) rows.push(...opRows({ name: label, plan, times }, facts));
  }
  return rows;
}

/** Ours give the same numbers everywhere; the peer nearly the same. Else times say nothing of each other. */
async function assertAlike(
  bench: GpuBench,
  network: GpuNetwork,
  engines: readonly GpuEngine[],
): Promise<void> {
  const answerOf = (engine: GpuEngine) => bench.answer(entrantOf(network, engine).name);
  const expected = await answerOf(WASM);
  for (const engine of engines) {
    const answer = await answerOf(engine);
    const alike = engine === PEER
      ? !network.isComparable || similarity(expected, answer) >= LEAST_SIMILARITY
      : String(answer) === String(expected);
    if (!alike) throw new Error(`Cannot compare: ${engine} answers differently (${network.name})`);
  }
}
