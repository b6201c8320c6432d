import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { makeThumbnails } from "../thumbnails.ts";
import Icon from "./icon.tsx";

const thumbnails = makeThumbnails({
  fetch: (hash) => fieldmesh().blob(hash),
  makeUrl: (blob) => URL.createObjectURL(blob),
  revokeUrl: (url) => URL.revokeObjectURL(url),
});

/** A row that flies past during a scroll should not cost a picture. */
const SETTLE_MS = 60;

type Shown =
  | { readonly state: "waiting" | "missing" | "thinned" | "failed" }
  | { readonly state: "here"; readonly url: string };

interface ThumbnailProps {
  /** None: this observation was made without one. */
  readonly hash?: string;
  readonly label: string;
  readonly large?: boolean;
}

/** An observation's picture, fetched when it is shown; a placeholder while it is on its way. */
export default function Thumbnail({ hash, label, large }: ThumbnailProps) {
  const shown = useSignal<Shown>({ state: "waiting" });
  useEffect(() => hash === undefined ? undefined : follow(hash, (next) => shown.value = next), [
    hash,
  ]);
  const { value } = shown;
  if (hash !== undefined && value.state === "here") {
    return <img class={large ? "thumb large" : "thumb"} src={value.url} alt={large ? label : ""} />;
  }
  const words = hash === undefined ? "No picture" : WORDS[value.state];
  return (
    <span class={large ? "thumb large" : "thumb"} title={words || undefined}>
      <Icon name="picture" />
      {large && words && <span>{words}</span>}
    </span>
  );
}

const WORDS = {
  waiting: "",
  here: "",
  missing: "The picture is not here yet. It comes with the next sync.",
  thinned: "The picture was removed here to save space.",
  failed: "The picture cannot be read just now.",
} as const;

async function whyMissing(hash: string): Promise<"missing" | "thinned"> {
  return (await fieldmesh().media(hash))?.state === "thinned" ? "thinned" : "missing";
}

/** Fetches the picture, again when pictures arrive, until it is here. Returns what ends it. */
function follow(hash: string, show: (shown: Shown) => void): () => void {
  let ended = false;
  let taken = false;
  async function look(): Promise<void> {
    try {
      const url = await thumbnails.take(hash);
      if (ended || taken) return void (url && thumbnails.letGo(hash));
      taken = url !== null;
      show(url === null ? { state: await whyMissing(hash) } : { state: "here", url });
    } catch (_unreadable) {
      if (!ended) show({ state: "failed" });
    }
  }
  const timer = setTimeout(() => void look(), SETTLE_MS);
  const stop = fieldmesh().on("blobs", () => void (taken || look()));
  return () => {
    ended = true;
    clearTimeout(timer);
    stop();
    if (taken) thumbnails.letGo(hash);
  };
}
