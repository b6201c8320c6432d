/** What a finger meant. */
import type { PlanPoint } from "./plan_view.ts";

export interface Target<T> {
  readonly at: PlanPoint;
  readonly is: T;
}

/** Half of a touch target of 48 px. */
export const REACH_PX = 24;

/** The nearest within reach; of equally near ones the later, which is drawn above. Null when there is none. */
export function hit<T>(targets: readonly Target<T>[], at: PlanPoint, reachPx = REACH_PX): T | null {
  let best: { readonly is: T; readonly distance: number } | null = null;
  for (const target of targets) {
    const distance = Math.hypot(target.at.x - at.x, target.at.y - at.y);
    if (distance <= (best?.distance ?? reachPx)) best = { is: target.is, distance };
  }
  return best && best.is;
}
