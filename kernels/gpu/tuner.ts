/** Which way of each layer is the fastest on a device: found out once, and remembered. */
import type { Plan, PlanOp } from "../plan.ts";
import { SLACK_BYTES } from "../plan.ts";
import { workOf } from "../plan_work.ts";
import { hasPackedDot } from "./gpu_backend.ts";
import { GpuBuffers, PARAMS_BYTES } from "./gpu_buffers.ts";
import type { Dispatch, TileChoice } from "./gpu_op.ts";
import { Lowering } from "./lower_plan.ts";
import { Pipelines, type ShaderSources } from "./pipelines.ts";
import { fastestOf, type TimedWay } from "./fastest_way.ts";
import { type Stopwatch, stopwatchOf, type Work } from "./stopwatch.ts";
import { withinMemory } from "./within_memory.ts";

/** By a layer's kind and sizes, the name of its fastest tile. Plain JSON; those of several plans can be merged. */
export type TileRecord = Readonly<Record<string, string>>;

export interface TuningOptions {
  /** Opened with "timestamp-query" where it has that: else times are rougher. */
  readonly device: GPUDevice;
  readonly sources: ShaderSources;
  /** As the backend will have it; else what the language has. */
  readonly packedDot?: boolean;
  readonly plan: Plan;
  /** All that it may take, compiling included; a submission that is under way is waited for. */
  readonly budgetMs?: number;
  readonly nowMs?: () => number;
}

const DEFAULT_BUDGET_MS = 1000;
/** Of a layer: those that the cost model thinks the fastest. */
const MOST_WAYS = 4;
/** From one item of a batch to the next: there is but one. */
const ITEM_ALIGNMENT = 256;

/** A layer done in one way. */
interface Way {
  readonly tile: string;
  readonly dispatches: readonly Dispatch[];
}

interface Layer {
  readonly name: string;
  readonly ways: readonly Way[];
  /** Of all ops that share it. */
  work: number;
}

/**
 * What a `GpuBackend` takes as its `tiles`. Of a record that is damaged, or of another version, what names
 * no tile of its layer is passed over, and the cost model decides: no record can change a result.
 */
export function rememberedTiles(record: unknown): TileChoice {
  const names = new Map<string, unknown>(
    typeof record === "object" && record !== null ? Object.entries(record) : [],
  );
  return {
    choose: (layer, byCost) => byCost.find(({ name }) => name === names.get(layer)) ?? byCost[0],
  };
}

/**
 * Times the heaviest layers of a plan, each with the few tiles that are likely the fastest, and returns the
 * fastest of each; of layers that the budget does not reach nothing. To be kept by adapter and version
 * of the app:
 *
 *     const record = await tuneTiles({ device, sources, plan });
 *     const backend = new GpuBackend({ device, sources, tiles: rememberedTiles(record) });
 *
 * The device stays usable meanwhile: each submission is short, and awaited before the next. Throws when the
 * device is lost or has not the memory; then nothing is known, and the cost model serves.
 */
export async function tuneTiles(options: TuningOptions): Promise<TileRecord> {
  const { device, nowMs = () => performance.now(), budgetMs = DEFAULT_BUDGET_MS } = options;
  const deadline = nowMs() + budgetMs;
  const bench = await Bench.of(options);
  const lost = device.lost.then(({ message }) => {
    throw new Error(`Cannot tune: the GPU was lost (${message || "it does not say why"})`);
  });
  const stopwatch = stopwatchOf(device, MOST_WAYS, nowMs);
  try {
    return await Promise.race([tuneAll(bench, stopwatch, () => nowMs() >= deadline), lost]);
  } finally {
    lost.catch(() => {}); // the caller was told, or has its record
    stopwatch.dispose();
    bench.dispose();
  }
}

async function tuneAll(
  bench: Bench,
  stopwatch: Stopwatch,
  isOver: () => boolean,
): Promise<TileRecord> {
  const record: Record<string, string> = {};
  for (const layer of bench.layers) {
    if (isOver()) break;
    const fastest = await fastestOf(await bench.works(layer), stopwatch, isOver);
    if (fastest) record[layer.name] = fastest;
  }
  return record;
}

/** A plan's layers with their ways on a device, on an arena of zeros: what is timed does not depend on values. */
class Bench {
  /** The heaviest first. */
  readonly layers: readonly Layer[];
  readonly #pipelines: Pipelines;
  readonly #buffers: GpuBuffers;
  readonly #group: GPUBindGroup;
  /** Where the parameters of each dispatch lie. */
  readonly #places: ReadonlyMap<Dispatch, number>;

  private constructor(
    layers: readonly Layer[],
    pipelines: Pipelines,
    { buffers, group }: { readonly buffers: GpuBuffers; readonly group: GPUBindGroup },
  ) {
    this.layers = layers;
    this.#pipelines = pipelines;
    this.#buffers = buffers;
    this.#group = group;
    this.#places = new Map(
      layers.flatMap(dispatchesOf).map((dispatch, at) => [dispatch, at * PARAMS_BYTES]),
    );
  }

  static async of(options: TuningOptions): Promise<Bench> {
    const { device, sources, packedDot = hasPackedDot(), plan } = options;
    const lowering = new Lowering(plan, packedDot);
    const layers = layersOf(plan, lowering);
    const lowered = lowering.finish(layers.map(dispatchesOf));
    const pipelines = new Pipelines(device, sources, packedDot);
    const layout = pipelines.bindGroupLayout;
    const bytes = plan.arenaBytes + SLACK_BYTES;
    const itemBytes = Math.ceil(bytes / ITEM_ALIGNMENT) * ITEM_ALIGNMENT;
    const buffers = await withinMemory(
      device,
      () => new GpuBuffers(device, { layout, itemBytes, lowered }),
    );
    const { group } = await buffers.forBatch({ items: 1, frameBytes: 0, stagingBytes: 0 });
    return new Bench(layers, pipelines, { buffers, group });
  }

  /** Of the ways whose shaders the device takes. Throws what it says to the likely one when it takes none. */
  async works({ ways }: Layer): Promise<TimedWay[]> {
    const tried = await Promise.allSettled(ways.map((way) => this.#timed(way)));
    const able = tried.flatMap((way) => way.status === "fulfilled" ? way.value : []);
    const [likely] = tried;
    if (able.length === 0 && likely?.status === "rejected") {
      throw new Error("Cannot tune: the GPU takes no shader of a layer", { cause: likely.reason });
    }
    return able;
  }

  dispose(): void {
    this.#buffers.dispose();
  }

  async #timed({ tile, dispatches }: Way): Promise<TimedWay> {
    const all = dispatches.map((dispatch) => this.#pipelines.of(dispatch));
    const pipelines = await Promise.all(all);
    return { tile, work: (repeats) => this.#work(dispatches, pipelines, repeats) };
  }

  #work(
    dispatches: readonly Dispatch[],
    pipelines: readonly GPUComputePipeline[],
    repeats: number,
  ): Work {
    return (pass) => {
      for (let i = 0; i < repeats; i++) {
        dispatches.forEach((dispatch, at) => {
          pass.setPipeline(pipelines[at]);
          pass.setBindGroup(0, this.#group, [this.#places.get(dispatch) ?? 0]);
          pass.dispatchWorkgroups(...dispatch.workgroups);
        });
      }
    };
  }
}

function dispatchesOf({ ways }: Layer): Dispatch[] {
  return ways.flatMap(({ dispatches }) => dispatches);
}

/** All that can be done in more than one way, the heaviest first. */
function layersOf(plan: Plan, lowering: Lowering): Layer[] {
  const layers = new Map<string, Layer>();
  for (const op of plan.ops) {
    const { name, tiles } = choiceOf(op, lowering);
    if (tiles.length < 2) continue;
    const layer = layers.get(name) ?? { name, ways: waysOf(op, tiles, lowering), work: 0 };
    layer.work += workOf(op, plan.tensors);
    layers.set(name, layer);
  }
  return [...layers.values()].sort((one, other) => other.work - one.work);
}

/** What an op asks when it is lowered, and between what; no tiles where it asks nothing. */
function choiceOf(op: PlanOp, lowering: Lowering): { name: string; tiles: readonly string[] } {
  let asked: { name: string; tiles: readonly string[] } = { name: "", tiles: [] };
  lowering.dispatches(op, {
    choose: (name, byCost) => {
      asked = { name, tiles: byCost.slice(0, MOST_WAYS).map((tile) => tile.name) };
      return byCost[0];
    },
  });
  return asked;
}

function waysOf(op: PlanOp, tiles: readonly string[], lowering: Lowering): Way[] {
  return tiles.map((tile) => {
    const choose: TileChoice["choose"] = (_, byCost) =>
      byCost.find(({ name }) => name === tile) ?? byCost[0];
    return { tile, dispatches: lowering.dispatches(op, { choose }) };
  });
}
