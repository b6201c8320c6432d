import type { Timing } from "../timing.ts";

/** Which of a site's pages sounds an alert: one, and if one can be seen, that one. */
export type AlertDuty = (decision: string) => Promise<boolean>;

/** A page that cannot be seen gives those that can so long to take it. */
const HIDDEN_WAITS_MS = 400;
/** The notice reaches all pages within that. */
const HELD_MS = 10_000;

export interface DutyPorts {
  readonly timing: Timing;
  /** Null where the browser has none: then only a page that is seen sounds. */
  readonly locks: Pick<LockManager, "request"> | null;
  readonly isHidden: () => boolean;
}

export function alertDuty({ timing, locks, isHidden }: DutyPorts): AlertDuty {
  const wait = (ms: number) => new Promise<void>((resolve) => void timing.after(ms, resolve));
  return async (decision) => {
    if (!locks) return !isHidden();
    if (isHidden()) await wait(HIDDEN_WAITS_MS);
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    locks.request(`fieldmesh-alert ${decision}`, { ifAvailable: true }, async (lock) => {
      resolve(lock !== null);
      if (lock) await wait(HELD_MS);
    }).catch(reject);
    return await promise;
  };
}
