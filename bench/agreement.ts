/** How far one detector sees what another does. */
import type { ModelDetection } from "../models/model.ts";
import { type Corners, overlap } from "../models/suppress.ts";

/** From this score a detection of the reference must be found again. */
const SURE = 0.4;
/** From this score a detection that the reference does not have at all counts as an extra one. */
const SURELY_EXTRA = 0.5;
const SAME_PLACE = 0.5;

/** Counts over any number of frames. */
export interface Agreement {
  /** Of the reference, from a score of {@link SURE}. */
  readonly wanted: number;
  /** Of those, found with the same label at about the same place. */
  readonly kept: number;
  /** Sum over those of the boxes' intersection over union. */
  readonly overlap: number;
  readonly extra: number;
}

export const NO_FRAMES: Agreement = { wanted: 0, kept: 0, overlap: 0, extra: 0 };

/** With one frame more. Both lists best first; a detection stands for one only. */
export function withFrame(
  before: Agreement,
  reference: readonly ModelDetection[],
  found: readonly ModelDetection[],
): Agreement {
  const unclaimed = new Set(found);
  const sure = reference.filter(({ score }) => score >= SURE);
  const overlaps = sure.map((wanted) => claim(wanted, unclaimed)).filter((share) => share > 0);
  const weak = reference.filter(({ score }) => score < SURE);
  for (const possible of weak) claim(possible, unclaimed);
  const extra = [...unclaimed].filter(({ score }) => score >= SURELY_EXTRA);
  return {
    wanted: before.wanted + sure.length,
    kept: before.kept + overlaps.length,
    overlap: before.overlap + overlaps.reduce((sum, share) => sum + share, 0),
    extra: before.extra + extra.length,
  };
}

/** Takes the detection that covers `wanted` best out of `unclaimed`; returns by how much, 0 if none does. */
function claim(wanted: ModelDetection, unclaimed: Set<ModelDetection>): number {
  let best: ModelDetection | undefined;
  let most = SAME_PLACE;
  for (const one of unclaimed) {
    const share = one.label === wanted.label ? overlap(corners(one), corners(wanted)) : 0;
    if (share > most) [best, most] = [one, share];
  }
  if (!best) return 0;
  unclaimed.delete(best);
  return most;
}

function corners({ box }: ModelDetection): Corners {
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}
