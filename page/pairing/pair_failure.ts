import { assertNever, type Failure } from "../../field/errors.ts";
import type { CodeFault } from "./pair_code.ts";

/** Why a code that was read is not the one that is waited for. The attempt goes on: another can be read. */
export type CodeProblem =
  | CodeFault
  /** It is the one that this very device shows. */
  | "own-code"
  /** It answers another code than the one shown here now. */
  | "other-attempt"
  /** Both devices show a first code. */
  | "both-show"
  /** Both devices read: this code answers some other device. */
  | "answer-first"
  /** A picture without a code. */
  | "no-code-in-picture";

/** Why an attempt is over. */
export type PairReason =
  | "unsupported"
  | "no-network"
  | "unusual-browser"
  /** Nothing got through, and the other device named its addresses. */
  | "unreached"
  /** Nothing got through, and the other device named none: only names, which some networks do not carry. */
  | "names-unresolved"
  /** They reach each other, and no connection came about. */
  | "broken"
  /** Nobody read the answer. */
  | "unread"
  /** The other device closed the connection, or this one did: not of one crew, or an invite that does not hold. */
  | "refused"
  | "unanswered"
  /** The crew, the invite or the worker: what it says. */
  | "crew";

export interface PairFailure {
  readonly reason: PairReason;
  readonly title: string;
  /** What it means and what to do. */
  readonly message: string;
  /** For a developer. */
  readonly cause?: string;
}

const SAME_NETWORK =
  "Put both in one network: one turns its hotspot on and the other joins it, or both join the same Wi-Fi. No internet is needed.";

/** What each reason means to its user; "crew" speaks for itself. */
const REASONS: Readonly<
  Record<Exclude<PairReason, "crew">, readonly [title: string, message: string]>
> = {
  unsupported: [
    "This browser cannot link devices",
    "It lacks WebRTC, or forbids it. Use a current Chrome, Safari or Firefox, and switch off add-ons that block WebRTC.",
  ],
  "no-network": [
    "This device is in no network",
    `It has no address to put into a code. ${SAME_NETWORK} Then start over.`,
  ],
  "unusual-browser": [
    "This browser did not make the connection",
    "It describes connections in a way that Fieldmesh does not know, or does not take the other device's code. Use a current Chrome, Safari or Firefox.",
  ],
  unreached: [
    "The devices do not reach each other",
    `${SAME_NETWORK} A guest Wi-Fi, or one that keeps its devices apart, does not do. Then start over on both.`,
  ],
  "names-unresolved": [
    "The devices do not find each other's address",
    `The other browser hides its address behind a name, which not every network passes on. Allow the camera on both devices, even when you paste: most browsers then tell the address. ${SAME_NETWORK} Then start over on both.`,
  ],
  broken: [
    "The connection did not come about",
    "The devices reach each other, but the secure connection failed: perhaps a code was from an earlier try. Start over on both.",
  ],
  unread: [
    "The other device did not connect",
    `It has to read the code that was shown here. ${SAME_NETWORK} Then start over on both.`,
  ],
  refused: [
    "Connected, but not let in",
    "The two devices are not in one crew, or the invite is no longer good. Let an admin of the crew show a code with an invite.",
  ],
  unanswered: [
    "Connected, but nobody answers",
    "The other device did not say who it is. Open Fieldmesh there, reload it, and start over on both.",
  ],
};

export function pairFailure(reason: Exclude<PairReason, "crew">, cause?: string): PairFailure {
  const [title, message] = REASONS[reason];
  return { reason, title, message, ...(cause === undefined ? {} : { cause }) };
}

export function crewFailure({ message, cause }: Failure): PairFailure {
  const title = "Pairing was stopped";
  return { reason: "crew", title, message, ...(cause === undefined ? {} : { cause }) };
}

/** What is wrong with a code that was read, and what to do. */
export function problemWords(problem: CodeProblem): string {
  switch (problem) {
    case "not-a-code":
      return "That is not a pairing code of Fieldmesh. Read the large code on the other device.";
    case "damaged":
      return "The code was cut off or misread. Read it again, or copy all of it.";
    case "other-version":
      return "That code is of another version of Fieldmesh. Update both devices, then start over.";
    case "own-code":
      return "That is this device's own code. Read the one on the other device.";
    case "other-attempt":
      return "That code answers an earlier try. Let the other device start over and read the code shown here.";
    case "both-show":
      return "Both devices show a first code. Start over on one of them, and choose “Read a code” there.";
    case "answer-first":
      return "That code answers another device's. Start over there, and choose “Show a code”.";
    case "no-code-in-picture":
      return "No code was found in that picture. Take it from nearer, straight on, with the whole code in it.";
    default:
      return assertNever(problem);
  }
}
