/** Whether something of this device's own is on no other device, and whether that is worth saying now. */
import type { Status } from "../../field/messages.ts";
import { figuresOf } from "../watch/session.ts";

/** While someone is connected, what is new is on its way: it is said when it does not get there. */
const ON_ITS_WAY_MS = 15_000;

/** Observations of this device's own that no other device of its crew is known to have; 0 without a crew. */
export function onlyHere(status: Status): number {
  const { crew } = status;
  if (!crew || crew.removedBy) return 0;
  const { saved, elsewhere } = figuresOf(status, null);
  return saved - elsewhere;
}

/** Since when there is something, ms since the epoch: as before while there is, null when there is not. */
export function sinceWhen(
  before: number | null,
  status: Status | null,
  now: number,
): number | null {
  if (!status || onlyHere(status) === 0) return null;
  return before ?? now;
}

/** How many to say; null while there are none, or they are on their way. */
export function onlyHereToSay(
  status: Status | null,
  since: number | null,
  now: number,
): number | null {
  if (!status || since === null) return null;
  const isLinked = status.peers.some(({ connected }) => connected);
  if (isLinked && now - since < ON_ITS_WAY_MS) return null;
  return onlyHere(status);
}
