import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Media } from "../../field/media.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { makeThumbnails } from "../thumbnails.ts";

const pictures = makeThumbnails({
  fetch: (hash) => fieldmesh().blob(hash),
  makeUrl: (blob) => URL.createObjectURL(blob),
  revokeUrl: (url) => URL.revokeObjectURL(url),
});

/** A row that flies past during a scroll should not cost a picture. */
const SETTLE_MS = 60;

export type PictureState =
  | { readonly state: "waiting" | "failed" }
  /** Not here; `media`: what is known of it. */
  | { readonly state: "missing"; readonly media: Media | null }
  | { readonly state: "here"; readonly url: string };

/** A picture by its hash, fetched while it is shown, again when pictures arrive, until it is here. */
export function usePicture(hash: string | undefined): ReadonlySignal<PictureState> {
  const picture = useSignal<PictureState>({ state: "waiting" });
  useEffect(() => {
    picture.value = { state: "waiting" };
    return hash === undefined ? undefined : follow(hash, (next) => picture.value = next);
  }, [hash]);
  return picture;
}

function follow(hash: string, show: (picture: PictureState) => void): () => void {
  let ended = false;
  let taken = false;
  async function look(): Promise<void> {
    try {
      const url = await pictures.take(hash);
      if (ended || taken) return void (url && pictures.letGo(hash));
      taken = url !== null;
      if (url !== null) return show({ state: "here", url });
      const media = await fieldmesh().media(hash);
      if (!ended && !taken) show({ state: "missing", media });
    } catch (_unreadable) {
      if (!ended && !taken) show({ state: "failed" });
    }
  }
  const timer = setTimeout(() => void look(), SETTLE_MS);
  const stop = fieldmesh().on("blobs", () => void (taken || look()));
  return () => {
    ended = true;
    clearTimeout(timer);
    stop();
    if (taken) pictures.letGo(hash);
  };
}
