import type { Detector } from "./model.ts";

/** A detector that ships with the app: what one must know to choose, and what its licence asks to be said. */
export interface ShippedDetector extends Detector {
  /** One line for those who choose: "Finds 80 kinds of things, the most surely". */
  readonly about: string;
  /** Edge of the network's square input, pixels. */
  readonly inputSize: number;
  /** For one frame: what it costs, on any device. */
  readonly multiplyAdds: number;
  /** SPDX expression. */
  readonly licence: string;
  /** Copyright lines, one for each party. */
  readonly notices: readonly string[];
  readonly homepage: string;
}
