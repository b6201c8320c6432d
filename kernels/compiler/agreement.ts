import type { Frame, Tensors } from "../engine.ts";
import type { ArenaBackend } from "../plan_engine.ts";
import type { QuantizedGraph } from "./quantized_graph.ts";
import { lowerF32 } from "./lower_f32.ts";
import { lowerInt8 } from "./lower_int8.ts";
import type { ImageInput } from "./options.ts";
import { inputsOf, runnerOf } from "./plan_runner.ts";
import type { Agreement } from "./report.ts";

export interface AgreementOptions {
  readonly samples: readonly (Frame | Tensors)[];
  readonly backend: ArenaBackend;
  readonly image?: ImageInput;
}

/** How near the integer network's outputs are to those in fp32, over the samples. */
export async function agreementOf(
  quantized: QuantizedGraph,
  { samples, backend, image }: AgreementOptions,
): Promise<Agreement[]> {
  const { graph } = quantized;
  const exact = await runnerOf(lowerF32(graph, image), backend);
  const rounded = await runnerOf(lowerInt8(quantized, { image }), backend);
  const sums = new Map(graph.outputs.map((output) => [output, new Comparison()]));
  for (const sample of samples) {
    const inputs = inputsOf(sample, graph.inputs[0]);
    const [wanted, got] = [exact(inputs), rounded(inputs)];
    for (const [output, comparison] of sums) comparison.add(wanted[output].data, got[output].data);
  }
  return [...sums].map(([output, comparison]) => ({ output, ...comparison.result() }));
}

/** Sums over pairs of numbers. */
export class Comparison {
  #signal = 0;
  #noise = 0;
  #product = 0;
  #other = 0;
  #largest = 0;

  add(wanted: ArrayLike<number>, got: ArrayLike<number>): void {
    for (let at = 0; at < wanted.length; at++) {
      const error = got[at] - wanted[at];
      this.#signal += wanted[at] ** 2;
      this.#other += got[at] ** 2;
      this.#product += wanted[at] * got[at];
      this.#noise += error ** 2;
      this.#largest = Math.max(this.#largest, Math.abs(error));
    }
  }

  result(): Omit<Agreement, "output"> {
    const lengths = Math.sqrt(this.#signal * this.#other);
    return {
      signalToNoiseDb: this.#noise === 0 ? null : 10 * Math.log10(this.#signal / this.#noise),
      cosine: lengths === 0 ? 1 : this.#product / lengths,
      maxError: this.#largest,
    };
  }
}
