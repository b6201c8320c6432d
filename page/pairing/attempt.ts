import type { Bytes } from "../../field/bytes.ts";
import type { Endpoint, Half } from "./pair_sdp.ts";
import type { PairEnd, Reach } from "./rtc_end.ts";

/** One try at a pairing, from the first tap to a link or a reason why not. */
export interface Attempt {
  readonly over: AbortController;
  readonly end: PairEnd;
  readonly half: Half;
  /** Drawn here, or read in the other's offer. */
  id: Bytes | undefined;
  theirs: Endpoint | undefined;
  reach: Reach;
  /** An invite that was taken up for this attempt, and is given up with it. */
  hasJoined: boolean;
  secondCodeMs: number | undefined;
  /** The channel is just being given to the radio. */
  isHandedOn: boolean;
  cancelTimer: (() => void) | undefined;
  cancelLost: (() => void) | undefined;
}

export function newAttempt(half: Half, end: PairEnd): Attempt {
  return {
    over: new AbortController(),
    end,
    half,
    id: undefined,
    theirs: undefined,
    reach: "searching",
    hasJoined: false,
    secondCodeMs: undefined,
    isHandedOn: false,
    cancelTimer: undefined,
    cancelLost: undefined,
  };
}

/** Why no connection came about, as far as this end can tell. */
export function whyUnconnected(
  { reach, theirs }: Attempt,
): "broken" | "names-unresolved" | "unreached" {
  if (reach === "found") return "broken";
  return theirs && hasNamesOnly(theirs) ? "names-unresolved" : "unreached";
}

/** The browser hides the host's addresses behind names (mDNS), which not every network passes on. */
export function hasNamesOnly({ candidates }: Endpoint): boolean {
  return candidates.every(({ kind }) => kind === "mdns");
}
