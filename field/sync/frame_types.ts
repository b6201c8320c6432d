/** What two sync nodes say to each other: types and bounds. `frames.ts` turns them into bytes and back. */
import type { Bytes } from "../bytes.ts";
import type { DeviceId, Hex } from "../observation.ts";
import type { EphemeralMessage } from "./ephemeral_message.ts";

/** Both sides, at once: who I am. `invite`: the id of one I took up, if I am not yet a member. */
export interface HelloFrame {
  readonly kind: "hello";
  readonly device: DeviceId;
  readonly nonce: Bytes;
  readonly invite: Bytes | null;
  /** Of this protocol; absent: {@link PROTOCOL_VERSION}. */
  readonly version?: number;
}
/** Answer to the other's hello: signature over the transcript; with an invite, its secret's proof. */
export interface ProofFrame {
  readonly kind: "proof";
  /** First bytes of the nonce that it answers: a proof for an earlier hello is stale, not false. */
  readonly answers: Bytes;
  readonly sig: Bytes;
  readonly invite: Bytes | null;
}
/** A digest of all heads that I may tell of: equal means nothing to do. */
export interface SummaryFrame {
  readonly kind: "summary";
  readonly digest: Bytes;
  /** Pictures on my disk, of those that records here speak of and that were not removed to save space. */
  readonly media?: { readonly have: number; readonly of: number };
}
/** Heads, all of them or those that moved: how far each feed reaches on my disk. */
export interface HeadsFrame {
  readonly kind: "heads";
  readonly heads: readonly FeedHead[];
}
export interface FeedHead {
  readonly device: DeviceId;
  readonly seq: number;
  /** First 8 bytes of the last entry's hash: shows a fork without its entries. */
  readonly hash: Bytes;
  /** The device signed two entries with one number, and I can prove it to who wants its feed. Absent: not known to me. */
  readonly isForked?: true;
}
/**
 * Send entries after these, `mostBytes` of them in all. It takes the place of an earlier want. Whoever wants
 * is pushed fresh entries from then on.
 */
export interface WantFrame {
  readonly kind: "want";
  readonly feeds: readonly { readonly device: DeviceId; readonly after: number }[];
  readonly mostBytes: number;
  /** Which want of this session it is, from 1. Absent: 1. */
  readonly n?: number;
}
/** Entries as signed, each feed in order; in an answer to a want there may be none. */
export interface EntriesFrame {
  readonly kind: "entries";
  readonly entries: readonly Bytes[];
  /** The want that they answer. Absent, or 0: fresh ones that nobody asked for. */
  readonly answers?: number;
  /** More of this answer follows. Absent: it is the last. */
  readonly more?: boolean;
}
/** These are on my disk now. */
export interface AckFrame {
  readonly kind: "ack";
  readonly heads: readonly FeedHead[];
}
/** Send these blobs from these offsets on, one after the other, in `blob-chunk`s. */
export interface BlobWantFrame {
  readonly kind: "blob-want";
  readonly parts: readonly { readonly hash: Hex; readonly offset: number }[];
}
/** I have these on disk: got meanwhile (who wanted them may ask again), or asked about. */
export interface BlobHaveFrame {
  readonly kind: "blob-have";
  readonly hashes: readonly Hex[];
  readonly keeping: Keeping;
  /** To a `blob-ask` with a nonce: of each of `hashes`, see `possession.ts`. */
  readonly proofs?: readonly Bytes[];
}
/**
 * What becomes of my media. "all": they stay. "shared": a rule removes what others have too. "none": a
 * rule removes them whether others have them or not, so nobody can rely on my copy.
 */
export type Keeping = "all" | "shared" | "none";
/**
 * Which of these do you have on disk? Answered by a `blob-have` of those, if there are any; to a nonce with
 * proofs, of the first {@link MOST_PROOFS}.
 */
export interface BlobAskFrame {
  readonly kind: "blob-ask";
  readonly hashes: readonly Hex[];
  readonly nonce?: Bytes;
}
/** What does your clock show? Answered by `clock`. */
export interface ClockProbeFrame {
  readonly kind: "clock-probe";
  /** Which question of this session it is. */
  readonly n: number;
}
/** When I heard question `n`, ms since the epoch by my clock, and how long I kept it, ms. */
export interface ClockFrame {
  readonly kind: "clock";
  readonly n: number;
  readonly receivedAt: number;
  readonly heldMs: number;
}
/** A part of a blob of `total` bytes. `total` 0: I do not have it. */
export interface BlobChunkFrame {
  readonly kind: "blob-chunk";
  readonly hash: Hex;
  readonly type: string;
  readonly offset: number;
  readonly total: number;
  readonly bytes: Bytes;
}
/** Why I am about to close. */
export interface ByeFrame {
  readonly kind: "bye";
  readonly reason: string;
}
/** What I have dealt with since the session began: bytes of the lanes below control, and control frames' cost. */
export interface CreditFrame {
  readonly kind: "credit";
  readonly bytes: number;
  /** See `send_window.ts`. */
  readonly control: number;
}
/** Whether to push me what is fresh of these origins, or only to tell me of it: I have it from elsewhere. */
export interface PushingFrame {
  readonly kind: "pushing";
  readonly isWanted: boolean;
  /** How their keys begin, {@link ORIGIN_BYTES} of each. Absent: of all, in an older version. */
  readonly origins?: readonly Hex[];
}
/** I have got these messages, which I have not pushed: how their signatures begin, {@link MESSAGE_ID_BYTES} of each. */
export interface MessageHaveFrame {
  readonly kind: "message-have";
  readonly ids: readonly Hex[];
}
/** Send these messages, or what is newer of their topics; whoever asks is pushed what their origins say from then on. */
export interface MessageWantFrame {
  readonly kind: "message-want";
  readonly ids: readonly Hex[];
}
/** See `ephemeral_message.ts`. */
export interface EphemeralFrame {
  readonly kind: "ephemeral";
  readonly message: EphemeralMessage;
}

export type SyncFrame =
  | HelloFrame
  | ProofFrame
  | SummaryFrame
  | HeadsFrame
  | WantFrame
  | EntriesFrame
  | AckFrame
  | BlobWantFrame
  | BlobHaveFrame
  | BlobChunkFrame
  | BlobAskFrame
  | ClockProbeFrame
  | ClockFrame
  | ByeFrame
  | CreditFrame
  | PushingFrame
  | MessageHaveFrame
  | MessageWantFrame
  | EphemeralFrame;

/** Devices of another version do not talk to each other: nothing has been released yet. */
export const PROTOCOL_VERSION = 2;

export const NONCE_BYTES = 16;
export const ANSWERS_BYTES = 4;
export const DIGEST_BYTES = 8;
export const HEAD_HASH_BYTES = 8;
export const ORIGIN_BYTES = 8;
export const MESSAGE_ID_BYTES = 8;
/** The most that one data-channel message carries safely everywhere. */
export const MOST_FRAME_BYTES = 64 * 1024;
export const MOST_FEEDS = 512;
/** Messages named in a `message-have` or `message-want`. */
export const MOST_MESSAGE_IDS = 256;
/** In one frame: none is smaller than its proof. */
export const MOST_ENTRIES = 512;
export const MOST_BLOB_WANTS = 16;
/** Blobs named in one `blob-ask` or `blob-have`. */
export const MOST_BLOB_NAMES = 256;
/** Blobs of which a `blob-ask` wants a proof: each is read from disk. */
export const MOST_PROOFS = 32;
export const POSSESSION_BYTES = 8;
