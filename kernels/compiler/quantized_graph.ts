import type { Calibration } from "./calibrate.ts";
import { chooseNumbers } from "./choose_numbers.ts";
import type { GivenRange, Graph } from "./graph.ts";
import { LOGITS } from "./logits.ts";
import { naturalRanges } from "./natural_ranges.ts";
import type { Numbers } from "./plan_builder.ts";

/** What calibration and the model itself say about a graph's values. */
export interface QuantizedGraph {
  readonly graph: Graph;
  /** Of each computed value. */
  readonly numbers: ReadonlyMap<string, Numbers>;
  /** Real ranges, also of sums before activations (`expose_sums.ts`). */
  readonly ranges: ReadonlyMap<string, GivenRange>;
  /** Mean real value of each channel. */
  readonly means: ReadonlyMap<string, Float32Array>;
}

/** What the model says of its values goes before what was measured. `logits`: where a head reads them. */
export function withNumbers(
  graph: Graph,
  { ranges, means }: Calibration,
  logits: readonly string[] = [],
): QuantizedGraph {
  const all = new Map([...ranges, ...naturalRanges(graph), ...graph.ranges]);
  const given = new Map(logits.map((value) => [value, LOGITS]));
  return { graph, numbers: chooseNumbers(graph, { ranges: all, given }), ranges: all, means };
}
