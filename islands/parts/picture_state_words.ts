/** Why a picture is not shown, in words. */
import type { Status } from "../../field/messages.ts";
import { capitalised, listed } from "../format.ts";
import { deviceWords } from "./observation_words.ts";
import type { PictureState } from "./picture.ts";

/** `noun`: "picture" or "whole frame". "" while there is nothing to say. */
export function pictureWords(picture: PictureState, noun: string, status: Status | null): string {
  if (picture.state === "failed") return `The ${noun} cannot be read just now.`;
  if (picture.state !== "missing") return "";
  const { media } = picture;
  const others = media?.copies.map((device) => deviceWords(device, status)) ?? [];
  const verb = others.length === 1 ? "has" : "have";
  const elsewhere = others.length === 0 ? "" : ` ${capitalised(listed(others))} ${verb} it.`;
  return media?.state === "thinned"
    ? `The ${noun} was removed here to save space.${elsewhere}`
    : `The ${noun} is not here yet. It comes with the next sync.${elsewhere}`;
}
