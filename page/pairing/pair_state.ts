import type { CodeProblem, PairFailure } from "./pair_failure.ts";
import type { Half } from "./pair_sdp.ts";

/** A code of this device. */
export interface ShownCode {
  readonly code: string;
  /** It names no address: the browser hides them, and some networks do not carry names. */
  readonly namesOnly: boolean;
}

/** Where an attempt stands, for a view. */
export type PairState =
  | { readonly step: "idle" }
  /** Asking the worker and the browser what goes into the code. */
  | { readonly step: "preparing"; readonly half: Half }
  /** First device: shows its code until it has read the other's. `problem`: of the last code read. */
  | { readonly step: "offering"; readonly problem: CodeProblem | null } & ShownCode
  /** Second device: reads the other's code. */
  | { readonly step: "reading"; readonly problem: CodeProblem | null }
  /** Second device: the code invites it into a crew that it is not in; its user decides. */
  | { readonly step: "invited" }
  /** Second device: shows its code. `inReach`: packets of the other's are coming already. */
  | { readonly step: "answering"; readonly inReach: boolean } & ShownCode
  | { readonly step: "connecting" }
  /** Connected: finding out who is there. */
  | { readonly step: "meeting" }
  /** `tookMs`: from the second code to the connection, where that is known. */
  | { readonly step: "met"; readonly name: string; readonly tookMs: number | null }
  | { readonly step: "failed"; readonly failure: PairFailure };
