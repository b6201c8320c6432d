import type { DeviceId, Hex } from "./observation.ts";

/** "image/svg+xml" is not among them: a picture that is a document could act for this origin. */
const MEDIA_TYPE = /^(?:audio|image|video)\/[a-z0-9.-]{1,60}$/;

/**
 * The media type under which a medium from elsewhere is kept: its own, if it is one of pictures, sound or
 * film. No hash covers it, so whoever gives the medium may say what it likes.
 */
export function mediaType(type: string): string {
  return MEDIA_TYPE.test(type) ? type : "application/octet-stream";
}

/** What is known of a picture, whether its bytes are here or not. */
export interface Media {
  readonly hash: Hex;
  readonly type: string;
  /** Size in bytes; 0 while it has not been here. */
  readonly size: number;
  /** When it came here, ms since the epoch by this device's clock; 0 while it has not. */
  readonly at: number;
  /** "wanted": a record speaks of it and it is still to be fetched. "thinned": it was here, and was removed to save space. */
  readonly state: "here" | "wanted" | "thinned";
  /** When it was thinned, ms since the epoch. */
  readonly thinnedAt?: number;
  /** Other devices that said that they have it on disk. */
  readonly copies: readonly DeviceId[];
}

export interface MediaTotals {
  readonly here: number;
  readonly hereBytes: number;
  /** Of those here: on no other device, as far as is known. */
  readonly onlyHere: number;
  readonly onlyHereBytes: number;
  readonly wanted: number;
  readonly thinned: number;
}

/** What to remove to save space; the records themselves always stay. */
export interface Retention {
  /** Pictures older than this are removed; null: never by age. */
  readonly mostAgeDays: number | null;
  /** The oldest go while all pictures together are larger; null: never by size. */
  readonly mostBytes: number | null;
  /** False (default): what no other device is known to have stays, whatever its age. */
  readonly evenOnlyHere: boolean;
}

export const KEEP_ALL: Retention = { mostAgeDays: null, mostBytes: null, evenOnlyHere: false };
