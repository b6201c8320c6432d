import type { Bytes } from "../bytes.ts";
import type { Failure } from "../errors.ts";
import type { Replica } from "../feed/replica.ts";
import type { Signer } from "../keys.ts";
import type { DeviceId } from "../observation.ts";
import type { Store } from "../store/store.ts";
import type { Keeping } from "./frame_types.ts";
import type { LinkKind } from "./lanes.ts";
import type { Membership } from "./membership.ts";

export type Effect =
  | { readonly kind: "send"; readonly link: string; readonly bytes: Bytes }
  | { readonly kind: "drop"; readonly link: string; readonly reason: Failure }
  /** The inviter does not take us in; its invite has been forgotten. */
  | { readonly kind: "refused"; readonly failure: Failure }
  /** There is no room for the media of peers; their records still come. Told whenever it was tried in vain. */
  | { readonly kind: "full"; readonly failure: Failure }
  | {
    readonly kind: "changed";
    /** "links": a session opened or ended, or its peer has said how many pictures it has. */
    readonly what: readonly Changed[];
  };

export type Changed = "status" | "observations" | "blobs" | "crew" | "links";

/** A session that is open. */
export interface PeerLink {
  readonly device: DeviceId;
  readonly link: string;
  readonly via: LinkKind;
  /** ms since the epoch. */
  readonly sinceMs: number;
  /** Median of the latest round trips, ms; null before the first. */
  readonly rttMs: number | null;
  /** Share of the latest questions that were not answered in time, 0..1. */
  readonly loss: number;
  /** Pictures that the peer said it has, of those it knows of and has not removed to save space. */
  readonly media: { readonly have: number; readonly of: number } | null;
  /** Records here that it is not known to have; parts of pictures that it asked for and has not been sent. */
  readonly waiting: { readonly records: number; readonly mediaParts: number };
}

export interface NodePorts {
  readonly replica: Replica;
  readonly membership: Membership;
  readonly store: Store;
  readonly signer: Signer;
  readonly nowMs: () => number;
  readonly random: (byteLength: number) => Bytes;
  readonly effect: (effect: Effect) => void;
  /** What becomes of the media here. Absent: they stay. */
  readonly keeping?: () => Keeping;
  /** May a member's session open? False: there are enough neighbours, and it is told so. Absent: all may. */
  readonly mayAccept?: (peer: DeviceId, via: LinkKind) => boolean;
}
