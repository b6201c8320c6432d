import type { Detector } from "./model.ts";

/** A detector that ships with the app, with what its licence asks to be said. */
export interface ShippedDetector extends Detector {
  /** SPDX expression. */
  readonly licence: string;
  /** Copyright lines, one for each party. */
  readonly notices: readonly string[];
  readonly homepage: string;
}
