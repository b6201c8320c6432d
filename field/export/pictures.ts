import type { Media } from "../media.ts";
import type { Box, Hex, NotedObservation } from "../observation.ts";
import { boxInThumbnail } from "../crop.ts";

export type PictureKind = "frame" | "thumbnail";

/** A picture that an observation speaks of. */
export interface Picture {
  readonly kind: PictureKind;
  readonly hash: Hex;
}

/** All pictures that it speaks of, the whole frame first. */
export function picturesOf({ frame, thumb }: NotedObservation): Picture[] {
  const pictures: Picture[] = [];
  if (frame !== undefined) pictures.push({ kind: "frame", hash: frame });
  if (thumb !== undefined) pictures.push({ kind: "thumbnail", hash: thumb });
  return pictures;
}

/** Where the object is in the picture, in fractions of the picture. */
export function boxIn(picture: Picture, { box, size }: NotedObservation): Box {
  return picture.kind === "frame" ? box : boxInThumbnail(box, size);
}

/** What a package may hold as media, and how its files end. */
const TYPES: readonly (readonly [type: string, ending: string])[] = [
  ["image/jpeg", "jpg"],
  ["image/png", "png"],
  ["image/webp", "webp"],
  ["image/avif", "avif"],
  ["video/mp4", "mp4"],
  ["video/webm", "webm"],
  ["audio/wav", "wav"],
  ["audio/webm", "weba"],
  ["audio/mp4", "m4a"],
];

/** Codes begin here: 0 and 1 say that there is none. */
const FIRST_CODE = 2;
export const JPEG_CODE = FIRST_CODE;

/** A number for a media type; null when it is none that a package may hold. */
export function typeCode(type: string): number | null {
  const essence = type.split(";")[0].trim().toLowerCase();
  const place = TYPES.findIndex(([known]) => known === essence);
  return place === -1 ? null : place + FIRST_CODE;
}

export function typeOf(code: number): string {
  return TYPES[code - FIRST_CODE][0];
}

/** Half of the hash is enough for a name of its own, and leaves it readable. */
const NAME_DIGITS = 32;

/** Where a package keeps it: the same picture has the same name in every export. */
export function mediaPath(hash: Hex, code: number): string {
  return `media/${hash.slice(0, NAME_DIGITS)}.${TYPES[code - FIRST_CODE][1]}`;
}

/** Why a picture is not in a package, for people. */
export function whyMissing(media: Media | null): string {
  switch (media?.state) {
    case undefined:
      return "unknown: no device said that it has it";
    case "wanted":
      return "on the way: not yet received from the device that took it";
    case "thinned":
      return media.thinnedAt === undefined
        ? "removed to save space"
        : `removed to save space on ${new Date(media.thinnedAt).toISOString().slice(0, 10)}`;
    case "here":
      return typeCode(media.type) === null
        ? `not a picture, video or sound that can be handed over: ${media.type}`
        : "cannot be read";
  }
}
