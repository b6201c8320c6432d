/** Ranges of all values of a network over sample inputs, by running it in fp32. */
import type { Frame, Tensor, Tensors } from "../engine.ts";
import type { ArenaBackend } from "../plan_engine.ts";
import { exposeSums, isExposed } from "./expose_sums.ts";
import type { GivenRange, Graph } from "./graph.ts";
import { imageRange } from "./graph_inputs.ts";
import { countInto, emptyHistogram, type Histogram, leastSquaresRange } from "./histogram.ts";
import { elementsIn } from "./layout.ts";
import { lowerF32 } from "./lower_f32.ts";
import type { ImageInput } from "./options.ts";
import { shapeOf } from "./placement.ts";
import { inputsOf, runnerOf } from "./plan_runner.ts";

export interface CalibrationOptions {
  readonly samples: readonly (Frame | Tensors)[];
  readonly backend: ArenaBackend;
  /** How a frame becomes the input; without it samples are tensors. */
  readonly image?: ImageInput;
}

export interface Calibration {
  /** Of each value, and of sums before activations and residuals (`expose_sums.ts`). */
  readonly ranges: ReadonlyMap<string, GivenRange>;
  /** Mean of each channel of what convolutions read. */
  readonly means: ReadonlyMap<string, Float32Array>;
}

/** Of a network that says itself what its values may be. */
export const NOTHING_MEASURED: Calibration = { ranges: new Map(), means: new Map() };

/** Values kept in one run: more of them are measured in several. */
const MAX_KEPT_BYTES = 128 * 2 ** 20;

/** The same samples give the same calibration, whatever the backend. */
export async function calibrate(graph: Graph, options: CalibrationOptions): Promise<Calibration> {
  const statistics = new Statistics(graph);
  const exposed = exposeSums(graph);
  const values = [...exposed.inputs, ...exposed.nodes.map(({ output }) => output)];
  for (const outputs of batches(exposed, values)) {
    await eachSample({ ...exposed, outputs }, options, (tensors) => statistics.look(tensors));
  }
  for (const outputs of batches(exposed, values.filter((value) => !isExposed(value)))) {
    await eachSample({ ...exposed, outputs }, options, (tensors) => statistics.count(tensors));
  }
  const ranges = statistics.ranges();
  if (options.image) ranges.set(graph.inputs[0], imageRange(options.image));
  return { ranges, means: statistics.means() };
}

async function eachSample(
  graph: Graph,
  { samples, backend, image }: CalibrationOptions,
  visit: (tensors: Tensors) => void,
): Promise<void> {
  const run = await runnerOf(lowerF32(graph, image), backend);
  for (const sample of samples) visit(run(inputsOf(sample, graph.inputs[0])));
}

/** The values to measure, in groups that fit memory. */
function batches(graph: Graph, values: readonly string[]): string[][] {
  const groups: string[][] = [];
  let bytes = Infinity;
  for (const name of values) {
    const size = 4 * elementsIn(shapeOf(graph, name));
    if (bytes + size > MAX_KEPT_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups[groups.length - 1].push(name);
    bytes += size;
  }
  return groups;
}

/** What is seen of each value: extremes at first, then how often what. */
class Statistics {
  readonly #extremes = new Map<string, GivenRange>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #sums = new Map<string, { readonly totals: Float64Array; count: number }>();
  /** Axis of the channels of what convolutions read. */
  readonly #channelAxes: ReadonlyMap<string, number>;

  constructor(graph: Graph) {
    this.#channelAxes = new Map(
      graph.nodes.flatMap((node) =>
        node.kind === "conv"
          ? [
            [
              node.inputs[0],
              node.isMatrix ? shapeOf(graph, node.inputs[0]).length - 1 : 1,
            ] as const,
          ]
          : []
      ),
    );
  }

  look(tensors: Tensors): void {
    for (const [name, tensor] of Object.entries(tensors)) {
      const { low, high } = this.#extremes.get(name) ?? { low: 0, high: 0 };
      const seen = extremesOf(name, floatsOf(tensor));
      this.#extremes.set(name, { low: Math.min(low, seen.low), high: Math.max(high, seen.high) });
      this.#sum(name, tensor);
    }
  }

  count(tensors: Tensors): void {
    for (const [name, tensor] of Object.entries(tensors)) {
      const extremes = this.#extremes.get(name) ?? { low: 0, high: 0 };
      const histogram = this.#histograms.get(name) ?? emptyHistogram(extremes);
      countInto(histogram, floatsOf(tensor));
      this.#histograms.set(name, histogram);
    }
  }

  /** Where values are clipped so that they agree best; of sums all that was seen. */
  ranges(): Map<string, GivenRange> {
    const clipped = [...this.#histograms].map(([name, histogram]) =>
      [name, leastSquaresRange(histogram)] as const
    );
    return new Map([...this.#extremes, ...clipped]);
  }

  means(): Map<string, Float32Array> {
    return new Map(
      [...this.#sums].map(([name, { totals, count }]) => [
        name,
        Float32Array.from(totals, (total) => total / count),
      ]),
    );
  }

  #sum(name: string, tensor: Tensor): void {
    const axis = this.#channelAxes.get(name);
    if (axis === undefined) return;
    const data = floatsOf(tensor);
    const channels = tensor.shape[axis];
    const inner = elementsIn(tensor.shape.slice(axis + 1));
    const sum = this.#sums.get(name) ?? { totals: new Float64Array(channels), count: 0 };
    for (let start = 0, channel = 0; start < data.length; start += inner) {
      sum.totals[channel] += total(data, start, start + inner);
      channel = (channel + 1) % channels;
    }
    sum.count += data.length / channels;
    this.#sums.set(name, sum);
  }
}

function floatsOf({ data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Error("Cannot calibrate: a value is not float32");
}

function total(values: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += values[at];
  return sum;
}

function extremesOf(name: string, values: Float32Array): GivenRange {
  let low = 0;
  let high = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value < low) low = value;
    if (value > high) high = value;
    if (!(Math.abs(value) < Infinity)) {
      throw new Error(`Cannot calibrate: ${name} becomes ${value}`);
    }
  }
  return { low, high };
}
