import type { DeviceId } from "../observation.ts";

/** What a peer did that no honest one does, or was taken for. */
export type IncidentKind =
  /** A record or message whose signature, chain or content is not genuine. */
  | "forged"
  /** What was said before, in another session or place. */
  | "replayed"
  /** Two different records with one number. */
  | "forked"
  /** More bytes than a frame, record or list may have. */
  | "oversized"
  /** More often, or more at once, than it may. */
  | "too-fast"
  /** It held a place and said too little in time. */
  | "silent"
  /** What its role does not allow. */
  | "wrong-role"
  /** It was removed from the crew. */
  | "revoked"
  /** It could not prove to be who it says on this very channel: somebody may stand in between. */
  | "impostor"
  /** Bytes that are no frame, or a frame at a time when it means nothing. */
  | "malformed";

/** Named so that a person can tell who it was, when, and what came of it. */
export interface Incident {
  readonly kind: IncidentKind;
  /** ms since the epoch by this device's clock. */
  readonly at: number;
  /** Who proved to be there; absent when nobody did. */
  readonly device?: DeviceId;
  /** One sentence for the user. */
  readonly message: string;
  /** How often so far; `at` is the last time. */
  readonly times: number;
}

/** Kept, the newest first. */
export const MOST_INCIDENTS = 50;
